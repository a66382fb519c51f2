import type { MessageFilter } from '../contract/schemas/messages.ts';
import type { Database, Transaction } from '../database/connect.ts';
import type { Scope } from '../web/route.ts';

/** Writes down in which dead queues the messages of an operation lay when it was frozen: who sees it is read from here. */
export async function noteDeadQueues(
  transaction: Transaction,
  operationId: string,
  deadQueueIds: ReadonlySet<string>,
): Promise<void> {
  if (deadQueueIds.size === 0) return;
  await transaction('operation_dead_queues')
    .insert([...deadQueueIds].map((id) => ({ operation_id: operationId, dead_queue_id: id })))
    .onConflict()
    .ignore();
}

/**
 * The dead queues that a filter names, of those that its author saw: who sees the operation reads its filter, so they count
 * as its own, with messages or without.
 */
export async function readNamed(database: Database, { deadQueue }: MessageFilter, scope: Scope): Promise<string[]> {
  if (deadQueue === undefined) return [];
  const ids = await database('dead_queues')
    .whereIn(
      'name',
      deadQueue.map((name) => Buffer.from(name)),
    )
    .pluck<string[]>('id');
  return ids.map(String).filter((id) => scope === null || scope.includes(id));
}

/** Its items are taken back: a freeze begins anew. */
export async function forgetDeadQueues(transaction: Transaction, operationId: string): Promise<void> {
  await transaction('operation_dead_queues').where('operation_id', operationId).delete();
}
