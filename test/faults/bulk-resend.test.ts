import { setTimeout as pause } from 'node:timers/promises';

import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';

import { MESSAGE_STATUSES } from '../../server/contract/messages.ts';
import { OUTCOMES, type Outcome } from '../../server/contract/operations.ts';
import type { MessageFilter } from '../../server/contract/schemas/messages.ts';
import type { Operation } from '../../server/contract/schemas/operations.ts';
import { OFFICE_HEADER } from '../../server/amqp/publisher.ts';
import { contentsOf } from '../../server/amqp/typed-codec.ts';
import { countColumn, idColumn } from '../../server/database/columns.ts';
import { readResendMark } from '../../server/messages/resend-mark.ts';
import { readOperation } from '../../server/operations/operation-queries.ts';
import { startOperationsProcess, type OperationsProcess } from '../support/operations-process.ts';
import { openOperationDesk, type OperationDesk } from '../support/operations.ts';
import { seedInPortions } from '../support/seed-in-portions.ts';
import { waitFor } from '../support/services.ts';
import { openWire, type Wire } from '../support/wire.ts';

/** Messages of the operation. The figures that are told of were taken with FAULTS_MESSAGES=100000. */
const MESSAGES = z.coerce
  .number()
  .int()
  .min(5_000)
  .parse(process.env['FAULTS_MESSAGES'] ?? 20_000);
/** One in so many goes to a routing key that nobody has bound. */
const UNROUTABLE_EVERY = 997;
const NEWCOMERS = 300;
const TIMES = { leaseMs: 3_000, leaveWithinMs: 1_000 };
/** A run marks so many at most before it knows what became of them. */
const MOST_IN_DOUBT = 256;
const NEVER_LONGER_MS = 60_000 + MESSAGES * 2;

let desk: OperationDesk;
let wire: Wire;
let processes: Office;
beforeEach(async () => {
  desk = await openOperationDesk();
  wire = await openWire();
  processes = new Office();
});
afterEach(async () => {
  await processes.end();
  await wire.close();
  await desk.close();
});

/** The processes that there are. */
class Office {
  readonly #running = new Map<string, OperationsProcess>();
  #started = 0;

  async start(): Promise<void> {
    this.#started += 1;
    const instanceId = String(this.#started);
    const started = await startOperationsProcess({ databaseUrl: desk.databaseUrl, instanceId, times: TIMES });
    this.#running.set(instanceId, started);
  }

  /** Which of them runs an operation; null while none does. */
  async holderOf(operationId: string): Promise<OperationsProcess | null> {
    const row = z
      .object({ lease_instance_id: idColumn.nullable() })
      .parse(await desk.database('operations').where('id', operationId).first('lease_instance_id'));
    return this.#running.get(row.lease_instance_id ?? '') ?? null;
  }

  async kill(one: OperationsProcess): Promise<void> {
    this.#running.delete(one.instanceId);
    await one.kill();
  }

  said(): string {
    return [...this.#running.values()].map((one) => `${one.instanceId}: ${one.said()}`).join('\n');
  }

  async end(): Promise<void> {
    await Promise.all([...this.#running.values()].map((one) => one.end()));
  }
}

/** Counts what arrives in a queue, by the message that it says it is. */
async function countCopies(queue: string) {
  const copies = new Map<string, number>();
  let changed = 0;
  let markers = 0;
  await wire.channel.consume(
    queue,
    (delivery) => {
      if (delivery === null) return;
      const { headers = [], body } = contentsOf(delivery);
      const value = headers.find(({ name }) => name === OFFICE_HEADER)?.value;
      if (value === undefined) {
        markers += 1;
        return;
      }
      const id = (typeof value === 'string' && readResendMark(desk.installation, value)?.messageId) || '?';
      copies.set(id, (copies.get(id) ?? 0) + 1);
      if (body.toString() !== `message ${id}` || headers.length !== 1) changed += 1;
    },
    { noAck: true },
  );
  return {
    copies,
    /** Arrivals that are not byte for byte what was seeded under that id. */
    changed: () => changed,
    /** Waits until all that is in the queue by now has arrived: a message of the test's own comes behind it. */
    settled: async () => {
      const awaited = markers + 1;
      wire.channel.sendToQueue(queue, Buffer.from('that is all'));
      await waitFor(() => markers >= awaited, { deadlineMs: 30_000, describe: 'the end of the queue' });
    },
  };
}

async function shown(filter: MessageFilter) {
  const { count, countAtLeast, upToId } = await desk.preview({ action: 'resend', selection: { filter } });
  return { filter, upToId: upToId ?? '', expectedCount: count ?? countAtLeast };
}

async function progressed(operationId: string, least: number): Promise<void> {
  let last: Operation | null = null;
  await waitFor(
    async () => {
      last = await readOperation(desk.database, operationId, null);
      if (last.finishedAt !== null) throw new Error('It has ended before it could be disturbed.');
      return last.outcomes.confirmed >= least;
    },
    {
      deadlineMs: NEVER_LONGER_MS,
      describe: () => `${least} confirmed: ${JSON.stringify(last)}\n${processes.said()}`,
    },
  );
}

const itemRow = z.object({
  message_id: idColumn,
  outcome: z.enum(OUTCOMES).nullable(),
  status: z.enum(MESSAGE_STATUSES),
});

/** The items of an operation, each with the state that its message is in now. */
async function itemsOf(operationId: string) {
  const rows: unknown[] = await desk
    .database('operation_items')
    .join('failed_messages', 'failed_messages.id', 'operation_items.message_id')
    .where('operation_items.operation_id', operationId)
    .select('operation_items.message_id', 'outcome', 'failed_messages.status');
  return z.array(itemRow).parse(rows);
}

const STATUS_AFTER: Partial<Record<Outcome, string>> = {
  confirmed: 'resent',
  unroutable: 'pending',
  unknown: 'unknown',
};

/** A moment that nobody has chosen. */
const anyMoment = () => pause(Math.random() * 150);

/**
 * Puts the process that runs it to sleep until its lease has run out and somebody else runs the operation, and wakes it.
 * One that holds the operation's row locked in its sleep keeps everybody else out as well: it is woken and put to sleep
 * again at another moment.
 */
async function sleepThroughItsLease(operationId: string): Promise<void> {
  for (;;) {
    await anyMoment();
    const holder = await waitFor(() => processes.holderOf(operationId), { deadlineMs: 10_000 });
    holder.sleep();
    try {
      // What it had asked for is under way to the database yet.
      await pause(100);
      const free: unknown[] = await desk
        .database('operations')
        .where('id', operationId)
        .forUpdate()
        .skipLocked()
        .select('id');
      if (free.length === 0) continue;
      await waitFor(
        async () => {
          const now = await processes.holderOf(operationId);
          return now !== null && now.instanceId !== holder.instanceId;
        },
        { deadlineMs: 3 * TIMES.leaseMs, describe: 'another process to take over' },
      );
      await anyMoment();
      return;
    } finally {
      holder.wake();
    }
  }
}

/** Puts it to sleep for longer than its lease wherever it is, perhaps with rows locked. */
async function sleepAnywhere(operationId: string): Promise<void> {
  await anyMoment();
  const holder = await waitFor(() => processes.holderOf(operationId), { deadlineMs: 10_000 });
  holder.sleep();
  await pause(1.5 * TIMES.leaseMs);
  holder.wake();
}

it(
  'A bulk resend survives crashes and sleeping processes: one outcome each, nothing lost, nothing twice, no newcomers',
  { timeout: 2 * NEVER_LONGER_MS },
  async () => {
    const exchange = await wire.exchange('direct');
    const queue = await wire.queue();
    await wire.channel.bindQueue(queue, exchange, 'good');
    const arrivals = await countCopies(queue);
    const message = (index: number) => ({
      exchange,
      routingKey: index % UNROUTABLE_EVERY === 0 ? 'nobody' : 'good',
      queue: 'shop.orders',
    });
    const ids = await seedInPortions(desk, MESSAGES, message);
    await Promise.all([processes.start(), processes.start()]);

    const selection = await shown({ queue: ['shop.orders'] });
    expect(selection.expectedCount).toBe(MESSAGES);
    // They match the filter, and failed after somebody looked: before the start, and all through it.
    const newcomers = await seedInPortions(desk, NEWCOMERS, message);
    let isOver = false as boolean;
    const arriving = (async () => {
      while (!isOver) {
        newcomers.push(...(await seedInPortions(desk, 10, message)));
        await pause(50);
      }
    })();

    const started = performance.now();
    let operation: Operation;
    try {
      operation = await desk.plan({ action: 'resend', selection });
      const { id } = operation;
      // Each of them at a random moment of its own part of the way.
      const between = (from: number, to: number) => Math.floor(MESSAGES * (from + Math.random() * (to - from)));
      for (const least of [between(0.02, 0.15), between(0.2, 0.35)]) {
        await progressed(id, least);
        await anyMoment();
        const holder = await waitFor(() => processes.holderOf(id), { describe: () => processes.said() });
        await processes.kill(holder);
        await processes.start();
      }
      await progressed(id, between(0.4, 0.5));
      await sleepThroughItsLease(id);
      await progressed(id, between(0.6, 0.7));
      await sleepAnywhere(id);
      operation = await desk.ended(id, NEVER_LONGER_MS);
    } finally {
      isOver = true;
      await arriving;
    }
    const seconds = (performance.now() - started) / 1000;
    await arrivals.settled();

    // Every item has exactly one outcome, and they sum to the total.
    const items = await itemsOf(operation.id);
    const sums = Object.fromEntries(
      OUTCOMES.map((one) => [one, items.filter(({ outcome }) => outcome === one).length]),
    );
    expect(operation).toMatchObject({ status: 'finished', total: MESSAGES, outcomes: sums });
    expect(items.map(({ message_id }) => message_id).sort(byId)).toEqual(ids);
    const { unknown, ...known } = operation.outcomes;
    expect(known).toMatchObject({ refused: 0, failed: 0, skipped: 0 });
    const nobody = new Set(ids.filter((_, index) => index % UNROUTABLE_EVERY === 0));
    const isRight = ({ message_id: id, outcome }: z.infer<typeof itemRow>) =>
      outcome === 'unknown' || outcome === (nobody.has(id) ? 'unroutable' : 'confirmed');
    expect(items.filter((item) => !isRight(item))).toEqual([]);
    // Two were killed, and two slept through their leases.
    expect(unknown).toBeLessThanOrEqual(4 * MOST_IN_DOUBT);
    // Every message is in the state that its item's outcome means.
    expect(items.filter(({ outcome, status }) => outcome === null || STATUS_AFTER[outcome] !== status)).toEqual([]);

    // Newcomers are as they came.
    const untouched: unknown = await desk
      .database('failed_messages')
      .whereIn('id', newcomers)
      .where({ status: 'pending', version: 1, resend_count: 0 })
      .count({ count: '*' })
      .first();
    expect(z.object({ count: countColumn }).parse(untouched).count).toBe(newcomers.length);

    // At the destination: each at most once, and once where it says confirmed.
    const { copies } = arrivals;
    const wrong = () =>
      items.flatMap(({ message_id: id, outcome }) => {
        const count = copies.get(id) ?? 0;
        const fits = outcome === 'confirmed' ? count === 1 : outcome === 'unknown' ? count <= 1 : count === 0;
        return fits ? [] : [{ id, outcome, count }];
      });
    expect(wrong()).toEqual([]);
    const ours = new Set(ids);
    expect([...copies.keys()].filter((id) => !ours.has(id))).toEqual([]);
    expect(arrivals.changed()).toBe(0);
    const arrivedInDoubt = items.filter(
      ({ message_id: id, outcome }) => outcome === 'unknown' && copies.has(id),
    ).length;

    // Somebody decides about those in doubt, by hand: only they may be there twice then, and nothing is missing.
    if (unknown > 0) {
      const again = await shown({ operationId: operation.id, outcome: ['unknown'] });
      expect(again.expectedCount).toBe(unknown);
      const byHand = await desk.ended((await desk.plan({ action: 'resend', selection: again })).id);
      expect(byHand.total).toBe(unknown);
      expect(byHand.outcomes.confirmed + byHand.outcomes.unroutable).toBe(unknown);
      await arrivals.settled();
      expect(ids.filter((id) => !nobody.has(id) && !copies.has(id))).toEqual([]);
      const inDoubt = new Set(items.filter(({ outcome }) => outcome === 'unknown').map(({ message_id }) => message_id));
      const most = (id: string) => (inDoubt.has(id) ? 2 : 1);
      expect([...copies].filter(([id, count]) => count > most(id))).toEqual([]);
      expect(arrivals.changed()).toBe(0);
    }
    console.log(
      `Bulk resend: ${MESSAGES} messages in ${seconds.toFixed(1)} s, 2 crashes, 2 sleeps, ` +
        `${newcomers.length} newcomers untouched, ${unknown} unknown (${arrivedInDoubt} of them had arrived).`,
    );
  },
);

function byId(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
}
