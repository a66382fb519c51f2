import { z } from 'zod';

import { MESSAGE_STATUSES, SHELF_OF, type MessageStatus } from '../contract/messages.ts';
import type { Transaction } from '../database/connect.ts';
import { idColumn } from '../database/columns.ts';

/**
 * The states of a failed message and where each can go. `resending` goes back to the state it was taken from when
 * nothing was delivered; every state but `resending` and `pending` goes to `pending` when the message comes back.
 */
export const TRANSITIONS: Readonly<Record<MessageStatus, readonly MessageStatus[]>> = {
  pending: ['resending', 'deleted', 'handled'],
  resending: ['resent', 'unknown', 'pending', 'settled'],
  unknown: ['resending', 'resent', 'pending', 'deleted', 'handled'],
  resent: ['settled', 'pending', 'resending'],
  settled: ['pending', 'resending'],
  handled: ['pending'],
  deleted: ['pending'],
};

/** A message as somebody saw it last. Any change since then raised its version. */
export interface ExpectedMessage {
  id: string;
  status: MessageStatus;
  version: number;
}

export interface Transition {
  to: MessageStatus;
  /** The operation that moves it. */
  operationId?: string;
  /** It was delivered just now. */
  resentNow?: boolean;
  /** Takes the message's next resend number: each try to send it has one of its own, whatever comes of it. */
  takesResendNumber?: boolean;
}

/** A message that was moved, as it is now. */
export interface MovedMessage {
  id: string;
  version: number;
  lastDeathId: string;
  deadQueueId: string;
  fingerprintId: string;
  resendCount: number;
}

const lockedRow = z.object({
  id: idColumn,
  status: z.enum(MESSAGE_STATUSES),
  version: z.number().int(),
  last_death_id: idColumn,
  dead_queue_id: idColumn,
  fingerprint_id: idColumn,
  resend_count: z.number().int(),
});

/**
 * Moves messages that still are what somebody saw: one conditional UPDATE, `WHERE id = ? AND status = ? AND version = ?`
 * for each. Of two that want the same message one wins; the other does not find it in the answer.
 *
 * The rows stay locked, in the order of their ids, until the transaction ends.
 *
 * @param expected at most 1 000.
 * @throws Error for a transition that the table above does not know, before anything is written.
 */
export async function transitionMessages(
  transaction: Transaction,
  expected: readonly ExpectedMessage[],
  transition: Transition,
): Promise<Map<string, MovedMessage>> {
  if (expected.length === 0) return new Map();
  for (const { status } of expected) {
    if (!TRANSITIONS[status].includes(transition.to)) {
      throw new Error(`A message does not go from ${status} to ${transition.to}.`);
    }
  }
  const winners = await lockUnchanged(transaction, expected);
  for (const status of MESSAGE_STATUSES) {
    const rows = winners.filter((row) => row.status === status);
    if (rows.length > 0) await moveAll(transaction, status, rows, transition);
  }
  return new Map(
    winners.map((row) => [
      row.id,
      {
        id: row.id,
        version: row.version + 1,
        lastDeathId: row.last_death_id,
        deadQueueId: row.dead_queue_id,
        fingerprintId: row.fingerprint_id,
        resendCount: row.resend_count + (transition.takesResendNumber === true ? 1 : 0),
      },
    ]),
  );
}

/**
 * Moves on messages that an operation holds (they are `resending` for it), by one statement. One that came back in the
 * meantime is not held any more and stays `pending`; where it was delivered just now, that time is put on its record.
 */
export async function releaseHeldMessages(
  transaction: Transaction,
  operationId: string,
  messageIds: readonly string[],
  { to, resentNow }: Pick<Transition, 'to' | 'resentNow'>,
): Promise<void> {
  if (messageIds.length === 0) return;
  if (!TRANSITIONS.resending.includes(to)) throw new Error(`A message does not go from resending to ${to}.`);
  const ids = messageIds as never;
  const [{ affectedRows }] = (await transaction.raw(
    `UPDATE failed_messages SET status = ?, shelf = ?, version = version + 1
       ${resentNow === true ? ', resent_at = UTC_TIMESTAMP(3)' : ''}
     WHERE id IN (?) AND status = 'resending' AND operation_id = ?`,
    [to, SHELF_OF[to], ids, operationId],
  )) as [{ affectedRows: number }];
  if (resentNow !== true || affectedRows === messageIds.length) return;
  await transaction.raw(
    'UPDATE failed_messages SET resent_at = UTC_TIMESTAMP(3) WHERE id IN (?) AND NOT (status = ? AND operation_id = ?)',
    [ids, to, operationId],
  );
}

type LockedRow = z.infer<typeof lockedRow>;

async function lockUnchanged(transaction: Transaction, expected: readonly ExpectedMessage[]): Promise<LockedRow[]> {
  const wanted = new Map(expected.map((message) => [message.id, message]));
  const rows: unknown[] = await transaction('failed_messages')
    .whereIn('id', [...wanted.keys()])
    .orderBy('id')
    .forUpdate()
    .select('id', 'status', 'version', 'last_death_id', 'dead_queue_id', 'fingerprint_id', 'resend_count');
  return z
    .array(lockedRow)
    .parse(rows)
    .filter((row) => {
      const seen = wanted.get(row.id);
      return seen?.status === row.status && seen.version === row.version;
    });
}

async function moveAll(
  transaction: Transaction,
  from: MessageStatus,
  rows: readonly LockedRow[],
  { to, operationId, resentNow, takesResendNumber }: Transition,
): Promise<void> {
  const moved = await transaction('failed_messages')
    .where('status', from)
    // Their versions have been compared under the lock.
    .whereIn(
      'id',
      rows.map(({ id }) => id),
    )
    .update({
      status: to,
      shelf: SHELF_OF[to],
      version: transaction.raw('version + 1'),
      ...(operationId === undefined ? {} : { operation_id: operationId }),
      ...(resentNow === true ? { resent_at: transaction.raw('UTC_TIMESTAMP(3)') } : {}),
      ...(takesResendNumber === true ? { resend_count: transaction.raw('resend_count + 1') } : {}),
    });
  // The rows are locked: this cannot be, and if it is, nothing of this transaction may stay.
  if (moved !== rows.length) throw new Error(`${rows.length} messages were to move, and ${moved} did.`);
}
