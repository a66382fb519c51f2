import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Group, GroupRow } from '../../server/contract/schemas/groups.ts';
import type { List } from '../../server/contract/schemas/lists.ts';
import type { Message } from '../../server/contract/schemas/messages.ts';
import { connectDatabase, type Database } from '../../server/database/connect.ts';
import { openDeadQueue, type TestDeadQueue } from '../support/dead-queue.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { waitFor } from '../support/services.ts';

let office: TestOffice;
let dead: TestDeadQueue;
let database: Database;

beforeEach(async () => {
  dead = await openDeadQueue();
  office = await startOffice({ deadQueues: [dead.name] });
  database = connectDatabase({ url: office.databaseUrl, poolSize: 2 });
});
afterEach(async () => {
  await database.destroy();
  await office.remove();
  await dead.remove();
});

interface Failure {
  queue: string;
  type?: string;
  message?: string;
  orderId?: string;
}

/** Failures as a worker writes them, taken in by the office. */
async function fail(...failures: Failure[]): Promise<void> {
  const before = await total();
  for (const { queue, type, message, orderId } of failures) {
    await dead.bury({
      body: JSON.stringify(orderId === undefined ? {} : { orderId }),
      headers: {
        'x-failure-queue': queue,
        ...(type === undefined ? {} : { 'x-failure-type': type }),
        ...(message === undefined ? {} : { 'x-failure-message': message }),
      },
    });
  }
  await waitFor(async () => (await total()) === before + failures.length, { describe: 'the failures' });
}
const total = async () =>
  ((await office.api.get('/api/messages').query({ perPage: 1 }).expect(200)).body as List<Message>).total ?? 0;

async function list(query: Record<string, unknown> = {}): Promise<List<GroupRow>> {
  return (await office.api.get('/api/groups').query(query).expect(200)).body as List<GroupRow>;
}
async function only(query: Record<string, unknown> = {}): Promise<GroupRow & { id: string }> {
  const { data } = await list(query);
  const [row] = data;
  if (data.length !== 1 || row === undefined || row.id === null) throw new Error(`${data.length} rows instead of one`);
  return { ...row, id: row.id };
}
async function read(id: string): Promise<Group> {
  return (await office.api.get(`/api/groups/${id}`).expect(200)).body as Group;
}
async function change(id: string, body: object, status = 200): Promise<Group> {
  return (await office.api.patch(`/api/groups/${id}`).send(body).expect(status)).body as Group;
}
const codeOf = (answer: { body: unknown }) => (answer.body as { code: string }).code;
const TIMEOUT = { queue: 'orders.cancel', type: 'TimeoutError', message: 'Order API timed out after 3000 ms' };
const NORMALISED = 'Order API timed out after # ms';

describe('The groups', () => {
  it('are one row each: what failed, where, how often, since when, and how many orders it hit', async () => {
    await fail(
      { ...TIMEOUT, orderId: 'ORD-1' },
      { ...TIMEOUT, message: 'Order API timed out after 4100 ms', orderId: 'ORD-2' },
      { ...TIMEOUT, orderId: 'ORD-2' },
      { queue: 'notice.send', type: 'TemplateError', message: 'Unknown template TMS-301', orderId: 'ORD-9' },
    );
    const { data, total: rows } = await list();
    expect(rows).toBe(2);
    // Seen last comes first.
    expect(data.map(({ errorType }) => errorType)).toEqual(['TemplateError', 'TimeoutError']);
    const row = data[1];
    expect(row).toMatchObject({
      groups: 1,
      errorType: 'TimeoutError',
      normalisedMessage: NORMALISED,
      queues: ['orders.cancel'],
      deadQueues: [dead.name],
      pending: 3,
      failures24h: 3,
      growth: 3,
      resent: 0,
      cameBack: 0,
      orders: { count: 2, atLeast: false },
      state: 'open',
      assignee: null,
      note: null,
      trackerUrl: null,
      snoozedUntil: null,
      version: 1,
    });
    expect(row?.hourly).toHaveLength(24);
    expect(row?.hourly.slice(-2).reduce((sum, hour) => sum + hour, 0)).toBe(3);
    expect(Date.parse(row?.firstSeenAt ?? '')).toBeLessThanOrEqual(Date.parse(row?.lastSeenAt ?? ''));
    const found = await office.api
      .get('/api/messages')
      .query(row?.filter ?? {})
      .expect(200);
    expect((found.body as List<Message>).data.map(({ errorType }) => errorType)).toEqual(Array(3).fill('TimeoutError'));
  });

  it('stand by error, by failing queue, or by both; each row finds exactly its messages', async () => {
    const elsewhere = { ...TIMEOUT, queue: 'notice.send' };
    const other = { queue: 'notice.send', type: 'TemplateError', message: 'Unknown template' };
    await fail(TIMEOUT, elsewhere, elsewhere, other);
    const shown = async (by: string) =>
      (await list({ by, sort: '-pending' })).data.map((row) => [
        row.errorType,
        [...row.queues].sort(),
        row.pending,
        row.groups,
      ]);
    expect(await shown('error')).toEqual([
      ['TimeoutError', ['notice.send', 'orders.cancel'], 3, 2],
      ['TemplateError', ['notice.send'], 1, 1],
    ]);
    expect(await shown('queue')).toEqual([
      [null, ['notice.send'], 3, 2],
      ['TimeoutError', ['orders.cancel'], 1, 1],
    ]);
    expect((await shown('errorQueue')).length).toBe(3);
    for (const by of ['error', 'queue', 'errorQueue']) {
      for (const row of (await list({ by })).data) {
        const found = await office.api
          .get('/api/messages')
          .query(row.filter ?? {})
          .expect(200);
        expect([by, row.key, (found.body as List<Message>).total]).toEqual([by, row.key, row.pending]);
      }
    }
  });

  it('are found by state, queue, assignee, and words of the error, Korean ones too', async () => {
    await fail(TIMEOUT, {
      queue: 'notice.send',
      type: 'HttpError',
      message: '주문 서버가 응답하지 않습니다: 시간초과가 발생',
    });
    const types = async (query: object) => (await list({ ...query })).data.map(({ errorType }) => errorType);
    expect(await types({ text: '시간초과' })).toEqual(['HttpError']);
    expect(await types({ text: 'timed OUT after 9 ms' })).toEqual(['TimeoutError']);
    expect(await types({ text: 'timeouterror' })).toEqual(['TimeoutError']);
    expect(await types({ text: '100%' })).toEqual([]);
    expect(await types({ queue: 'notice.send' })).toEqual(['HttpError']);
    expect(await types({ queue: 'nowhere' })).toEqual([]);
    const { id, version } = await only({ queue: 'notice.send' });
    await change(id, { version, assignee: 'operator', state: 'investigating' });
    expect(await types({ assignee: 'operator' })).toEqual(['HttpError']);
    expect(await types({ state: 'investigating' })).toEqual(['HttpError']);
    expect(await types({ state: ['open', 'investigating'] })).toEqual(['HttpError', 'TimeoutError']);
    await office.api.get('/api/groups').query({ state: 'nonsense' }).expect(400);
    await office.api.get('/api/groups').query({ colour: 'red' }).expect(400);
  });

  it('are turned page by page, forwards and back, in every order', async () => {
    await fail(...['A', 'B', 'C', 'D', 'E'].map((type) => ({ queue: 'q', type, message: 'broken' })));
    for (const sort of ['-lastSeenAt', 'lastSeenAt', '-pending', 'growth']) {
      const whole = (await list({ sort })).data.map(({ key }) => key);
      expect(new Set(whole).size).toBe(5);
      const first = await list({ sort, perPage: 2 });
      const second = await list({ sort, perPage: 2, after: first.pageInfo.after });
      const third = await list({ sort, perPage: 2, after: second.pageInfo.after });
      expect([first, second, third].flatMap(({ data }) => data.map(({ key }) => key))).toEqual(whole);
      expect(third.pageInfo.hasNextPage).toBe(false);
      const back = await list({ sort, perPage: 2, before: third.pageInfo.before });
      expect(back.data.map(({ key }) => key)).toEqual(second.data.map(({ key }) => key));
      const numbered = await list({ sort, perPage: 2, page: 2 });
      expect(numbered.data.map(({ key }) => key)).toEqual(second.data.map(({ key }) => key));
    }
    expect(codeOf(await office.api.get('/api/groups').query({ after: 'nonsense' }).expect(400))).toBe('cursor.invalid');
  });
});

describe('A group', () => {
  it('is changed by one person at a time, and the audit tells before and after', async () => {
    await fail(TIMEOUT);
    const { id } = await only();
    const trackerUrl = 'https://tracker.example/OPS-12';
    const now = await change(id, {
      version: 1,
      assignee: 'operator',
      state: 'investigating',
      note: ' Ask team A ',
      trackerUrl,
    });
    expect(now).toMatchObject({
      id,
      assignee: 'operator',
      state: 'investigating',
      note: 'Ask team A',
      trackerUrl,
      version: 2,
    });
    expect(now.assignable).toEqual(['operator']);
    expect(await read(id)).toEqual(now);

    const late = await office.api.patch(`/api/groups/${id}`).send({ version: 1, note: null }).expect(409);
    expect(codeOf(late)).toBe('group.changed');
    expect((await read(id)).note).toBe('Ask team A');

    const events = await office.api.get('/api/audit-events').query({ kind: 'group.changed' }).expect(200);
    expect((events.body as List<unknown>).data).toMatchObject([
      {
        actor: 'operator',
        subject: 'TimeoutError',
        details: {
          id,
          before: { state: 'open', assignee: null, note: null, trackerUrl: null },
          after: { state: 'investigating', assignee: 'operator', note: 'Ask team A', trackerUrl },
        },
      },
    ]);
    expect(await change(id, { version: 2, assignee: null, note: null, trackerUrl: null })).toMatchObject({
      assignee: null,
      note: null,
      trackerUrl: null,
      state: 'investigating',
    });
  });

  it('takes no link that a browser would run, no unknown person, and no state that only the office can find', async () => {
    await fail(TIMEOUT);
    const { id } = await only();
    for (const trackerUrl of ['javascript:alert(1)', 'data:text/html,x', 'OPS-12', 'ftp://files.example/x']) {
      await change(id, { version: 1, trackerUrl }, 400);
    }
    await change(id, { version: 1, state: 'regressed' }, 400);
    await change(id, { version: 1, state: 'snoozed' }, 400);
    await change(id, { version: 1, state: 'open', snoozedUntil: '2027-01-01T00:00:00.000Z' }, 400);
    await change(id, { state: 'open' }, 400);
    const past = { version: 1, state: 'snoozed', snoozedUntil: '2020-01-01T00:00:00.000Z' };
    expect(codeOf(await office.api.patch(`/api/groups/${id}`).send(past).expect(422))).toBe('group.snoozeTime');
    const nobody = { version: 1, assignee: 'nobody' };
    expect(codeOf(await office.api.patch(`/api/groups/${id}`).send(nobody).expect(422))).toBe('group.assigneeUnknown');
    await change('999999', { version: 1, state: 'open' }, 404);
    expect(await read(id)).toMatchObject({ state: 'open', version: 1 });
  });

  it('that was resolved and fails again is regressed, says since when, and can be resolved again', async () => {
    await fail(TIMEOUT, TIMEOUT);
    const { id } = await only();
    const resolved = await change(id, { version: 1, state: 'resolved' });
    expect(resolved).toMatchObject({ state: 'resolved', regressedAt: null });
    expect(resolved.resolvedAt).not.toBeNull();
    expect((await list({ state: 'regressed' })).total).toBe(0);

    await fail(TIMEOUT);
    const regressed = await only({ state: 'regressed' });
    expect(regressed).toMatchObject({ id, state: 'regressed', resolvedAt: resolved.resolvedAt, version: 2 });
    expect(regressed.regressedAt).toBe(regressed.lastSeenAt);
    expect((await list({ state: 'resolved' })).total).toBe(0);

    expect(await change(id, { version: 2, state: 'resolved' })).toMatchObject({ state: 'resolved', regressedAt: null });
  });

  it('that was snoozed comes back by itself when its time is over', async () => {
    await fail(TIMEOUT);
    const { id } = await only();
    const snoozedUntil = new Date(Date.now() + 3_600_000).toISOString();
    expect(await change(id, { version: 1, state: 'snoozed', snoozedUntil })).toMatchObject({
      state: 'snoozed',
      snoozedUntil,
    });
    expect((await list({ state: 'open' })).total).toBe(0);
    await database('failure_groups')
      .where({ id })
      .update({ snoozed_until: new Date(Date.now() - 1000) });
    expect(await only({ state: 'open' })).toMatchObject({ id, state: 'open', snoozedUntil: null });
  });

  it('takes in others and lets go of them again; no message is rewritten', async () => {
    await fail(TIMEOUT, { ...TIMEOUT, queue: 'notice.send' }, { queue: 'q', type: 'Other', message: 'broken' });
    const rows = (await list({ by: 'errorQueue', sort: 'lastSeenAt' })).data;
    const [into, taken, kept] = rows.map(({ id }) => id ?? '');
    if (into === undefined || taken === undefined || kept === undefined) throw new Error('three groups expected');
    const before = await database('failed_messages').orderBy('id');

    const merge = (groupIds: string[], to = into) =>
      office.api.post(`/api/groups/${to}/merge`).send({ groupIds, reason: 'one cause' });
    expect(codeOf(await merge([into]).expect(422))).toBe('group.mergedIntoItself');
    expect(codeOf(await merge(['999999']).expect(404))).toBe('group.notFound');
    const merged = (await merge([taken]).expect(200)).body as Group;
    expect(merged).toMatchObject({ id: into, pending: 2, fingerprintsTotal: 2, version: 2 });
    expect([...merged.queues].sort()).toEqual(['notice.send', 'orders.cancel']);
    expect((await list({ by: 'errorQueue' })).total).toBe(3);
    expect((await list()).total).toBe(2);
    // Whoever has the old address still finds it.
    expect((await read(taken)).id).toBe(into);
    expect(codeOf(await merge([taken]).expect(409))).toBe('group.merged');
    expect(codeOf(await office.api.patch(`/api/groups/${taken}`).send({ version: 1, note: 'x' }).expect(409))).toBe(
      'group.merged',
    );
    const found = await office.api.get('/api/messages').query({ groupId: into }).expect(200);
    expect((found.body as List<Message>).total).toBe(2);

    const split = (fingerprintIds: string[]) => office.api.post(`/api/groups/${into}/split`).send({ fingerprintIds });
    const parts = merged.fingerprints;
    expect(parts).toMatchObject([
      { errorType: 'TimeoutError', normalisedMessage: NORMALISED, pending: 1 },
      { pending: 1 },
    ]);
    expect(codeOf(await split(parts.map(({ id }) => id)).expect(422))).toBe('group.nothingLeft');
    const [foreign] = (await read(kept)).fingerprints;
    expect(codeOf(await split([foreign?.id ?? '']).expect(409))).toBe('group.notItsFingerprint');
    const leaving = parts.find(({ queue }) => queue === 'notice.send');
    const made = (await split([leaving?.id ?? '']).expect(201)).body as Group;
    expect(made).toMatchObject({ queues: ['notice.send'], pending: 1, state: 'open', errorType: 'TimeoutError' });
    expect(await read(into)).toMatchObject({ queues: ['orders.cancel'], pending: 1, version: 3 });

    expect(await database('failed_messages').orderBy('id')).toEqual(before);
    const events = await office.api
      .get('/api/audit-events')
      .query({ kind: ['group.merged', 'group.split'] })
      .expect(200);
    expect((events.body as List<unknown>).data).toMatchObject([
      { kind: 'group.split', details: { id: into, newGroupId: made.id, fingerprintIds: [leaving?.id] } },
      { kind: 'group.merged', details: { id: into, groupIds: [taken], reason: 'one cause' } },
    ]);
  });

  it('that took in failures from before it was resolved is not regressed by them', async () => {
    await fail(TIMEOUT, { queue: 'q', type: 'Other', message: 'broken' });
    const [other, timeout] = (await list()).data.map(({ id }) => id ?? '');
    // The other one failed last.
    await change(timeout ?? '', { version: 1, state: 'resolved' });
    const merged = await office.api
      .post(`/api/groups/${timeout}/merge`)
      .send({ groupIds: [other] })
      .expect(200);
    expect(merged.body).toMatchObject({ state: 'resolved', pending: 2 });
    await fail({ queue: 'q', type: 'Other', message: 'broken' });
    expect(await read(timeout ?? '')).toMatchObject({ state: 'regressed' });
  });
});

it('is looked at by everybody, and changed by operators alone', async () => {
  await fail(TIMEOUT);
  const { id } = await only();
  await database('users').update({ role: 'viewer' });
  await office.api.get('/api/groups').expect(200);
  expect(codeOf(await office.api.patch(`/api/groups/${id}`).send({ version: 1, note: 'x' }).expect(403))).toBe(
    'access.denied',
  );
  await office.api
    .post(`/api/groups/${id}/merge`)
    .send({ groupIds: ['1'] })
    .expect(403);
  await office.api
    .post(`/api/groups/${id}/split`)
    .send({ fingerprintIds: ['1'] })
    .expect(403);
});
