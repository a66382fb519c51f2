import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { FailuresOverTime, Overview } from '../../server/contract/schemas/statistics.ts';
import { connectDatabase, type Database } from '../../server/database/connect.ts';
import { Names } from '../../server/database/names.ts';
import { findBroker } from '../../server/dead-queues/dead-queue-store.ts';
import type { FailureCount } from '../../server/messages/failure-counts.ts';
import { openFailingWork, type FailingWork } from '../support/failing-work.ts';
import { deskOf } from '../support/office-desk.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { waitFor } from '../support/services.ts';

let office: TestOffice;
let database: Database;
let work: FailingWork;

beforeAll(async () => {
  work = await openFailingWork();
  office = await startOffice();
  database = connectDatabase({ url: office.databaseUrl, poolSize: 1 });
});
afterAll(async () => {
  await database.destroy();
  await office.remove();
  await work.remove();
});

const HOUR = 3_600_000;

async function overview(query: Record<string, string> = {}): Promise<Overview> {
  return (await office.api.get('/api/stats/overview').query(query).expect(200)).body as Overview;
}

async function failures(query: Record<string, string>): Promise<FailuresOverTime> {
  return (await office.api.get('/api/stats/failures').query(query).expect(200)).body as FailuresOverTime;
}

/** The hour that runs; it goes on for long enough to count in it and to ask. */
async function thisHour(): Promise<Date> {
  return await waitFor(
    () => {
      const now = Date.now();
      return HOUR - (now % HOUR) > 15_000 && new Date(now - (now % HOUR));
    },
    { deadlineMs: 20_000, describe: 'an hour that is not about to end' },
  );
}

/** A failure that can be counted: a fingerprint, with a group of its own unless it is in one already. */
async function fingerprint(
  given: { queue?: string; errorType?: string; message?: string; groupId?: string } = {},
): Promise<{ fingerprintId: string; groupId: string }> {
  const { queue, errorType, message } = given;
  const broker = await findBroker(database);
  const ids = await new Names(database).idsOf([queue, errorType].filter((name) => name !== undefined));
  const idOf = (name: string | undefined) => (name === undefined ? null : (ids.get(name) ?? null));
  const now = database.raw('UTC_TIMESTAMP(3)');
  const described = { queue_id: idOf(queue), error_type_id: idOf(errorType), normalised_message: message ?? null };
  let { groupId } = given;
  if (groupId === undefined) {
    const [made] = await database('failure_groups').insert({
      title: 'Counted',
      ...described,
      state: 'open',
      created_at: now,
    });
    groupId = String(made);
  }
  const [made] = await database('fingerprints').insert({
    hash: randomBytes(16),
    group_id: groupId,
    broker_id: broker?.id ?? '1',
    dead_queue_id: '900',
    coarse: 0,
    created_on: now,
    ...described,
  });
  return { fingerprintId: String(made), groupId };
}

/** What happened in an hour long ago, or in one that runs. */
async function count(
  fingerprintId: string,
  hour: string | Date,
  counts: Partial<Record<FailureCount, number>>,
  deadQueueId = '900',
): Promise<void> {
  await database('failure_counts').insert({
    dead_queue_id: deadQueueId,
    fingerprint_id: fingerprintId,
    hour: new Date(hour),
    ...counts,
  });
}

let cloned = 1_000_000;

/** So many more pending messages, alike the one that is there: they are counted, not looked into. */
async function pendingMessages(more: number): Promise<void> {
  const one = (await database('failed_messages').where('status', 'pending').first()) as Record<string, unknown>;
  const rows = Array.from({ length: more }, () => ({ ...one, id: (cloned += 1), last_death_id: cloned }));
  await database.batchInsert('failed_messages', rows, 1000);
}

const clear = async () => {
  await database('failure_counts').delete();
};

describe('An office in which nothing has failed', () => {
  it('says so, and has nothing but zeros', async () => {
    const hour = await thisHour();
    expect(await overview()).toMatchObject({
      hasFailed: false,
      pending: {
        count: 0,
        countAtLeast: 0,
        estimate: null,
        overHour: { since: new Date(hour.getTime() - HOUR).toISOString(), cameIn: 0, left: 0 },
        overDay: { since: new Date(hour.getTime() - 24 * HOUR).toISOString(), cameIn: 0, left: 0 },
      },
      cameBack: { count: 0, groups: [] },
      backlog: { depth: null, known: 0, watched: 0 },
      runningOperations: 0,
      growing: { groups: [] },
      deadQueues: [],
    });
    const chart = await failures({});
    expect(chart).toMatchObject({ by: 'queue', bucket: 'hour', timeZone: 'UTC', series: [] });
    expect(chart.buckets).toHaveLength(25);
  });
});

describe('A message that failed, was resent and failed again', () => {
  it('is in every number, and in the bars', async () => {
    await thisHour();
    await office.api.post('/api/dead-queues').send({ name: work.deadQueue }).expect(201);
    await work.publish({ properties: { messageId: 'm-1', deliveryMode: 2 }, body: Buffer.from('{}') });
    const desk = deskOf(office);
    const [message] = await desk.failed(work.deadQueue, 1);
    if (message === undefined) throw new Error('It was waited for.');
    expect(await overview()).toMatchObject({
      hasFailed: true,
      pending: { count: 1, overHour: { cameIn: 1, left: 0 }, overDay: { cameIn: 1, left: 0 } },
      cameBack: { count: 0, groups: [] },
      growing: {
        groups: [{ group: { id: message.groupId, queue: work.queue }, recent: 1, before: 0 }],
      },
      deadQueues: [{ name: work.deadQueue, watched: true, intake: { count: 1 }, warnings: 0 }],
    });

    await desk.resend([message.id]);
    await desk.until(message.id, ({ failureCount, status }) => failureCount === 2 && status === 'pending', 'again');
    const after = await waitFor(
      async () => {
        const now = await overview();
        return now.backlog.known === 1 && now.pending.overHour.left === 1 && now;
      },
      { describe: 'the resend is counted, and the depth is known' },
    );
    expect(after).toMatchObject({
      pending: { count: 1, overHour: { cameIn: 2, left: 1 } },
      cameBack: { count: 1, groups: [{ group: { id: message.groupId }, cameBack: 1, resent: 1 }] },
      backlog: { depth: 0, known: 1, watched: 1 },
      growing: { groups: [{ recent: 2, before: 0 }] },
      deadQueues: [{ state: 'consuming', depth: 0, intake: { count: 2 } }],
    });
    const sparkline = after.growing.groups[0]?.sparkline ?? [];
    expect([sparkline.length, sparkline.at(-1)]).toEqual([24, 2]);

    const byQueue = await failures({ by: 'queue' });
    expect(byQueue.series).toMatchObject([{ kind: 'queue', queue: work.queue, total: 2 }]);
    expect(byQueue.series[0]?.counts.at(-1)).toBe(2);
    const byGroup = await failures({ by: 'group' });
    expect(byGroup.series).toMatchObject([
      { kind: 'group', group: { id: message.groupId, queue: work.queue }, total: 2 },
    ]);
  });

  it('counts operations that have not ended', async () => {
    const { runningOperations } = await overview();
    const answer = await office.api
      .post('/api/operations')
      .send({
        action: 'delete',
        selection: { ids: [((await office.api.get('/api/messages')).body as { data: { id: string }[] }).data[0]?.id] },
        startAt: new Date(Date.now() + 24 * HOUR).toISOString(),
      })
      .expect(202);
    expect((await overview()).runningOperations).toBe(runningOperations + 1);
    await office.api.post(`/api/operations/${(answer.body as { id: string }).id}/cancel`).expect(200);
    await waitFor(async () => (await overview()).runningOperations === runningOperations, {
      describe: 'it has ended',
    });
  });
});

describe('Failures over time', () => {
  it('have a bucket for every hour, the empty ones too, and count what lies in the range alone', async () => {
    await clear();
    const { fingerprintId } = await fingerprint({ queue: 'orders.cancel' });
    await count(fingerprintId, '2026-05-01T09:00:00Z', { arrived: 100 });
    await count(fingerprintId, '2026-05-01T10:00:00Z', { arrived: 3, came_back: 2, resent: 9, settled: 9 });
    await count(fingerprintId, '2026-05-01T12:00:00Z', { arrived: 4 });
    await count(fingerprintId, '2026-05-01T13:00:00Z', { arrived: 100 });
    const chart = await failures({ from: '2026-05-01T10:20:00Z', to: '2026-05-01T13:00:00Z' });
    expect(chart.buckets).toEqual([
      { from: '2026-05-01T10:00:00.000Z', to: '2026-05-01T11:00:00.000Z' },
      { from: '2026-05-01T11:00:00.000Z', to: '2026-05-01T12:00:00.000Z' },
      { from: '2026-05-01T12:00:00.000Z', to: '2026-05-01T13:00:00.000Z' },
    ]);
    expect(chart.series).toEqual([{ kind: 'queue', queue: 'orders.cancel', total: 9, counts: [5, 0, 4] }]);
  });

  it('give the eight largest by name, and the rest as one', async () => {
    await clear();
    for (let queue = 1; queue <= 10; queue += 1) {
      const { fingerprintId } = await fingerprint({ queue: `queue-${queue}`, errorType: 'TimeoutError' });
      await count(fingerprintId, '2026-05-01T10:00:00Z', { arrived: queue });
      await count(fingerprintId, '2026-05-01T11:00:00Z', { arrived: 10 * queue });
    }
    const { fingerprintId } = await fingerprint();
    await count(fingerprintId, '2026-05-01T11:00:00Z', { arrived: 60 });
    const range = { from: '2026-05-01T10:00:00Z', to: '2026-05-01T12:00:00Z' };
    const { series } = await failures({ by: 'queue', ...range });
    expect(series.map((one) => (one.kind === 'queue' ? one.queue : one.kind))).toEqual([
      ...[10, 9, 8, 7, 6].map((queue) => `queue-${queue}`),
      'unknownQueue',
      'queue-5',
      'queue-4',
      'others',
    ]);
    expect(series.at(-1)).toEqual({ kind: 'others', total: 66, counts: [6, 60] });
    const byGroup = await failures({ by: 'group', ...range });
    expect(byGroup.series).toHaveLength(9);
    expect(byGroup.series[0]).toMatchObject({
      kind: 'group',
      group: { errorType: 'TimeoutError', message: 'Counted', queue: 'queue-10' },
      counts: [10, 100],
    });
  });

  it('count the fingerprints of a group together', async () => {
    await clear();
    const one = await fingerprint({ queue: 'orders', message: 'timed out after #' });
    const other = await fingerprint({ queue: 'notices', groupId: one.groupId });
    await count(one.fingerprintId, '2026-05-01T10:00:00Z', { arrived: 1 });
    await count(other.fingerprintId, '2026-05-01T10:00:00Z', { arrived: 2 });
    await count(other.fingerprintId, '2026-05-01T10:00:00Z', { arrived: 4 }, '901');
    const range = { from: '2026-05-01T10:00:00Z', to: '2026-05-01T11:00:00Z' };
    expect((await failures({ by: 'group', ...range })).series).toMatchObject([
      { group: { id: one.groupId, message: 'timed out after #' }, counts: [7] },
    ]);
    expect((await failures({ by: 'queue', ...range })).series).toMatchObject([
      { queue: 'notices', counts: [6] },
      { queue: 'orders', counts: [1] },
    ]);
  });

  it('come by the days of a time zone, which can have 25 hours', async () => {
    await clear();
    const { fingerprintId } = await fingerprint({ queue: 'orders' });
    // In New York November 1st went from 04:00 UTC to 05:00 UTC of the next day.
    for (const [hour, arrived] of [
      ['2026-11-01T03:00:00Z', 1],
      ['2026-11-01T04:00:00Z', 10],
      ['2026-11-02T04:00:00Z', 100],
      ['2026-11-02T05:00:00Z', 1000],
    ] as const) {
      await count(fingerprintId, hour, { arrived });
    }
    const range = { bucket: 'day', from: '2026-10-31T12:00:00Z', to: '2026-11-02T12:00:00Z' };
    const inNewYork = await failures({ ...range, timeZone: 'America/New_York' });
    expect(inNewYork.buckets.map(({ from }) => from)).toEqual([
      '2026-10-31T04:00:00.000Z',
      '2026-11-01T04:00:00.000Z',
      '2026-11-02T05:00:00.000Z',
    ]);
    expect(inNewYork.series).toMatchObject([{ counts: [1, 110, 1000] }]);
    expect((await failures(range)).series).toMatchObject([{ counts: [0, 11, 1100] }]);
  });

  it('refuse more bars than anybody can look at, with a code of its own', async () => {
    const range = { from: '2026-01-01T00:00:00Z', to: '2026-03-01T00:00:00Z' };
    const refused = await office.api.get('/api/stats/failures').query(range).expect(422);
    expect(refused.body).toMatchObject({ code: 'statistics.tooManyBuckets', params: { most: 750 } });
    expect((await failures({ ...range, bucket: 'day' })).buckets).toHaveLength(59);
    await office.api
      .get('/api/stats/failures')
      .query({ bucket: 'day', from: '0001-01-01T00:00:00Z', to: '9999-12-31T00:00:00Z' })
      .expect(422);
  });

  it('refuse what they do not understand', async () => {
    for (const [field, query] of Object.entries({
      by: { by: 'exchange' },
      bucket: { bucket: 'week' },
      timeZone: { timeZone: 'Mars/Olympus' },
      from: { from: 'yesterday' },
      to: { from: '2026-05-01T10:00:00Z', to: '2026-05-01T10:00:00Z' },
      tzOffset: { tzOffset: '540' },
    })) {
      const refused = await office.api.get('/api/stats/failures').query(query).expect(400);
      expect((refused.body as { errors: object }).errors, field).toHaveProperty(field);
    }
    await office.api.get('/api/stats/overview').query({ timeZone: 'Mars/Olympus' }).expect(400);
  });
});

describe('The overview', () => {
  it('says which groups grow: more than the 24 hours before would have given, not those that are always so', async () => {
    await clear();
    const hour = await thisHour();
    const ago = (hours: number) => new Date(hour.getTime() - hours * HOUR);
    const steady = await fingerprint({ queue: 'orders', errorType: 'Steady' });
    const fresh = await fingerprint({ queue: 'orders', errorType: 'Fresh' });
    const grown = await fingerprint({ queue: 'orders', errorType: 'Grown' });
    const past = await fingerprint({ queue: 'orders', errorType: 'Past' });
    for (let hours = 1; hours <= 25; hours += 1) await count(steady.fingerprintId, ago(hours), { arrived: 1000 });
    await count(fresh.fingerprintId, hour, { arrived: 40 });
    await count(grown.fingerprintId, ago(1), { arrived: 50, came_back: 10 });
    await count(grown.fingerprintId, ago(2), { arrived: 24 });
    await count(past.fingerprintId, ago(3), { arrived: 500 });
    // Long before: of no account.
    await count(fresh.fingerprintId, ago(26), { arrived: 9000 });
    const { growing } = await overview();
    expect(growing.since).toBe(ago(1).toISOString());
    expect(growing.groups.map(({ group, recent, before }) => [group.errorType, recent, before])).toEqual([
      ['Grown', 60, 24],
      ['Fresh', 40, 0],
    ]);
    expect(growing.groups[0]?.sparkline).toEqual([...Array.from({ length: 21 }, () => 0), 24, 60, 0]);
  });

  it('says what happened since the hour before, since a day before, and since the day began here', async () => {
    await clear();
    const hour = await thisHour();
    const ago = (hours: number) => new Date(hour.getTime() - hours * HOUR);
    const { fingerprintId } = await fingerprint({ queue: 'orders' });
    await count(fingerprintId, hour, { arrived: 1, resent: 2, came_back: 4 });
    await count(fingerprintId, ago(1), { arrived: 10, restored: 5, handled: 20, deleted: 40, settled: 99 });
    await count(fingerprintId, ago(2), { arrived: 100 });
    await count(fingerprintId, ago(24), { arrived: 1000, came_back: 10_000 });
    await count(fingerprintId, ago(25), { arrived: 9_000_000 });
    const { pending } = await overview();
    expect(pending.overHour).toMatchObject({ cameIn: 20, left: 62 });
    expect(pending.overDay).toMatchObject({ since: ago(24).toISOString(), cameIn: 11_120, left: 62 });

    // A zone in which the day began with this hour, and one in which it began 23 hours before.
    const zone = (offset: number) => {
      const wrapped = ((offset + 36) % 24) - 12;
      return wrapped === 0 ? 'Etc/GMT' : `Etc/GMT${wrapped > 0 ? '+' : '-'}${Math.abs(wrapped)}`;
    };
    const utcHour = hour.getUTCHours();
    const began = await overview({ timeZone: zone(utcHour) });
    expect(began.cameBack).toMatchObject({ since: hour.toISOString(), count: 4 });
    expect(began.cameBack.groups).toMatchObject([{ cameBack: 4, resent: 2 }]);
    const ending = await overview({ timeZone: zone(utcHour + 1) });
    expect(ending.cameBack).toMatchObject({ since: ago(23).toISOString(), count: 4 });
  });

  it('counts what waits exactly to 10 000, and beyond it says about how many', async () => {
    await clear();
    const { fingerprintId } = await fingerprint({ queue: 'orders' });
    await count(fingerprintId, '2026-05-01T10:00:00Z', { arrived: 30_000, resent: 9000, deleted: 1000 });
    await pendingMessages(9_999);
    expect((await overview()).pending).toMatchObject({ count: 10_000, countAtLeast: 10_000, estimate: null });
    await pendingMessages(1);
    expect((await overview()).pending).toMatchObject({ count: null, countAtLeast: 10_001, estimate: 20_000 });
    // What was summed once is not summed again; what came since is added.
    await count(fingerprintId, await thisHour(), { arrived: 7, restored: 3 });
    expect((await overview()).pending).toMatchObject({ estimate: 20_010 });
    await count(fingerprintId, new Date((await thisHour()).getTime() - HOUR), { came_back: 5 });
    expect((await overview()).pending).toMatchObject({ estimate: 20_015 });
  });

  it('is in the OpenAPI document, and for everybody who has signed in', async () => {
    const document = (await office.api.get('/api/openapi.json').expect(200)).body as { paths: object };
    expect(document.paths).toHaveProperty(['/api/stats/overview', 'get']);
    expect(document.paths).toHaveProperty(['/api/stats/failures', 'get']);
    expect((await fetch(`${office.url}/api/stats/overview`)).status).toBe(401);
  });
});
