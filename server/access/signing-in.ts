import { randomBytes } from 'node:crypto';

import type { Request, Response } from 'express';

import { recordAuditEvent } from '../audit/audit-store.ts';
import type { Database, Transaction } from '../database/connect.ts';
import { addressOf, requestIdOf } from '../web/route.ts';

import { readDeviceCookie, setDeviceCookie, setSessionCookie } from './session-cookie.ts';
import { createSession, type SessionOrigin, type SessionTimes } from './sessions-store.ts';
import { countRefusal, countTry, type CountedTry } from './sign-in-limit.ts';
import { isUsername, type User } from './users-store.ts';

/** Refusals that are written down one by one within a clock hour. */
const RECORDED_AN_HOUR = 200;
/** Of one user's from one place, before only each doubling is written down. */
const RECORDED_OF_USER = 5;

/** Counts that somebody tries a password. @throws AppError `request.tooMany`. */
export function tryToSignIn(database: Database, request: Request, username: string): Promise<CountedTry> {
  return countTry(database, { username, address: addressOf(request), deviceToken: readDeviceCookie(request) });
}

/** The cookies of somebody who is signed in: set them when the transaction is committed. */
export interface SignedIn {
  setCookies: (response: Response) => void;
}

/**
 * Gives a user a new session, whatever the browser had before, and puts it on record.
 *
 * @param tried where a password was asked for: the browser is known from now on.
 */
export async function signIn(
  transaction: Transaction,
  {
    request,
    user,
    times,
    tried,
    by,
  }: { request: Request; user: User; times: SessionTimes; tried?: CountedTry; by?: 'oidc' },
): Promise<SignedIn> {
  await recordAuditEvent(transaction, {
    actor: { userId: user.id, username: user.username, address: addressOf(request) },
    kind: 'session.created',
    ...(by === undefined ? {} : { details: { by } }),
    requestId: requestIdOf(request),
  });
  await transaction('users')
    .where('id', user.id)
    .update({ last_sign_in_at: transaction.raw('UTC_TIMESTAMP(3)') });
  return await renewSession(transaction, { request, user, times, ...(tried === undefined ? {} : { tried }) });
}

/** The same without being a sign-in: the user goes on under another token. */
export async function renewSession(
  transaction: Transaction,
  { request, user, times, tried }: { request: Request; user: User; times: SessionTimes; tried?: CountedTry },
): Promise<SignedIn> {
  const token = await createSession(transaction, user.id, originOf(request), times);
  const deviceToken = randomBytes(32).toString('base64url');
  await tried?.succeeded(transaction, deviceToken);
  return {
    setCookies: (response) => {
      setSessionCookie(request, response, token);
      if (tried !== undefined) setDeviceCookie(request, response, deviceToken);
    },
  };
}

/**
 * Puts on record that a password was wrong. Not each of a flood: within an hour the first 200, and of one user from one
 * place the first 5; after that each time that the number has doubled. A name that nobody has is not written down: it may
 * be a password that was typed into the wrong field.
 */
export async function recordRefusal(
  transaction: Transaction,
  { request, username, failures }: { request: Request; username: string; failures: number },
): Promise<void> {
  const isKnown = await isUsername(transaction, username);
  const withinHour = await countRefusal(transaction);
  const isRecorded =
    withinHour <= RECORDED_AN_HOUR ||
    isPowerOfTwo(withinHour) ||
    (isKnown && (failures <= RECORDED_OF_USER || isPowerOfTwo(failures)));
  if (!isRecorded) return;
  await recordAuditEvent(transaction, {
    actor: { userId: null, username: 'anonymous', address: addressOf(request) },
    kind: 'session.refused',
    ...(isKnown ? { subject: username } : {}),
    details: { failures },
    requestId: requestIdOf(request),
  });
}

function isPowerOfTwo(count: number): boolean {
  return Number.isInteger(Math.log2(count));
}

function originOf(request: Request): SessionOrigin {
  return { address: addressOf(request), userAgent: request.get('User-Agent') ?? null };
}
