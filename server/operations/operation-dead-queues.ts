import type { Transaction } from '../database/connect.ts';

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

/** Its items are taken back: a freeze begins anew. */
export async function forgetDeadQueues(transaction: Transaction, operationId: string): Promise<void> {
  await transaction('operation_dead_queues').where('operation_id', operationId).delete();
}
