import { z } from 'zod';

import type { Database } from '../database/connect.ts';
import { countColumn, idColumn, nameColumn } from '../database/columns.ts';
import { inTransaction } from '../database/transaction.ts';
import { addFailureCounts } from '../messages/failure-counts.ts';
import { joinLastTry, RESENT_TO } from '../messages/quiet-clock-store.ts';
import { transitionMessages } from '../messages/transitions.ts';

/** A message that was resent and has not come back so far. */
export interface ResentMessage {
  id: string;
  version: number;
  resentAt: Date;
  deadQueueId: string;
  /** Where it went: the queue that it was sent to, or, by an exchange, the one it failed in. Null when nobody knows. */
  queue: string | null;
  /** The operation that resent it. */
  operationId: string | null;
}

/** A place in the order of resends. */
export interface ResentCursor {
  resentAt: Date;
  id: string;
}

const oldestRow = z.object({ resent_at: z.date().nullable() });

/** When the message was resent that is `resent` longest; null when none is. */
export async function oldestResent(database: Database): Promise<Date | null> {
  const row: unknown = await database('failed_messages')
    .where('status', 'resent')
    .orderBy('resent_at')
    .first('resent_at');
  return row === undefined ? null : oldestRow.parse(row).resent_at;
}

const row = z
  .object({
    id: idColumn,
    version: countColumn,
    resent_at: z.date(),
    dead_queue_id: idColumn,
    queue: nameColumn.nullable(),
    operation_id: idColumn.nullable(),
  })
  .transform((given): ResentMessage => ({
    id: given.id,
    version: given.version,
    resentAt: given.resent_at,
    deadQueueId: given.dead_queue_id,
    queue: given.queue,
    operationId: given.operation_id,
  }));

/** The next messages that were resent up to a time, in the order of their resends. */
export async function readResent(
  database: Database,
  { after, upTo, limit }: { after: ResentCursor | null; upTo: Date; limit: number },
): Promise<ResentMessage[]> {
  const rows: unknown[] = await database('failed_messages AS message')
    .modify(joinLastTry)
    .where('message.status', 'resent')
    .where('message.resent_at', '<=', upTo)
    .modify((query) => {
      if (after === null) return;
      void query.where('message.resent_at', '>=', after.resentAt).where((any) => {
        void any.where('message.resent_at', '>', after.resentAt).orWhere('message.id', '>', after.id);
      });
    })
    .orderBy(['message.resent_at', 'message.id'])
    .limit(limit)
    .select(
      'message.id',
      'message.version',
      'message.resent_at',
      'message.dead_queue_id',
      'item.operation_id',
      database.raw(`${RESENT_TO} AS queue`),
    );
  return z.array(row).parse(rows);
}

/**
 * These messages have settled, unless something happened to them since they were read: one transaction for messages,
 * the items and sums of the operations that resent them, and the counts.
 */
export async function settleMessages(database: Database, messages: readonly ResentMessage[]): Promise<void> {
  if (messages.length === 0) return;
  const operationIds = [...new Set(messages.flatMap(({ operationId }) => operationId ?? []))];
  await inTransaction(database, async (transaction) => {
    // The order in which operations and the intake lock: operations, items, messages.
    await transaction('operations').whereIn('id', operationIds).orderBy('id').forUpdate().select('id');
    const moved = await transitionMessages(
      transaction,
      messages.map(({ id, version }) => ({ id, version, status: 'resent' })),
      { to: 'settled' },
    );
    for (const operationId of operationIds) {
      const settled = messages.filter((message) => message.operationId === operationId && moved.has(message.id));
      if (settled.length === 0) continue;
      await transaction('operation_items')
        .where('operation_id', operationId)
        .whereIn(
          'message_id',
          settled.map(({ id }) => id),
        )
        .update({ settled_at: transaction.raw('UTC_TIMESTAMP(3)') });
      await transaction('operations')
        .where('id', operationId)
        .update({ settled: transaction.raw('settled + ?', [settled.length]) });
    }
    await addFailureCounts(transaction, 'settled', [...moved.values()]);
  });
}
