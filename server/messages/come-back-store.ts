import { z } from 'zod';

import { SHELF_OF, type MessageStatus } from '../contract/messages.ts';
import type { Transaction } from '../database/connect.ts';

import { frameworkOf, insertKeys, shortBytes, type ArrivalBatch, type NewDeath } from './arrivals-store.ts';

/** A death that bears the mark of a resend of ours. */
export interface MarkedDeath {
  /** Of the message that was resent. */
  messageId: string;
  resendNumber: number;
  /** The queue that it failed in now, by its name's id. */
  queueId: string | null;
}

/**
 * What a marked death is.
 * - `cameBack`: a further death of the message that was resent.
 * - `copy`: another one's: it failed in another queue (a fan-out), or that resend has come back already (a worker that
 *   copies headers).
 * - `stranger`: the message is not on record any more.
 */
export type Return = { kind: 'cameBack'; operationId: string } | { kind: 'copy' } | { kind: 'stranger' };

const id = z.union([z.string(), z.number()]).transform(String);
const messageRow = z.object({ id, queue_id: id.nullable() });
const itemKey = z.object({ operation_id: id, message_id: id });
const itemRow = itemKey.extend({ resend_number: z.number() });

/**
 * Decides about marked deaths, in the same order. A resend comes back once, whoever takes it in: the operations, items
 * and messages in question stay locked until the transaction ends, in the order in which operations lock them too.
 */
export async function judgeReturns(transaction: Transaction, marked: readonly MarkedDeath[]): Promise<Return[]> {
  if (marked.length === 0) return [];
  const messageIds = [...new Set(marked.map(({ messageId }) => messageId))];
  const found: unknown[] = await transaction('operation_items')
    .whereIn('message_id', messageIds)
    .whereIn('resend_number', [...new Set(marked.map(({ resendNumber }) => resendNumber))])
    .whereNull('came_back_at')
    .select('operation_id', 'message_id');
  const items = z.array(itemKey).parse(found);
  const operationIds = [...new Set(items.map((item) => item.operation_id))];
  await transaction('operations').whereIn('id', operationIds).orderBy('id').forUpdate().select('id');
  const open = await lockOpenResends(transaction, items);
  const messages: unknown[] = await transaction('failed_messages')
    .whereIn('id', messageIds)
    .orderBy('id')
    .forUpdate()
    .select('id', 'queue_id');
  const queueOf = new Map(
    z
      .array(messageRow)
      .parse(messages)
      .map((row) => [row.id, row.queue_id]),
  );
  return marked.map(({ messageId, resendNumber, queueId }): Return => {
    const failedIn = queueOf.get(messageId);
    if (failedIn === undefined) return { kind: 'stranger' };
    const key = resendKey(messageId, resendNumber);
    const operationId = open.get(key);
    if (operationId === undefined || queueId === null || failedIn !== queueId) return { kind: 'copy' };
    open.delete(key);
    return { kind: 'cameBack', operationId };
  });
}

/** Resends that have not come back: their keys and operations. */
async function lockOpenResends(
  transaction: Transaction,
  items: readonly z.infer<typeof itemKey>[],
): Promise<Map<string, string>> {
  if (items.length === 0) return new Map();
  const rows: unknown[] = await transaction('operation_items')
    .where((any) => {
      for (const { operation_id, message_id } of items) void any.orWhere({ operation_id, message_id });
    })
    .whereNull('came_back_at')
    .orderBy(['operation_id', 'message_id'])
    .forUpdate()
    .select('operation_id', 'message_id', 'resend_number');
  return new Map(
    z
      .array(itemRow)
      .parse(rows)
      .map((item) => [resendKey(item.message_id, item.resend_number), item.operation_id]),
  );
}

function resendKey(messageId: string, resendNumber: number): string {
  return `${messageId}/${resendNumber}`;
}

/** A further death of a message, from the resend that it came back from. */
export interface ReturnedDeath {
  death: NewDeath;
  operationId: string;
  resendNumber: number;
}

/** Rows in one statement. */
const AT_ONCE = 100;

/**
 * The messages lie on the desk again, pending, with their latest death; the resends they came back from say so. The
 * version is raised whatever the status was: an operation that still holds the message finds it changed.
 */
export async function returnMessages(
  transaction: Transaction,
  batch: ArrivalBatch,
  returned: readonly ReturnedDeath[],
): Promise<void> {
  const status: MessageStatus = 'pending';
  for (let start = 0; start < returned.length; start += AT_ONCE) {
    const some = returned.slice(start, start + AT_ONCE);
    const now = batch.arrivedAt;
    const row =
      'SELECT ? AS id, ? AS death, ? AS exchange, ? AS routing_key, ? AS reason, ? AS framework, ? AS error, ? AS fingerprint';
    await transaction.raw(
      `UPDATE failed_messages m JOIN (${some.map(() => row).join(' UNION ALL ')}) r ON m.id = r.id
       SET m.status = ?, m.shelf = ?, m.version = m.version + 1, m.failure_count = m.failure_count + 1,
           m.last_death_id = r.death, m.dead_queue_id = ?, m.failed_at = ?, m.exchange_id = r.exchange,
           m.routing_key = r.routing_key, m.reason = r.reason, m.framework = r.framework, m.error_type_id = r.error,
           m.fingerprint_id = r.fingerprint`,
      [
        ...some.flatMap(({ death }) => [
          death.messageId,
          death.id,
          death.exchangeId,
          shortBytes(death.diagnosis.origin.routingKeys[0] ?? null),
          death.diagnosis.reason,
          frameworkOf(death.diagnosis),
          death.errorTypeId,
          death.fingerprintId,
        ]),
        status,
        SHELF_OF[status],
        batch.deadQueueId,
        now,
      ] as never[],
    );
    await transaction('operation_items')
      .whereNull('came_back_at')
      .where((any) => {
        for (const { death, operationId, resendNumber } of some) {
          void any.orWhere({
            operation_id: operationId,
            message_id: death.messageId.toString(),
            resend_number: resendNumber,
          });
        }
      })
      .update({ came_back_at: now });
  }
  await insertKeys(
    transaction,
    returned.map(({ death }) => death),
    { someKnown: true },
  );
  const counts = new Map<string, number>();
  for (const { operationId } of returned) counts.set(operationId, (counts.get(operationId) ?? 0) + 1);
  for (const [operationId, count] of [...counts].sort(([a], [b]) => Number(BigInt(a) - BigInt(b)))) {
    await transaction('operations')
      .where({ id: operationId })
      .update({ came_back: transaction.raw('came_back + ?', [count]) });
  }
}
