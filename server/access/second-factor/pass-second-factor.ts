import type { Request } from 'express';

import { recordAuditEvent } from '../../audit/audit-store.ts';
import type { Database } from '../../database/connect.ts';
import { inTransaction } from '../../database/transaction.ts';
import { AppError } from '../../web/app-error.ts';
import { addressOf, requestIdOf } from '../../web/route.ts';

import type { CountedTry } from '../sign-in-limit.ts';

import type { User } from '../users-store.ts';

import { hasSecondFactor, recoveryCodesLeft, spendCode, WAIT_MINUTES } from './second-factor-store.ts';

/**
 * Lets pass who has no second factor, and who gives a code of it. After the password, never before: nobody learns whether
 * a user has one without it.
 *
 * @throws AppError `session.secondFactorRequired` without a code, `session.wrongCode`, `request.tooMany`.
 */
export async function passSecondFactor(
  database: Database,
  { user, code, request, tried }: { user: User; code: string | undefined; request: Request; tried: CountedTry },
): Promise<void> {
  if (!(await hasSecondFactor(database, user.id))) return;
  if (code === undefined) {
    // Being asked is no failure.
    await inTransaction(database, tried.wasRight);
    throw new AppError('session.secondFactorRequired');
  }
  await judge(database, user, code, request, 'session.wrongCode');
}

/**
 * Uses up a code, and puts on record when it was a recovery code or wrong.
 *
 * @throws AppError `code` for a wrong one, `request.tooMany` after too many.
 */
export async function judge(
  database: Database,
  user: Pick<User, 'id' | 'username'>,
  given: string,
  request: Request,
  code: 'session.wrongCode' | 'secondFactor.wrongCode',
): Promise<void> {
  const requestId = requestIdOf(request);
  const verdict = await spendCode(database, user.id, given);
  if (verdict === 'right') return;
  const actor = { userId: user.id, username: user.username, address: addressOf(request) };
  if (verdict === 'recovery') {
    const left = await recoveryCodesLeft(database, user.id);
    await recordAuditEvent(database, {
      actor,
      kind: 'secondFactor.recoveryUsed',
      subject: user.username,
      details: { left },
      requestId,
    });
    return;
  }
  await recordAuditEvent(database, {
    actor: { userId: null, username: 'anonymous', address: addressOf(request) },
    kind: 'session.refused',
    subject: user.username,
    details: { code },
    requestId,
  });
  if (verdict === 'wrong') throw new AppError(code);
  const seconds = WAIT_MINUTES * 60;
  throw new AppError('request.tooMany', { retryAfterSeconds: seconds, params: { seconds } });
}
