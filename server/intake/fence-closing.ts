import { z } from 'zod';

import type { Database } from '../database/connect.ts';
import { INSTANCE_SILENT_SECONDS } from '../database/instance.ts';
import { idColumn } from '../database/columns.ts';

import type { Fence } from './fence.ts';

/**
 * Fenced batches are kept for the case that the broker crashes and loses acks: the newest so many batches and messages,
 * and none longer than a day. A classic queue loses the acks of its last seconds.
 */
const KEEP_FENCED_BATCHES = 10_000;
const KEEP_FENCED_MESSAGES = 200_000;
const LONGEST_HOURS = 24;
/** After the death of a channel the broker may need so long to notice it and to put its messages back. */
const RETURN_GRACE_SECONDS = 120;
/** Batches in one statement: some ten thousand rows of `recent_arrivals` at most. */
const AT_ONCE = 20;
/** Statements in one round: the rest has time. */
const ROUNDS = 25;

const batchRow = z.object({ id: idColumn, message_count: z.number() });
const lostRow = z.object({ id: idColumn, old: z.number() });
const nowRow = z.object({ now: z.date(), last_empty_at: z.date().nullable() });

/**
 * Takes out of `recent_arrivals` what can meet no redelivery any more, for one dead queue. Several instances may do it
 * at once: whatever is closed twice is closed.
 */
export class FenceClosing {
  readonly #database: Database;
  readonly #deadQueueId: string;
  readonly #fence: Fence;
  /** Lost batches → when they were first seen here, by the database's clock. */
  readonly #firstSeen = new Map<string, number>();

  constructor(options: { database: Database; deadQueueId: string; fence: Fence }) {
    this.#database = options.database;
    this.#deadQueueId = options.deadQueueId;
    this.#fence = options.fence;
  }

  /** One round. Rejects with what the database says; the next round goes on. */
  async run(sinceLossMs: number): Promise<void> {
    await this.#fence.flush();
    await this.#inheritFromTheDead();
    const { now, last_empty_at: lastEmpty } = await this.#times();
    if (lastEmpty !== null && +now - +lastEmpty < 60_000 && sinceLossMs > RETURN_GRACE_SECONDS * 1000) {
      this.#fence.forgetLetGo();
    }
    await this.#close(await this.#spentLost(+now, lastEmpty === null ? null : +lastEmpty));
    await this.#close(await this.#spentFenced());
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
  async #spentLost(now: number, lastEmpty: number | null): Promise<string[]> {
    const rows: unknown[] = await this.#database('intake_batches')
      .where({ dead_queue_id: this.#deadQueueId, state: 'lost' })
      .orderBy('id')
      .limit(AT_ONCE * ROUNDS)
      .select('id', this.#database.raw('committed_at < UTC_TIMESTAMP(3) - INTERVAL ? HOUR AS old', [LONGEST_HOURS]));
    const lost = z.array(lostRow).parse(rows);
    const spent = lost.filter(({ id: batchId, old }) => {
      const first = this.#firstSeen.get(batchId) ?? now;
      this.#firstSeen.set(batchId, first);
      return old !== 0 || (lastEmpty !== null && lastEmpty > first + RETURN_GRACE_SECONDS * 1000);
    });
    for (const { id: batchId } of spent) this.#firstSeen.delete(batchId);
    return spent.map(({ id: batchId }) => batchId);
  }

  async #spentFenced(): Promise<string[]> {
    const limit = await this.#lastKept();
    const rows: unknown[] = await this.#database('intake_batches')
      .where({ dead_queue_id: this.#deadQueueId, state: 'fenced' })
      .where((any) => {
        void any.where('committed_at', '<', this.#database.raw('UTC_TIMESTAMP(3) - INTERVAL ? HOUR', [LONGEST_HOURS]));
        if (limit !== null) void any.orWhere('id', '<', limit);
      })
      .orderBy('id')
      .limit(AT_ONCE * ROUNDS)
      .select('id', 'message_count');
    return z
      .array(batchRow)
      .parse(rows)
      .map(({ id: batchId }) => batchId);
  }

  /** The oldest fenced batch that still is within the numbers to keep; null when all are. */
  async #lastKept(): Promise<string | null> {
    const rows: unknown[] = await this.#database('intake_batches')
      .where({ dead_queue_id: this.#deadQueueId, state: 'fenced' })
      .orderBy('id', 'desc')
      .limit(KEEP_FENCED_BATCHES)
      .select('id', 'message_count');
    const newest = z.array(batchRow).parse(rows);
    let messages = 0;
    for (const { id: batchId, message_count: count } of newest) {
      messages += count;
      if (messages > KEEP_FENCED_MESSAGES) return batchId;
    }
    return newest.length < KEEP_FENCED_BATCHES ? null : (newest.at(-1)?.id ?? null);
  }

  async #close(batchIds: readonly string[]): Promise<void> {
    for (let start = 0; start < batchIds.length; start += AT_ONCE) {
      const some = batchIds.slice(start, start + AT_ONCE);
      await this.#database('recent_arrivals').whereIn('batch_id', some).delete();
      await this.#database('intake_batches')
        .whereIn('id', some)
        .update({ state: 'closed', closed_at: this.#database.raw('UTC_TIMESTAMP(3)') });
    }
  }
}
