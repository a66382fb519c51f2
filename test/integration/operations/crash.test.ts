import { randomBytes } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { PublishRequest, Publisher } from '../../../server/amqp/publisher.ts';
import { openPublisher } from '../../../server/amqp/publisher.ts';
import type { Operation } from '../../../server/contract/schemas/operations.ts';
import { connectDatabase } from '../../../server/database/connect.ts';
import { readResendMark } from '../../../server/messages/resend-mark.ts';
import { OperationRunner } from '../../../server/operations/runner.ts';
import { readOperation } from '../../../server/operations/operation-queries.ts';
import { openPortion } from '../../../server/operations/portion-store.ts';
import { openOperationDesk, SHORT_LEASE, type OperationDesk } from '../../support/operations.ts';
import { waitFor } from '../../support/services.ts';
import { openTcpProxy } from '../../support/tcp-proxy.ts';
import { openWire, silentLogger, type Wire } from '../../support/wire.ts';

let desk: OperationDesk;
let wire: Wire;
let queue: string;
beforeEach(async () => {
  desk = await openOperationDesk();
  wire = await openWire();
  queue = await wire.queue();
});
afterEach(async () => {
  await wire.close();
  await desk.close();
});

const seedMany = (count: number) =>
  desk.seed(Array.from({ length: count }, () => ({ exchange: '', routingKey: queue })));
const resendAll = (ids: string[], ratePerSecond?: number) =>
  desk.plan({ action: 'resend', selection: { ids }, ...(ratePerSecond === undefined ? {} : { ratePerSecond }) });
const sumOf = ({ outcomes }: Operation) => Object.values(outcomes).reduce((sum, count) => sum + count, 0);
const progressed = (id: string, least: number) =>
  waitFor(async () => (await readOperation(desk.database, id, null)).outcomes.confirmed >= least);
const countStatuses = async (ids: string[]) => {
  const counts: Record<string, number> = {};
  for (const { status } of await desk.messages(ids)) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};
/** The ids of the messages that arrived, from our header. */
const arrivals = async () =>
  (await wire.drain(queue)).map(({ headers = [] }) => {
    const mark = headers.at(-1)?.value;
    return typeof mark === 'string' ? (readResendMark(desk.installation, mark)?.messageId ?? '?') : '?';
  });

const byId = (a: string, b: string) => Number(a) - Number(b);

/** Rows as a process leaves them that died: the first items in portions that are open, some claimed, some claimed, the rest queued. */
const abandon = async (
  operationId: string,
  ids: string[],
  { marked, claimed }: { marked: number; claimed: number },
) => {
  const token = randomBytes(16);
  const { database } = desk;
  const hold = async (held: string[]) => {
    await database('failed_messages')
      .whereIn('id', held)
      .update({ status: 'resending', version: 2, operation_id: operationId, resend_count: 1 });
    await database('operation_items')
      .where('operation_id', operationId)
      .whereIn('message_id', held)
      .update({
        state: 'claimed',
        message_version: 2,
        resend_number: 1,
        death_id: database.ref('message_id'),
      });
  };
  await hold(ids.slice(0, marked + claimed));
  for (let from = 0; from < marked; from += 64) {
    const portion = { number: 1 + from / 64, messageIds: ids.slice(from, Math.min(from + 64, marked)) };
    await database.transaction((transaction) => openPortion(transaction, { operationId, token }, portion));
  }
  await database('operations').where('id', operationId).update({ lease_instance_id: 99, lease_token: token });
};
const leaseUntil = (operationId: string, expression: string) =>
  desk
    .database('operations')
    .where('id', operationId)
    .update({ lease_until: desk.database.raw(expression) });

describe('Taking over from a process that died', () => {
  it.each([
    ['whose lease ran out', 'UTC_TIMESTAMP(3) - INTERVAL 1 SECOND'],
    ['whose lease holds longer than any lease can', 'UTC_TIMESTAMP(3) + INTERVAL 1 DAY'],
  ])('%s makes unknown only what was marked; all else is sent once', async (_, expression) => {
    const ids = await seedMany(300);
    const { id } = await resendAll(ids);
    await abandon(id, ids, { marked: 100, claimed: 50 });
    await leaseUntil(id, expression);
    desk.instance();
    const operation = await desk.ended(id);
    expect(operation).toMatchObject({ status: 'finished', total: 300, outcomes: { unknown: 100, confirmed: 200 } });
    const items = await desk.items(id);
    for (const messageId of ids.slice(0, 100)) {
      expect(items.get(messageId)).toMatchObject({ outcome: 'unknown', error: { code: 'item.processDied' } });
    }
    expect(await countStatuses(ids)).toEqual({ unknown: 100, resent: 200 });
    expect(await arrivals()).toEqual(ids.slice(100));
  });

  it('waits while its lease holds', async () => {
    const ids = await seedMany(3);
    const { id } = await resendAll(ids);
    await abandon(id, ids, { marked: 1, claimed: 1 });
    await leaseUntil(id, 'UTC_TIMESTAMP(3) + INTERVAL 1500000 MICROSECOND');
    desk.instance();
    const started = performance.now();
    await desk.ended(id);
    expect(performance.now() - started).toBeGreaterThan(1_000);
  });

  it('of an operation that was cancelled gives its messages back', async () => {
    const ids = await seedMany(30);
    const { id } = await resendAll(ids);
    await abandon(id, ids, { marked: 10, claimed: 10 });
    await desk.database('operations').where('id', id).update({ status: 'cancelled' });
    await leaseUntil(id, 'UTC_TIMESTAMP(3) - INTERVAL 1 SECOND');
    desk.instance();
    expect(await desk.ended(id)).toMatchObject({ status: 'cancelled', outcomes: { unknown: 10, skipped: 20 } });
    expect(await countStatuses(ids)).toEqual({ unknown: 10, pending: 20 });
    expect(await arrivals()).toEqual([]);
  });
});

describe('A process that slept through its lease', () => {
  it('sends nothing more, and what it had sent is what the other one calls unknown', async () => {
    const ids = await seedMany(400);
    // The publisher of this process holds messages back, as a sleeping process does, until it is woken.
    let awake: () => void = () => undefined;
    const woken = new Promise<void>((resolve) => {
      awake = resolve;
    });
    const connection = wire.connect();
    const real = openPublisher({ connection, logger: silentLogger });
    let asked = 0;
    const sleepy: Publisher = {
      terms: real.terms,
      publish: async (request: PublishRequest) => {
        asked += 1;
        if (asked > 50) await woken;
        return await real.publish(request);
      },
      close: (graceMs) => real.close(graceMs),
    };
    // Its heart stands still too: no renewal reaches the database.
    const proxy = await openTcpProxy(desk.databaseUrl);
    const database = connectDatabase({ url: proxy.through(desk.databaseUrl), waitMs: 2_000 });
    const sleeper = new OperationRunner({
      database,
      publisher: sleepy,
      connection,
      installation: desk.installation,
      logger: silentLogger,
      settings: desk.settings,
      times: SHORT_LEASE,
      instanceId: '77',
      pollMs: 50,
    });
    sleeper.start();
    const { id } = await resendAll(ids);
    await waitFor(() => asked >= 128);
    await progressed(id, 50);
    await proxy.refuse();
    proxy.cut();

    desk.instance();
    const operation = await desk.ended(id);
    awake();
    await proxy.accept();
    await sleeper.stop();
    await database.destroy();
    await proxy.close();

    expect(sumOf(operation)).toBe(400);
    expect(operation.outcomes.unknown).toBeGreaterThan(0);
    expect(operation.outcomes.unknown).toBeLessThanOrEqual(256);
    const arrived = await arrivals();
    expect(new Set(arrived).size).toBe(arrived.length);
    const unknown = [...(await desk.items(id)).values()].filter(({ outcome }) => outcome === 'unknown');
    // It was woken after its time: nothing of what it held back has left.
    expect(arrived).toHaveLength(400 - unknown.length);
    expect((await readOperation(desk.database, id, null)).outcomes).toEqual(operation.outcomes);
  });
});

describe('The database going away in the middle', () => {
  it('loses no outcome and sends nothing twice: results are kept in hand until it is back', async () => {
    const ids = await seedMany(1_500);
    const proxy = await openTcpProxy(desk.databaseUrl);
    desk.instance({ databaseUrl: proxy.through(desk.databaseUrl), times: { leaseMs: 15_000, leaveWithinMs: 5_000 } });
    const { id } = await resendAll(ids);
    for (const least of [100, 400, 700]) {
      await progressed(id, least);
      proxy.cut();
    }
    await progressed(id, 900);
    await proxy.refuse();
    proxy.cut();
    await waitFor(() => proxy.connections() === 0);
    await proxy.accept();
    const operation = await desk.ended(id, 60_000);
    expect(operation).toMatchObject({ status: 'finished', outcomes: { confirmed: 1_500 } });
    expect((await arrivals()).sort(byId)).toEqual(ids);
    await proxy.close();
  });
});

describe('The broker going away in the middle', () => {
  it('makes the operation wait, and leaves in doubt only what was on the wire', async () => {
    const ids = await seedMany(1_500);
    const proxy = await openTcpProxy(wire.url);
    desk.instance({ amqpUrl: proxy.through(wire.url) });
    const { id } = await resendAll(ids, 2_000);
    await progressed(id, 200);
    await proxy.refuse();
    proxy.cut();
    await waitFor(async () => (await readOperation(desk.database, id, null)).status === 'waiting');
    await proxy.accept();
    const operation = await desk.ended(id, 60_000);
    const { confirmed, unknown } = operation.outcomes;
    expect(operation.status).toBe('finished');
    expect(confirmed + unknown).toBe(1_500);
    expect(unknown).toBeLessThanOrEqual(256);
    const arrived = await arrivals();
    expect(new Set(arrived).size).toBe(arrived.length);
    expect(arrived.length).toBeGreaterThanOrEqual(confirmed);
    expect(await countStatuses(ids)).toEqual({ resent: confirmed, ...(unknown > 0 ? { unknown } : {}) });
    await proxy.close();
  });

  it('before anything was sent loses nothing at all', async () => {
    const ids = await seedMany(50);
    const proxy = await openTcpProxy(wire.url);
    await proxy.refuse();
    desk.instance({ amqpUrl: proxy.through(wire.url) });
    const { id } = await resendAll(ids);
    await waitFor(async () => (await readOperation(desk.database, id, null)).status === 'waiting');
    await proxy.accept();
    expect(await desk.ended(id)).toMatchObject({ status: 'finished', outcomes: { confirmed: 50 } });
    expect(await arrivals()).toEqual(ids);
    await proxy.close();
  });
});

describe('A message that comes back before its confirm is recorded', () => {
  it('stays pending, with its delivery on record', async () => {
    const [id = ''] = await seedMany(1);
    const connection = wire.connect();
    const real = openPublisher({ connection, logger: silentLogger });
    // The worker fails again, and the intake has it, between the delivery and our transaction.
    const racing: Publisher = {
      terms: real.terms,
      publish: async (request) => {
        const result = await real.publish(request);
        await desk
          .database('failed_messages')
          .where({ id, status: 'resending' })
          .update({ status: 'pending', version: desk.database.raw('version + 1'), failure_count: 2 });
        return result;
      },
      close: (graceMs) => real.close(graceMs),
    };
    const runner = new OperationRunner({
      database: desk.database,
      publisher: racing,
      connection,
      installation: desk.installation,
      logger: silentLogger,
      settings: desk.settings,
      times: SHORT_LEASE,
      instanceId: '1',
      pollMs: 50,
    });
    runner.start();
    const operation = await resendAll([id]);
    expect((await desk.ended(operation.id)).outcomes.confirmed).toBe(1);
    expect(await desk.messages([id])).toMatchObject([{ status: 'pending', version: 3 }]);
    const row: unknown = await desk.database('failed_messages').where({ id }).first('resent_at', 'shelf');
    expect(row).toMatchObject({ shelf: 'desk', resent_at: expect.any(Date) as Date });
    await runner.stop();
  });
});

describe('What surely did not leave', () => {
  it('keeps its turn: it is sent once, before all that comes after', async () => {
    const ids = await seedMany(600);
    const connection = wire.connect();
    const real = openPublisher({ connection, logger: silentLogger });
    let asked = 0;
    const faltering: Publisher = {
      terms: real.terms,
      publish: async (request) => {
        asked += 1;
        if (asked > 20 && asked <= 60) return { outcome: 'failed', code: 'item.brokerAway' };
        return await real.publish(request);
      },
      close: (graceMs) => real.close(graceMs),
    };
    const runner = new OperationRunner({
      database: desk.database,
      publisher: faltering,
      connection,
      installation: desk.installation,
      logger: silentLogger,
      settings: desk.settings,
      times: { leaseMs: 15_000, leaveWithinMs: 5_000 },
      instanceId: '1',
      pollMs: 50,
    });
    runner.start();
    const { id } = await resendAll(ids);
    expect((await desk.ended(id)).outcomes.confirmed).toBe(600);
    await runner.stop();
    const arrived = await arrivals();
    expect([...arrived].sort(byId)).toEqual(ids);
    // Two portions may have been under way when it came back; it goes before everything else.
    const late = ids.slice(20, 60).map((one) => arrived.indexOf(one));
    expect(Math.max(...late)).toBeLessThan(arrived.indexOf(ids[300] ?? ''));
  });
});
