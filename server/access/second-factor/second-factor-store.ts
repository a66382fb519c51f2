import { z } from 'zod';

import { countColumn } from '../../database/columns.ts';
import type { Database, Transaction } from '../../database/connect.ts';

import { hashRecoveryCode, newRecoveryCodes, newSecret, stepOf } from './codes.ts';

/** Wrong codes in a row for one user, before they have to wait. */
const MOST_FAILURES = 5;
export const WAIT_MINUTES = 15;

const factorRow = z.object({ secret: z.instanceof(Buffer), confirmed_at: z.date().nullable() });
const countRow = z.object({ count: countColumn });

/** What came of a code. */
export type Verdict = 'right' | 'recovery' | 'wrong' | 'wait';

/** The state of somebody's second factor. */
export async function readSecondFactor(
  database: Database,
  userId: string,
): Promise<{ state: 'off' | 'on' | 'elsewhere'; recoveryCodesLeft: number }> {
  const identity: unknown = await database('user_identities').where('user_id', userId).first('user_id');
  if (identity !== undefined) return { state: 'elsewhere', recoveryCodesLeft: 0 };
  if (!(await hasSecondFactor(database, userId))) return { state: 'off', recoveryCodesLeft: 0 };
  return { state: 'on', recoveryCodesLeft: await recoveryCodesLeft(database, userId) };
}

/** Whether a code has to be asked for. */
export async function hasSecondFactor(database: Database | Transaction, userId: string): Promise<boolean> {
  return (await readFactor(database, userId))?.confirmed_at instanceof Date;
}

export async function recoveryCodesLeft(database: Database | Transaction, userId: string): Promise<number> {
  const row: unknown = await database('recovery_codes').where('user_id', userId).count('* as count').first();
  return countRow.parse(row).count;
}

/** Begins one, in place of another that was not confirmed. Null when one is in force. */
export async function beginSecondFactor(transaction: Transaction, userId: string): Promise<Buffer | null> {
  if (await hasSecondFactor(transaction, userId)) return null;
  const secret = newSecret();
  await transaction('second_factors').where('user_id', userId).whereNull('confirmed_at').delete();
  await transaction('second_factors').insert({
    user_id: userId,
    secret,
    created_at: transaction.raw('UTC_TIMESTAMP(3)'),
  });
  return secret;
}

/** Puts it in force by a code of it. That code is used with it. Null for a wrong one, or when none was begun. */
export async function confirmSecondFactor(
  transaction: Transaction,
  userId: string,
  code: string,
): Promise<string[] | null> {
  const row = await readFactor(transaction, userId);
  const step = row === null ? null : stepOf(row.secret, code, Date.now());
  if (step === null) return null;
  const confirmed = await transaction('second_factors')
    .where('user_id', userId)
    .whereNull('confirmed_at')
    .update({ confirmed_at: transaction.raw('UTC_TIMESTAMP(3)'), last_step: step });
  if (confirmed !== 1) return null;
  const codes = newRecoveryCodes();
  await transaction('recovery_codes').where('user_id', userId).delete();
  await transaction('recovery_codes').insert(
    codes.map((one) => ({ user_id: userId, code_hash: hashRecoveryCode(one) })),
  );
  return codes;
}

/** Whether there was one to remove, in force or not. */
export async function removeSecondFactor(transaction: Transaction, userId: string): Promise<boolean> {
  await transaction('recovery_codes').where('user_id', userId).delete();
  return (await transaction('second_factors').where('user_id', userId).delete()) > 0;
}

/**
 * Judges a code of the app or a recovery code, and uses it up. Each try counts before it is looked at, so that many at
 * once are no more than many one after the other; a right one sets the count back.
 */
export async function spendCode(database: Database, userId: string, code: string): Promise<Verdict> {
  if (!(await countTry(database, userId))) return 'wait';
  const row = await readFactor(database, userId);
  const step = row === null ? null : stepOf(row.secret, code, Date.now());
  const right = { failures: 0, failed_at: null };
  if (step !== null) {
    const used = await database('second_factors')
      .where('user_id', userId)
      .where('last_step', '<', step)
      .update({ ...right, last_step: step });
    return used === 1 ? 'right' : 'wrong';
  }
  const used = await database('recovery_codes')
    .where({ user_id: userId, code_hash: hashRecoveryCode(code) })
    .delete();
  if (used !== 1) return 'wrong';
  await database('second_factors').where('user_id', userId).update(right);
  return 'recovery';
}

const LONG_AGO = `(failed_at IS NULL OR failed_at < UTC_TIMESTAMP(3) - INTERVAL ${WAIT_MINUTES} MINUTE)`;

/** False when there have been too many. MySQL assigns from the left: the count reads the time before it is changed. */
async function countTry(database: Database, userId: string): Promise<boolean> {
  const [{ affectedRows }] = (await database.raw(
    `UPDATE second_factors
     SET failures = IF(${LONG_AGO}, 1, failures + 1), failed_at = UTC_TIMESTAMP(3)
     WHERE user_id = ? AND (failures < ${MOST_FAILURES} OR ${LONG_AGO})`,
    [userId],
  )) as [{ affectedRows: number }];
  return affectedRows === 1;
}

async function readFactor(database: Database | Transaction, userId: string): Promise<z.infer<typeof factorRow> | null> {
  const row: unknown = await database('second_factors').where('user_id', userId).first('secret', 'confirmed_at');
  return row === undefined ? null : factorRow.parse(row);
}
