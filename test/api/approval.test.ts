import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { AuditEvent } from '../../server/contract/schemas/audit.ts';
import type { DeadQueue } from '../../server/contract/schemas/dead-queues.ts';
import type { Editing } from '../../server/contract/schemas/drafts.ts';
import type { Operation, OperationItem, OperationPreview } from '../../server/contract/schemas/operations.ts';
import type { MadeApiToken } from '../../server/contract/schemas/tokens.ts';
import { connectDatabase, type Database } from '../../server/database/connect.ts';
import { openDeadQueue, type TestDeadQueue, type TestDestination } from '../support/dead-queue.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { reveal } from '../support/reveal.ts';
import { openSeeder, type Seeder } from '../support/seed-messages.ts';
import { waitFor } from '../support/services.ts';
import { signInAs } from '../support/sign-in.ts';

type Api = TestOffice['api'];

let first: TestOffice;
let second: TestOffice;
let dead: TestDeadQueue;
let work: TestDestination;
let database: Database;
let seeder: Seeder;
/** Who asks, by the first instance. */
let kim: Api;
/** Who may decide, by the second one. */
let lee: Api;
let opal: Api;

beforeAll(async () => {
  dead = await openDeadQueue();
  work = await dead.destination();
  first = await startOffice();
  second = await startOffice({ databaseUrl: first.databaseUrl });
  database = connectDatabase({ url: first.databaseUrl, poolSize: 2 });
  seeder = await openSeeder(database);
  kim = await signInAs(first, database, { username: 'kim', role: 'lead' });
  lee = await signInAs(second, database, { username: 'lee', role: 'lead' });
  opal = await signInAs(first, database, { username: 'opal', role: 'operator' });
  await askForSecondPerson();
});
afterAll(async () => {
  await database.destroy();
  await second.remove();
  await first.remove();
  await dead.remove();
});
beforeEach(() => {
  work.arrived.length = 0;
});

/** From five messages on it takes a second person; both instances go by that when this is over. */
async function askForSecondPerson(): Promise<void> {
  await first.api.patch('/api/settings').send({ approvalFrom: 5 }).expect(200);
  const body = order(await failed(5));
  for (const api of [first.api, second.api]) {
    await waitFor(
      async () => {
        const answer = await api.post('/api/operations/preview').send(body).expect(200);
        return (answer.body as OperationPreview).approval !== null;
      },
      { describe: 'the setting to be followed' },
    );
  }
}

const failed = (count: number) =>
  seeder.seed(
    Array.from({ length: count }, () => ({
      exchange: work.exchange,
      routingKey: work.routingKey,
      queue: work.queue,
    })),
  );
const order = (ids: readonly string[], more: object = {}) => ({
  action: 'resend',
  selection: { ids },
  reason: 'fixed',
  ...more,
});
const ask = async (api: Api, body: object) =>
  (await api.post('/api/operations').send(body).expect(202)).body as Operation;
const operation = async (id: string) => (await kim.get(`/api/operations/${id}`).expect(200)).body as Operation;
const until = (id: string, wanted: (one: Operation) => boolean) =>
  waitFor(
    async () => {
      const now = await operation(id);
      return wanted(now) ? now : null;
    },
    { deadlineMs: 20_000, describe: `operation ${id} to be as wanted` },
  );
const ended = (id: string) => until(id, ({ finishedAt }) => finishedAt !== null);
const decide = (api: Api, id: string, verb: 'approve' | 'reject', reason = 'looked at it') =>
  api.post(`/api/operations/${id}/${verb}`).send({ reason });
const codeOf = (answer: { status: number; body: unknown }) => [answer.status, (answer.body as { code: string }).code];
const statuses = async (ids: readonly string[]) => {
  const rows: { status: string }[] = await database('failed_messages')
    .whereIn('id', [...ids])
    .select('status');
  return new Set(rows.map(({ status }) => status));
};
const events = async (operationId: string) =>
  ((await first.api.get('/api/audit-events').query({ operationId }).expect(200)).body as { data: AuditEvent[] }).data;

/** Another operation comes and goes: whoever runs operations has looked for some meanwhile. */
async function somethingElseRuns(): Promise<void> {
  const { id } = await ask(kim, order(await failed(1)));
  expect(await ended(id)).toMatchObject({ outcomes: { confirmed: 1 } });
}

describe('An operation that takes a second person', () => {
  it('sends nothing before one has said so, on no instance and after no restart, and its creator cannot', async () => {
    const ids = await failed(6);
    const preview = await kim.post('/api/operations/preview').send(order(ids)).expect(200);
    const because = [{ code: 'count', params: { from: 5 } }];
    expect(preview.body).toMatchObject({ approval: { because, hours: 24 }, tooLarge: null });

    const key = { 'Idempotency-Key': 'once' };
    const asked = (await kim.post('/api/operations').set(key).send(order(ids)).expect(202)).body as Operation;
    expect(asked).toMatchObject({
      ...{ status: 'awaitingApproval', total: 6, startedAt: null, hold: { code: 'awaitsApproval' } },
      approval: { because, decision: null },
    });
    expect(Date.parse(asked.approval?.until ?? '') - Date.parse(asked.createdAt)).toBeCloseTo(24 * 3_600_000, -4);
    const again = await kim.post('/api/operations').set(key).send(order(ids)).expect(202);
    expect(again.body).toEqual(asked);
    await somethingElseRuns();
    await second.restart();
    lee = await signInAs(second, database, { username: 'lee again', role: 'lead' });
    await somethingElseRuns();
    expect(work.arrived).toHaveLength(2);
    expect(await operation(asked.id)).toMatchObject({ status: 'awaitingApproval', startedAt: null });
    expect(await statuses(ids)).toEqual(new Set(['pending']));

    // By no session, no token, no role.
    expect(codeOf(await decide(kim, asked.id, 'approve'))).toEqual([403, 'operation.ownApproval']);
    const { token } = (await kim.post('/api/tokens').send({ name: 'own', role: 'lead' }).expect(201))
      .body as MadeApiToken;
    const byToken = await fetch(`${first.url}/api/operations/${asked.id}/approve`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{"reason":"mine"}',
    });
    expect([byToken.status, ((await byToken.json()) as { code: string }).code]).toEqual([403, 'token.notForThis']);
    await database('users').where('username', 'kim').update({ role: 'admin' });
    expect(codeOf(await decide(kim, asked.id, 'reject'))).toEqual([403, 'operation.ownApproval']);
    await database('users').where('username', 'kim').update({ role: 'lead' });
    expect(codeOf(await decide(opal, asked.id, 'approve'))).toEqual([403, 'access.denied']);
    expect(codeOf(await decide(lee, asked.id, 'approve', ' '))).toEqual([400, 'request.malformed']);
    const elsewhere = await signInAs(first, database, { username: 'min', role: 'lead', scope: ['other.*'] });
    expect(codeOf(await decide(elsewhere, asked.id, 'approve'))).toEqual([404, 'operation.notFound']);
    // What is decided on stays as it is.
    const rate = await kim.patch(`/api/operations/${asked.id}`).send({ ratePerSecond: 1 });
    expect(codeOf(rate)).toEqual([409, 'operation.awaitsApproval']);
    for (const verb of ['pause', 'resume']) await kim.post(`/api/operations/${asked.id}/${verb}`).expect(200);
    expect(await operation(asked.id)).toMatchObject({ status: 'awaitingApproval' });
    await somethingElseRuns();
    expect(work.arrived).toHaveLength(3);

    const here = await signInAs(first, database, { username: 'han', role: 'lead', scope: ['seeded.*'] });
    const approved = (await decide(here, asked.id, 'approve').expect(200)).body as Operation;
    expect(approved.approval?.decision).toMatchObject({ what: 'approved', by: 'han', reason: 'looked at it' });
    expect(await ended(asked.id)).toMatchObject({ status: 'finished', actor: 'kim', outcomes: { confirmed: 6 } });
    await waitFor(() => Promise.resolve(work.arrived.length === 9), { describe: 'all of them, once' });
    expect(codeOf(await decide(lee, asked.id, 'reject'))).toEqual([409, 'operation.notAwaiting']);
    expect((await events(asked.id)).map(({ kind, actor }) => `${kind} ${actor}`)).toEqual([
      'operation.finished office',
      'operation.approved han',
      'operation.awaitsApproval office',
      'operation.created kim',
    ]);
    // An office is restarted in it.
  }, 90_000);

  it('is what was frozen: of a filter too, and what has changed since is skipped', async () => {
    const ids = await failed(6);
    const filter = { queue: [work.queue], status: ['pending'] };
    const preview = (await kim.post('/api/operations/preview').send({ action: 'delete', selection: { filter } }))
      .body as OperationPreview;
    const count = preview.count ?? 0;
    expect(count).toBeGreaterThanOrEqual(6);
    const selection = { filter, upToId: preview.upToId, expectedCount: count };
    const { id } = await ask(kim, { action: 'delete', selection, reason: 'test' });
    expect(await until(id, ({ status }) => status !== 'preparing')).toMatchObject({
      ...{ status: 'awaitingApproval', total: count, approval: { because: [{ code: 'count' }] } },
    });
    const [changed = ''] = ids;
    const [newcomer = ''] = await failed(1);
    await ended((await ask(opal, { action: 'handle', selection: { ids: [changed] }, reason: 'by hand' })).id);
    await decide(lee, id, 'approve').expect(200);
    expect(await ended(id)).toMatchObject({ outcomes: { confirmed: count - 1, skipped: 1 } });
    const { data } = (await kim.get(`/api/operations/${id}/items`).query({ outcome: 'skipped' })).body as {
      data: OperationItem[];
    };
    expect(data).toMatchObject([{ messageId: changed, error: { code: 'item.changed' } }]);
    expect(await statuses([newcomer])).toEqual(new Set(['pending']));
  });

  it('ends with nothing done when it is rejected, withdrawn, or nobody decides in time', async () => {
    const ids = await failed(5);
    const [rejected, withdrawn, late] = [
      await ask(kim, order(ids)),
      await ask(kim, order(ids)),
      await ask(kim, order(ids)),
    ];
    await decide(lee, rejected.id, 'reject', 'the API is still down').expect(200);
    expect(await ended(rejected.id)).toMatchObject({
      ...{ status: 'stopped', outcomes: { confirmed: 0, skipped: 5 } },
      stoppedBecause: { code: 'rejected', params: { by: 'lee again', reason: 'the API is still down' } },
    });
    await kim.post(`/api/operations/${withdrawn.id}/cancel`).expect(200);
    expect(await ended(withdrawn.id)).toMatchObject({ status: 'cancelled', outcomes: { confirmed: 0, skipped: 5 } });
    await database('operations')
      .where('id', late.id)
      .update({ approval_until: database.raw('UTC_TIMESTAMP(3)') });
    expect(codeOf(await decide(lee, late.id, 'approve'))[0]).toBe(409);
    expect(await ended(late.id)).toMatchObject({
      ...{ status: 'stopped', stoppedBecause: { code: 'approvalExpired' }, outcomes: { skipped: 5 } },
      approval: { decision: { what: 'expired', by: null } },
    });
    expect((await events(late.id)).map(({ kind }) => kind)).toContain('operation.approvalExpired');
    expect(work.arrived).toEqual([]);
    expect(await statuses(ids)).toEqual(new Set(['pending']));
    // Nothing holds them: one below the number goes at once.
    await ended((await ask(kim, order(ids.slice(0, 4)))).id);
    expect(work.arrived).toHaveLength(4);
  });

  it('waits for its time after that, and asks behind its first messages', async () => {
    const ids = await failed(5);
    const startAt = new Date(Date.now() + 3_600_000).toISOString();
    const { id } = await ask(kim, order(ids, { startAt, canary: { first: 2, waitSeconds: 0, then: 'ask' } }));
    expect(await operation(id)).toMatchObject({ status: 'awaitingApproval' });
    expect((await decide(lee, id, 'approve').expect(200)).body).toMatchObject({ status: 'scheduled' });
    await somethingElseRuns();
    expect(work.arrived).toHaveLength(1);
    await database('operations')
      .where({ id })
      .update({ start_at: database.raw('UTC_TIMESTAMP(3)') });
    await until(id, ({ hold }) => hold?.code === 'canaryAsks');
    expect(work.arrived).toHaveLength(3);
    // The second person has spoken: whoever operates it lets the rest go.
    await kim.post(`/api/operations/${id}/resume`).expect(200);
    expect(await ended(id)).toMatchObject({ outcomes: { confirmed: 5 } });
  });
});

describe('A dead queue that asks for a second person', () => {
  const flag = async (needsApproval: boolean) => {
    await first.api.patch(`/api/dead-queues/${seeder.deadQueueId}`).send({ needsApproval }).expect(200);
    const shown = (await first.api.get(`/api/dead-queues/${seeder.deadQueueId}`).expect(200)).body as DeadQueue;
    expect(shown.needsApproval).toBe(needsApproval);
  };

  it('is asked for with a single message of it, for whatever act, and with edits', async () => {
    await flag(true);
    try {
      const [edited = '', rejected = '', deleted = ''] = await failed(3);
      const because = [{ code: 'deadQueue', params: { name: 'seeded.dead' } }];
      const removal = { action: 'delete', selection: { ids: [deleted] }, reason: 'test' };
      const preview = await opal.post('/api/operations/preview').send(removal).expect(200);
      expect(preview.body).toMatchObject({ approval: { because } });
      const gone = await ask(opal, removal);
      expect(gone).toMatchObject({ status: 'awaitingApproval', approval: { because } });

      const draft = async (id: string) => {
        const body = { body: { encoding: 'utf8', text: 'as it should be' } };
        await reveal(kim, id);
        await kim.put(`/api/messages/${id}/draft`).send(body).expect(200);
        return await ask(kim, order([id], { edited: true }));
      };
      const [good, bad] = [await draft(edited), await draft(rejected)];
      // Taken with the operation: what is approved is not changed any more.
      const { draft: left } = (await kim.get(`/api/messages/${edited}/draft`).expect(200)).body as Editing;
      expect(left).toBeNull();
      await decide(lee, bad.id, 'reject').expect(200);
      await decide(lee, good.id, 'approve').expect(200);
      await decide(lee, gone.id, 'approve').expect(200);
      expect(await ended(good.id)).toMatchObject({ edited: true, outcomes: { confirmed: 1 } });
      expect(await ended(bad.id)).toMatchObject({ status: 'stopped', outcomes: { confirmed: 0, skipped: 1 } });
      await ended(gone.id);
      expect(work.arrived.map(({ body }) => body.toString())).toEqual(['as it should be']);
      expect(await statuses([rejected])).toEqual(new Set(['pending']));
      expect(await statuses([deleted])).toEqual(new Set(['deleted']));
      // To bring it back is an act like any other.
      const back = await ask(opal, { action: 'restore', selection: { ids: [deleted] } });
      expect(back).toMatchObject({ status: 'awaitingApproval' });
      await opal.post(`/api/operations/${back.id}/cancel`).expect(200);
      // What has nothing to do takes nobody.
      const nothing = await ask(opal, { action: 'restore', selection: { ids: [edited] } });
      expect(await ended(nothing.id)).toMatchObject({ approval: null, outcomes: { skipped: 1 } });
    } finally {
      await flag(false);
    }
  });
});

describe('A large operation', () => {
  it('takes a lead, whatever the sight of who asks', async () => {
    await first.api.patch('/api/settings').send({ largeOperationFrom: 3 }).expect(200);
    const min = await signInAs(first, database, { username: 'sun', role: 'operator', scope: ['seeded.*'] });
    const ids = await failed(3);
    for (const api of [opal, min]) {
      const preview = await waitFor(
        async () => {
          const answer = await api.post('/api/operations/preview').send(order(ids)).expect(200);
          const body = answer.body as OperationPreview;
          return body.tooLarge === null ? null : body;
        },
        { describe: 'the setting to be followed' },
      );
      expect(preview.tooLarge).toEqual({ from: 3 });
      const refused = await api.post('/api/operations').send(order(ids));
      expect(refused).toMatchObject({ status: 403, body: { code: 'operation.large', params: { from: 3 } } });
    }
    expect((await kim.post('/api/operations/preview').send(order(ids)).expect(200)).body).toMatchObject({
      tooLarge: null,
    });
    await ended((await ask(kim, order(ids))).id);
    const few = await ask(opal, order(await failed(3), { limit: 2 }));
    expect(await ended(few.id)).toMatchObject({ total: 2, outcomes: { confirmed: 2 } });
  });
});
