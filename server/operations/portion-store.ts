import { z } from 'zod';

import type { Database, Transaction } from '../database/connect.ts';

import type { Lease } from './lease.ts';

/**
 * Messages that leave together. Its row is there before the first byte leaves, and goes when all of them are recorded:
 * what a crash leaves in doubt is exactly what open portions name and has no outcome.
 */
export interface Portion {
  /** Within its lease. */
  number: number;
  messageIds: readonly string[];
}

/** A resend of this operation that some runner has begun and not put down. */
export interface LeftPortion extends Portion {
  token: Buffer;
}

const portionRow = z
  .object({ lease_token: z.instanceof(Buffer), number: z.number().int(), message_ids: z.string() })
  .transform((row): LeftPortion => ({
    token: row.lease_token,
    number: row.number,
    messageIds: row.message_ids.split(','),
  }));

/**
 * Commits that these may leave, where the operation is this runner's for at least so long yet and nothing holds it up.
 * One statement; asked again it is harmless.
 *
 * @returns false where it is not so, and also when the portion is there already: `openPortion` finds out which.
 */
export async function openPortionAtOnce(
  database: Database,
  { operationId, token }: Lease,
  { number, messageIds }: Portion,
  leaveWithinMs: number,
): Promise<boolean> {
  const [{ affectedRows }] = (await database.raw(
    `INSERT IGNORE INTO operation_portions (operation_id, lease_token, number, message_ids)
     SELECT id, lease_token, ?, ? FROM operations
     WHERE id = ? AND lease_token = ? AND status IN ('running', 'waiting')
       AND lease_until >= UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND`,
    [number, messageIds.join(','), operationId, token, leaveWithinMs * 1000],
  )) as [{ affectedRows: number }];
  return affectedRows === 1;
}

/** The same within a transaction that has the operation's row locked and has compared the token. */
export async function openPortion(
  transaction: Transaction,
  { operationId, token }: Lease,
  { number, messageIds }: Portion,
): Promise<void> {
  await transaction.raw(
    'INSERT IGNORE INTO operation_portions (operation_id, lease_token, number, message_ids) VALUES (?, ?, ?, ?)',
    [operationId, token, number, messageIds.join(',')],
  );
}

/** Which of these portions of a runner are open yet, locked. One that is not was taken over. */
export async function lockPortions(
  transaction: Transaction,
  { operationId, token }: Lease,
  numbers: readonly number[],
): Promise<Set<number>> {
  if (numbers.length === 0) return new Set();
  const found: unknown[] = await transaction('operation_portions')
    .where({ operation_id: operationId, lease_token: token })
    .whereIn('number', [...numbers])
    .orderBy('number')
    .forUpdate()
    .pluck('number');
  return new Set(z.array(z.number().int()).parse(found));
}

/** Some portions that somebody else opened: whoever that was has lost the lease. Locked. */
export async function lockPortionsOfOthers(
  transaction: Transaction,
  { operationId, token }: Lease,
  limit: number,
): Promise<LeftPortion[]> {
  const rows: unknown[] = await transaction('operation_portions')
    .where('operation_id', operationId)
    .whereNot('lease_token', token)
    .orderBy(['lease_token', 'number'])
    .limit(limit)
    .forUpdate()
    .select('lease_token', 'number', 'message_ids');
  return z.array(portionRow).parse(rows);
}

/** All of these portions' messages are recorded. */
export async function closePortions(
  transaction: Transaction,
  { operationId, token }: Lease,
  numbers: readonly number[],
): Promise<void> {
  if (numbers.length === 0) return;
  await transaction('operation_portions')
    .where({ operation_id: operationId, lease_token: token })
    .whereIn('number', [...numbers])
    .delete();
}

/** The operation has ended: a portion that a runner opened too late, when it had lost the lease, means nothing. */
export async function removePortions(transaction: Transaction, operationId: string): Promise<void> {
  await transaction('operation_portions').where('operation_id', operationId).delete();
}
