import type { Express } from 'express';
import { pino } from 'pino';
import supertest from 'supertest';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { deadQueue, deadQueueList, type DeadQueue } from '../../../server/contract/schemas/dead-queues.ts';
import { connectDatabase, type Database } from '../../../server/database/connect.ts';
import { registerInstance } from '../../../server/database/instance.ts';
import { migrate } from '../../../server/database/migrate.ts';
import { deadQueueRoutes } from '../../../server/dead-queues/dead-queue-routes.ts';
import { QueueFacts } from '../../../server/dead-queues/queue-facts.ts';
import {
  brokerAddress,
  ensureBroker,
  ensureDeadQueues,
  readWatchedQueues,
} from '../../../server/dead-queues/dead-queue-store.ts';
import { writeWatches, type WatchReport } from '../../../server/dead-queues/watch-store.ts';
import { createApp } from '../../../server/web/app.ts';
import { createTestDatabase, type TestDatabase } from '../../support/services.ts';

const logger = pino({ level: 'silent' });
const address = brokerAddress('amqp://127.0.0.1:5672/sales%2Feurope');
let made: TestDatabase;
let database: Database;
let app: Express;

beforeEach(async () => {
  made = await createTestDatabase();
  database = connectDatabase({ url: made.url });
  await migrate(database);
  app = createApp({
    logger,
    routes: deadQueueRoutes({
      database,
      broker: address,
      facts: new QueueFacts({ management: null, vhost: address.vhost, isRabbit4: () => false }),
      askQueue: () => Promise.resolve({ state: 'missing', reason: 'no broker here', replyCode: 404 }),
    }),
    authenticate: (request) =>
      Promise.resolve({
        userId: '7',
        username: 'kim',
        role: request.get('x-role') === 'viewer' ? 'viewer' : 'admin',
        scope: null,
        credential: { kind: 'session' },
      }),
    clientDir: null,
  });
});
afterEach(async () => {
  await database.destroy();
  await made.drop();
});

const ask = (method: 'get' | 'post' | 'patch' | 'delete', path: string) =>
  supertest(app)[method](path).set('Sec-Fetch-Site', 'same-origin');

async function add(settings: object): Promise<DeadQueue> {
  return deadQueue.parse((await ask('post', '/api/dead-queues').send(settings).expect(201)).body);
}

async function list(query = '') {
  return deadQueueList.parse((await ask('get', `/api/dead-queues${query}`).expect(200)).body);
}

const audit = async () =>
  (
    await database('audit_events').orderBy('id').select<{ kind: string; subject: string; actor_name: string }[]>('*')
  ).map(({ kind, subject, actor_name: actor }) => [kind, subject, actor]);

describe('the registry', () => {
  test('a queue is added, shown, changed, removed, and taken up again; each act is on record', async () => {
    const added = await add({ name: 'orders.dead', prefetch: 50, stripHeaders: ['x-try'] });
    expect(added).toMatchObject({
      broker: 'default',
      name: 'orders.dead',
      watched: true,
      state: 'starting',
      prefetch: 50,
      stripHeaders: ['x-try'],
      addHeader: true,
      pending: 0,
    });
    const path = `/api/dead-queues/${added.id}`;
    const changed = await ask('patch', path).send({ watched: false, prefetch: null }).expect(200);
    expect(changed.body).toMatchObject({ watched: false, state: 'stopped', prefetch: null, stripHeaders: ['x-try'] });
    await ask('delete', path).expect(204);
    await ask('get', path).expect(404);
    expect((await list()).data).toEqual([]);
    const revived = await add({ name: 'orders.dead' });
    expect(revived).toMatchObject({ id: added.id, watched: true, stripHeaders: [] });
    expect(await audit()).toEqual([
      ['deadQueue.added', 'orders.dead', 'kim'],
      ['deadQueue.changed', 'orders.dead', 'kim'],
      ['deadQueue.removed', 'orders.dead', 'kim'],
      ['deadQueue.added', 'orders.dead', 'kim'],
    ]);
    const details = await database('audit_events').where('kind', 'deadQueue.changed').pluck<string[]>('details');
    expect(details.map((json): unknown => JSON.parse(json))).toMatchObject([
      {
        settings: { watched: false, prefetch: null },
        before: { watched: true, prefetch: 50, stripHeaders: ['x-try'] },
      },
    ]);
  });

  test('what cannot be is refused, and leaves nothing on record', async () => {
    const { id } = await add({ name: 'orders.dead' });
    const refused: [number, string, supertest.Test][] = [
      [409, 'deadQueue.exists', ask('post', '/api/dead-queues').send({ name: 'orders.dead' })],
      [400, 'request.malformed', ask('post', '/api/dead-queues').send({ name: '주'.repeat(100) })],
      [400, 'request.malformed', ask('post', '/api/dead-queues').send({ name: 'a', colour: 'red' })],
      [400, 'request.malformed', ask('patch', `/api/dead-queues/${id}`).send({ prefetch: 0 })],
      [404, 'deadQueue.notFound', ask('patch', '/api/dead-queues/999').send({ watched: true })],
      [404, 'deadQueue.notFound', ask('delete', '/api/dead-queues/999')],
      [400, 'request.malformed', ask('get', '/api/dead-queues?colour=red')],
    ];
    for (const [status, code, request] of refused) {
      expect((await request).body).toMatchObject({ status, code });
    }
    for (const method of ['post', 'patch', 'delete'] as const) {
      const path = method === 'post' ? '/api/dead-queues' : `/api/dead-queues/${id}`;
      await ask(method, path).set('x-role', 'viewer').send({ name: 'b' }).expect(403);
    }
    expect((await audit()).length).toBe(1);
  });

  test('names are bytes: case and trailing spaces tell queues apart', async () => {
    const names = ['dead', 'Dead', 'dead ', '죽음'];
    for (const name of names) await add({ name });
    expect((await list()).data.map(({ name }) => name)).toEqual(names);
  });

  test('pages go both ways', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await add({ name });
    const first = await list('?perPage=2');
    expect(first.data.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(first).toMatchObject({ total: 5, pageInfo: { hasNextPage: true, hasPreviousPage: false } });
    const second = await list(`?perPage=2&after=${first.pageInfo.after ?? ''}`);
    expect(second.data.map(({ name }) => name)).toEqual(['c', 'd']);
    const back = await list(`?perPage=2&before=${second.pageInfo.before ?? ''}`);
    expect(back.data.map(({ name }) => name)).toEqual(['a', 'b']);
    expect((await list('?perPage=2&page=3')).data.map(({ name }) => name)).toEqual(['e']);
  });

  test('the configuration adds queues, and leaves alone what was decided in the console', async () => {
    const broker = await ensureBroker(database, address);
    await ensureDeadQueues(database, broker, ['one', 'two']);
    const [one, two] = (await list()).data;
    await ask('patch', `/api/dead-queues/${one?.id ?? ''}`)
      .send({ watched: false })
      .expect(200);
    await ask('delete', `/api/dead-queues/${two?.id ?? ''}`).expect(204);
    await ensureDeadQueues(database, await ensureBroker(database, address), ['one', 'two', 'three']);
    expect((await readWatchedQueues(database, broker)).map(({ name }) => name)).toEqual(['three']);
  });
});

describe('what the instances see', () => {
  const report = (deadQueueId: string, seen: Partial<WatchReport>): WatchReport => ({
    deadQueueId,
    state: 'consuming',
    since: new Date(Date.now() - 60_000),
    depth: null,
    consumers: null,
    lastError: null,
    lastMessageAt: null,
    ...seen,
  });

  test('one that consumes is enough; those that are dead are not asked', async () => {
    const { id } = await add({ name: 'orders.dead' });
    const [first, second, third] = [
      await registerInstance({ database, logger }),
      await registerInstance({ database, logger }),
      await registerInstance({ database, logger }),
    ];
    await writeWatches(database, first.id, [report(id, { state: 'away', lastError: 'cut' })]);
    await writeWatches(database, second.id, [report(id, { depth: 12, consumers: 3, lastMessageAt: new Date(0) })]);
    await writeWatches(database, third.id, [report(id, { depth: 99, consumers: 9 })]);
    await third.stop();
    const [shown] = (await list()).data;
    expect(shown).toMatchObject({
      state: 'consuming',
      depth: 12,
      consumers: 3,
      lastError: null,
      lastMessageAt: '1970-01-01T00:00:00.000Z',
    });
    expect(shown?.watches.map(({ state, instanceId }) => [state, instanceId])).toEqual([
      ['away', first.id],
      ['consuming', second.id],
    ]);
    expect(shown?.warnings.map(({ code }) => code)).toEqual(['otherConsumers', 'notChecked']);
    await first.stop();
    await second.stop();
  });
});
