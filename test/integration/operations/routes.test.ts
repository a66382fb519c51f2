import supertest from 'supertest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import {
  operation,
  operationItemList,
  operationList,
  operationPreview,
} from '../../../server/contract/schemas/operations.ts';
import { readMessages } from '../../../server/messages/message-rows.ts';
import { operationRoutes } from '../../../server/operations/operation-routes.ts';
import { openOperationDesk, type OperationDesk } from '../../support/operations.ts';
import { serveRoutes } from '../../support/served-routes.ts';

let desk: OperationDesk;
let served: Awaited<ReturnType<typeof serveRoutes>>;
let nudged: number;

beforeEach(async () => {
  desk = await openOperationDesk();
  nudged = 0;
  const routes = operationRoutes({
    database: desk.database,
    readMessages,
    askExchange: () => Promise.resolve({ state: 'unavailable' }),
    askQueue: () => Promise.resolve({ state: 'unavailable', reason: 'not asked' }),
    terms: () => ({ user: 'office', mostBytes: null, anyDeliveryMode: true }),
    reach: () => Promise.resolve({ queues: [], gap: 'notConfigured', byHeaders: false }),
    rules: () => ({ reasonRequiredFrom: null, largeOperationFrom: null, approvalFrom: null }),
    nudge: () => {
      nudged += 1;
    },
  });
  served = await serveRoutes(routes);
});
afterEach(async () => {
  served.close();
  await desk.close();
});

const as = (role: string) => supertest.agent(served.url).set('X-Role', role);
const start = async (body: object) =>
  operation.parse((await as('operator').post('/api/operations').send(body).expect(202)).body);

describe('Operations over HTTP', () => {
  it('are started by operators, and looked at by viewers', async () => {
    const ids = await desk.seed([{}, {}]);
    const body = { action: 'delete', selection: { ids } };
    await supertest(served.url).post('/api/operations').send(body).expect(401);
    await as('viewer').post('/api/operations').send(body).expect(403);
    await as('viewer').post('/api/operations/preview').send(body).expect(403);
    const started = await start(body);
    expect(started).toMatchObject({ status: 'running', actor: 'the operator', total: 2, target: null, filter: null });
    expect(nudged).toBe(1);
    desk.instance();
    await desk.ended(started.id);
    const shown = await as('viewer').get(`/api/operations/${started.id}`).expect(200);
    expect(operation.parse(shown.body)).toMatchObject({ status: 'finished', outcomes: { confirmed: 2 } });
    await as('viewer').post(`/api/operations/${started.id}/cancel`).expect(403);
  });

  it('refuse what they do not know', async () => {
    const ids = await desk.seed([{}]);
    const post = (body: object) => as('operator').post('/api/operations').send(body);
    const unknown = await post({ action: 'delete', selection: { ids }, colour: 'red' }).expect(400);
    expect(unknown.body).toMatchObject({ code: 'request.malformed', errors: { colour: 'field.unknown' } });
    await post({ action: 'delete', selection: { ids }, stopWhenCameBack: 1 }).expect(400);
    await post({ action: 'delete', selection: { ids }, target: { kind: 'original' } }).expect(400);
    await post({ action: 'handle', selection: { ids } }).expect(422);
    await post({ action: 'delete', selection: { ids: [] } }).expect(400);
    const drifted = await post({ action: 'delete', selection: { filter: {}, upToId: '9', expectedCount: 7 } });
    expect(drifted.body).toMatchObject({ code: 'operation.selectionDrifted', params: { expected: 7, count: 1 } });
    expect(drifted.status).toBe(409);
    const missing = await post({ action: 'delete', selection: { ids: ['424242'] } }).expect(422);
    expect(missing.body).toMatchObject({ code: 'operation.messagesMissing', params: { count: 1, ids: '424242' } });
    await as('viewer').get('/api/operations/424242').expect(404);
    await as('viewer').get('/api/operations?colour=red').expect(400);
    await as('operator').post('/api/operations/424242/cancel').expect(404);
  });

  it('asked for again with an Idempotency-Key are the same', async () => {
    const ids = await desk.seed([{}, {}]);
    const post = (body: object) => as('operator').post('/api/operations').set('Idempotency-Key', 'once').send(body);
    const first = await post({ action: 'delete', selection: { ids } }).expect(202);
    const again = await post({ selection: { ids }, action: 'delete' }).expect(202);
    expect(operation.parse(again.body).id).toBe(operation.parse(first.body).id);
    await post({ action: 'delete', selection: { ids: ids.slice(1) } }).expect(409);
    await as('operator').post('/api/operations').set('Idempotency-Key', ' ').send({}).expect(400);
  });

  it('are listed newest first, by pages and cursors, and by status and action', async () => {
    const ids = await desk.seed(Array.from({ length: 5 }, () => ({})));
    const started: string[] = [];
    for (const id of ids) started.unshift((await start({ action: 'delete', selection: { ids: [id] } })).id);
    const list = async (query: string) =>
      operationList.parse((await as('viewer').get(`/api/operations?${query}`).expect(200)).body);
    const first = await list('perPage=2');
    expect(first.data.map(({ id }) => id)).toEqual(started.slice(0, 2));
    expect(first).toMatchObject({ total: 5, pageInfo: { hasNextPage: true, hasPreviousPage: false } });
    const second = await list(`perPage=2&after=${first.pageInfo.after ?? ''}`);
    expect(second.data.map(({ id }) => id)).toEqual(started.slice(2, 4));
    const back = await list(`perPage=2&before=${second.pageInfo.before ?? ''}`);
    expect(back.data.map(({ id }) => id)).toEqual(started.slice(0, 2));
    expect((await list('sort=id&perPage=1')).data[0]?.id).toBe(started.at(-1));
    expect((await list('status=finished&status=cancelled')).total).toBe(0);
    expect((await list('action=delete&status=running')).total).toBe(5);
  });

  it('show their items, by outcome', async () => {
    const ids = await desk.seed([{}, { status: 'deleted' }, {}]);
    const { id } = await start({ action: 'delete', selection: { ids } });
    desk.instance();
    await desk.ended(id);
    const list = async (query: string) =>
      operationItemList.parse((await as('viewer').get(`/api/operations/${id}/items?${query}`).expect(200)).body);
    expect((await list('')).data.map(({ messageId }) => messageId)).toEqual(ids);
    const skipped = await list('outcome=skipped');
    expect(skipped).toMatchObject({
      total: 1,
      data: [{ messageId: ids[1], outcome: 'skipped', error: { code: 'item.wrongStatus', text: null } }],
    });
    const first = await list('outcome=confirmed&perPage=1');
    const next = await list(`outcome=confirmed&perPage=1&after=${first.pageInfo.after ?? ''}`);
    expect([...first.data, ...next.data].map(({ messageId }) => messageId)).toEqual([ids[0], ids[2]]);
  });

  it('are paused, resumed and cancelled, on record with who did it; twice is like once', async () => {
    const ids = await desk.seed([{}]);
    const { id } = await start({ action: 'delete', selection: { ids } });
    const tell = async (command: string) =>
      operation.parse((await as('operator').post(`/api/operations/${id}/${command}`).expect(200)).body).status;
    expect(await tell('pause')).toBe('paused');
    expect(await tell('pause')).toBe('paused');
    expect(await tell('resume')).toBe('running');
    expect(await tell('resume')).toBe('running');
    expect(await tell('cancel')).toBe('cancelled');
    const resumed = await as('operator').post(`/api/operations/${id}/resume`).expect(409);
    expect(resumed.body).toMatchObject({ code: 'operation.ended' });
    const kinds = await desk.database('audit_events').where('operation_id', id).orderBy('id').pluck('kind');
    expect(kinds).toEqual(['operation.created', 'operation.paused', 'operation.resumed', 'operation.cancelled']);
  });

  it('are previewed without a broker: then nobody knows whether the target exists', async () => {
    const ids = await desk.seed([{ exchange: 'orders', routingKey: 'k' }]);
    const answer = await as('operator').post('/api/operations/preview').send({ action: 'resend', selection: { ids } });
    const preview = operationPreview.parse(answer.body);
    expect(preview.targets).toMatchObject([
      { exchange: 'orders', routingKey: 'k', count: 1, exists: null, routing: 'notConfigured' },
    ]);
    expect(preview.targets[0]).not.toHaveProperty('queues');
    expect(preview.sample.map(({ id }) => id)).toEqual(ids);
  });
});
