import type { Knex } from 'knex';
import { z } from 'zod';

import type { Database, Transaction } from '../database/connect.ts';
import { idColumn, nameColumn } from '../database/columns.ts';

/** Whose quiet is waited for: the queue that messages were resent to, and the dead queue that they would come back by. */
export interface QuietPlace {
  deadQueueId: string;
  queue: string;
}

/**
 * Says that messages were resent there just now: from now on somebody looks whether it is quiet. In the transaction in
 * which they become `resent`.
 */
export async function wantQuietClocks(transaction: Transaction, places: readonly QuietPlace[]): Promise<void> {
  const distinct = new Map(places.map((place) => [`${place.deadQueueId}/${place.queue}`, place]));
  if (distinct.size === 0) return;
  await transaction('quiet_clocks')
    .insert(
      // In key order: two transactions never wait for each other in a circle.
      [...distinct]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, { deadQueueId, queue }]) => ({
          dead_queue_id: deadQueueId,
          queue: Buffer.from(queue),
          spans: '',
          last_resent_at: transaction.raw('UTC_TIMESTAMP(3)'),
        })),
    )
    .onConflict(['dead_queue_id', 'queue'])
    .merge(['last_resent_at']);
}

/**
 * For a SELECT over `failed_messages AS message`, joined with its last try as `item` and the name of the queue that it
 * failed in as `queue`: the queue that it was resent to. By an exchange it went, among others, to where it failed.
 */
export const RESENT_TO = "CASE WHEN item.exchange = '' THEN item.routing_key ELSE queue.value END";

/** Joins what `RESENT_TO` needs. */
export function joinLastTry(messages: Knex.QueryBuilder): void {
  void messages
    .leftJoin('operation_items AS item', (join) => {
      join.on('item.message_id', 'message.id').andOn('item.resend_number', 'message.resend_count');
    })
    .leftJoin('names AS queue', 'queue.id', 'message.queue_id');
}

const placeRow = z
  .object({ dead_queue_id: idColumn, queue: nameColumn })
  .transform((given): QuietPlace => ({ deadQueueId: given.dead_queue_id, queue: given.queue }));

/** Where these messages were sent by their last try, each place once. */
export async function readQuietPlaces(transaction: Transaction, messageIds: readonly string[]): Promise<QuietPlace[]> {
  const rows: unknown[] = await transaction('failed_messages AS message')
    .modify(joinLastTry)
    .whereIn('message.id', [...messageIds])
    .whereRaw(`${RESENT_TO} IS NOT NULL`)
    .distinct('message.dead_queue_id', transaction.raw(`${RESENT_TO} AS queue`));
  return z.array(placeRow).parse(rows);
}

const row = z
  .object({ dead_queue_id: idColumn, queue: nameColumn, spans: z.string() })
  .transform((given) => ({ deadQueueId: given.dead_queue_id, queue: given.queue, spans: given.spans }));

/** All clocks that are wanted, with what was written of them last ('' for a new one). */
export async function readQuietClocks(database: Database): Promise<(QuietPlace & { spans: string })[]> {
  const rows: unknown[] = await database('quiet_clocks')
    .orderBy(['dead_queue_id', 'queue'])
    .select('dead_queue_id', 'queue', 'spans');
  return z.array(row).parse(rows);
}

export async function writeQuietClock(database: Database, place: QuietPlace, spans: string): Promise<void> {
  await database('quiet_clocks')
    .where({ dead_queue_id: place.deadQueueId, queue: Buffer.from(place.queue) })
    .update({ spans });
}

/** Those by which nothing waits any more: the oldest message that is `resent` was so after the last one of theirs. */
export async function removeUnneededQuietClocks(database: Database, oldestResent: Date | null): Promise<void> {
  await database('quiet_clocks')
    .modify((query) => {
      // A clock is wanted within the transaction that makes its messages `resent`, not in the same millisecond.
      if (oldestResent !== null) void query.whereRaw('last_resent_at < ? - INTERVAL 1 MINUTE', [oldestResent]);
      void query.whereRaw('last_resent_at < UTC_TIMESTAMP(3) - INTERVAL 1 HOUR');
    })
    .delete();
}
