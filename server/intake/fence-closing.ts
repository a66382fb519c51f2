import { z } from 'zod';

import { countColumn, idColumn } from '../database/columns.ts';
import type { Database } from '../database/connect.ts';
import { INSTANCE_SILENT_SECONDS } from '../database/instance.ts';

import type { Fence } from './fence.ts';

/** What is kept how long. */
export interface ClosingLimits {
  /**
   * Fenced batches are kept for the case that the broker crashes and loses acks (a classic queue those of its last
   * seconds): the newest so many batches and messages, and none longer than a day.
   */
  fencedBatches: number;
  fencedMessages: number;
  /** After the death of a channel the broker may need so long, in ms, to notice it and to put its messages back. */
  returnGraceMs: number;
}

const LIMITS: ClosingLimits = { fencedBatches: 10_000, fencedMessages: 200_000, returnGraceMs: 120_000 };
const LONGEST_HOURS = 24;
/** Batches, and rows of `recent_arrivals`, in one statement; batches looked at together, and how often in one round. */
const AT_ONCE = { batches: 200, rows: 5_000 };
const LOOK = 2_000;
const LOOKS = 20;

const batchRow = z.object({ id: idColumn, message_count: countColumn });
type Batch = z.infer<typeof batchRow>;
const lostRow = batchRow.extend({ old: countColumn });
const nowRow = z.object({ now: z.date(), last_empty_at: z.date().nullable() });

/**
 * Takes out of `recent_arrivals` what can meet no redelivery any more, for one dead queue. Several instances may do it
 * at once: whatever is closed twice is closed.
 */
export class FenceClosing {
  readonly #database: Database;
  readonly #deadQueueId: string;
  readonly #fence: Fence;
  readonly #limits: ClosingLimits;
  /** Lost batches → when they were first seen here, by the database's clock. */
  readonly #firstSeen = new Map<string, number>();

  constructor(options: { database: Database; deadQueueId: string; fence: Fence; limits?: Partial<ClosingLimits> }) {
    this.#limits = { ...LIMITS, ...options.limits };
    this.#database = options.database;
    this.#deadQueueId = options.deadQueueId;
    this.#fence = options.fence;
  }

  /** One round. Rejects with what the database says; the next round goes on. */
  async run(sinceLossMs: number): Promise<void> {
    await this.#fence.flush();
    await this.#inheritFromTheDead();
    const { now, last_empty_at: lastEmpty } = await this.#times();
    if (lastEmpty !== null && +now - +lastEmpty < 60_000 && sinceLossMs > this.#limits.returnGraceMs) {
      this.#fence.forgetLetGo();
    }
    await this.#close(await this.#spentLost(+now, lastEmpty === null ? null : +lastEmpty));
    for (let look = 0; look < LOOKS; look += 1) {
      const spent = await this.#spentFenced();
      await this.#close(spent);
      if (spent.length < LOOK) return;
    }
  }

  /** What an instance had committed and not fenced when it died may come back. */
  async #inheritFromTheDead(): Promise<void> {
    await this.#database.raw(
      `UPDATE intake_batches b JOIN instances i ON i.id = b.instance_id SET b.state = 'lost'
       WHERE b.dead_queue_id = ? AND b.state = 'committed'
         AND (i.stopped_at IS NOT NULL OR i.last_seen_at < UTC_TIMESTAMP(3) - INTERVAL ? SECOND)`,
      [this.#deadQueueId, INSTANCE_SILENT_SECONDS],
    );
  }

  async #times(): Promise<z.infer<typeof nowRow>> {
    const row: unknown = await this.#database('dead_queue_watches')
      .where({ dead_queue_id: this.#deadQueueId })
      .first(this.#database.raw('UTC_TIMESTAMP(3) AS now, MAX(last_empty_at) AS last_empty_at'));
    return nowRow.parse(row);
  }

  /** Its queue was seen empty after everything that was to come back had time to: or a day is over. */
  async #spentLost(now: number, lastEmpty: number | null): Promise<Batch[]> {
    const rows: unknown[] = await this.#database('intake_batches')
      .where({ dead_queue_id: this.#deadQueueId, state: 'lost' })
      .orderBy('id')
      .limit(LOOK)
      .select(
        'id',
        'message_count',
        this.#database.raw('committed_at < UTC_TIMESTAMP(3) - INTERVAL ? HOUR AS old', [LONGEST_HOURS]),
      );
    const lost = z.array(lostRow).parse(rows);
    const spent = lost.filter(({ id: batchId, old }) => {
      const first = this.#firstSeen.get(batchId) ?? now;
      this.#firstSeen.set(batchId, first);
      return old !== 0 || (lastEmpty !== null && lastEmpty > first + this.#limits.returnGraceMs);
    });
    for (const { id: batchId } of spent) this.#firstSeen.delete(batchId);
    return spent;
  }

  async #spentFenced(): Promise<Batch[]> {
    const limit = await this.#lastKept();
    const rows: unknown[] = await this.#database('intake_batches')
      .where({ dead_queue_id: this.#deadQueueId, state: 'fenced' })
      .where((any) => {
        void any.where('committed_at', '<', this.#database.raw('UTC_TIMESTAMP(3) - INTERVAL ? HOUR', [LONGEST_HOURS]));
        if (limit !== null) void any.orWhere('id', '<', limit);
      })
      .orderBy('id')
      .limit(LOOK)
      .select('id', 'message_count');
    return z.array(batchRow).parse(rows);
  }

  /** The oldest fenced batch that still is within the numbers to keep; null when all are. */
  async #lastKept(): Promise<string | null> {
    const rows: unknown[] = await this.#database('intake_batches')
      .where({ dead_queue_id: this.#deadQueueId, state: 'fenced' })
      .orderBy('id', 'desc')
      .limit(this.#limits.fencedBatches)
      .select('id', 'message_count');
    const newest = z.array(batchRow).parse(rows);
    let messages = 0;
    for (const { id: batchId, message_count: count } of newest) {
      messages += count;
      if (messages > this.#limits.fencedMessages) return batchId;
    }
    return newest.length < this.#limits.fencedBatches ? null : (newest.at(-1)?.id ?? null);
  }

  async #close(batches: readonly Batch[]): Promise<void> {
    for (const some of portions(batches)) {
      await this.#database('recent_arrivals').whereIn('batch_id', some).delete();
      await this.#database('intake_batches')
        .whereIn('id', some)
        .update({ state: 'closed', closed_at: this.#database.raw('UTC_TIMESTAMP(3)') });
    }
  }
}

function* portions(batches: readonly Batch[]): Generator<string[]> {
  let some: string[] = [];
  let rows = 0;
  for (const batch of batches) {
    some.push(batch.id);
    rows += batch.message_count;
    if (some.length < AT_ONCE.batches && rows < AT_ONCE.rows) continue;
    yield some;
    some = [];
    rows = 0;
  }
  if (some.length > 0) yield some;
}
