import { createHash, randomBytes } from 'node:crypto';

import { z } from 'zod';

import type { SignedInSession } from '../contract/schemas/users.ts';
import { countColumn, idColumn, timeColumn } from '../database/columns.ts';
import type { Database, Transaction } from '../database/connect.ts';

import { USER_COLUMNS, userRow, type User } from './users-store.ts';

/** After which a session ends, in ms: without a sign of its user, and in any case. */
export interface SessionTimes {
  idleMs: number;
  longestMs: number;
}

/** Where a session was begun; what the browser says of itself is cut. */
export interface SessionOrigin {
  address: string | null;
  userAgent: string | null;
}

/** A use of a session is written at most so often, so that reading a page is not a write. */
const SEEN_EVERY_MS = 60_000;
const LONGEST_USER_AGENT = 255;

/** Starts a session. The token goes to the browser; only its hash is kept, and rows past their end are cleared away. */
export async function createSession(
  transaction: Transaction,
  userId: string,
  { address, userAgent }: SessionOrigin,
  { idleMs, longestMs }: SessionTimes,
): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  const now = transaction.raw('UTC_TIMESTAMP(3)');
  await transaction('sessions').where('expires_at', '<', now).delete();
  await transaction('sessions').insert({
    token_hash: hashToken(token),
    user_id: userId,
    created_at: now,
    last_seen_at: now,
    expires_at: transaction.raw('UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND', [Math.min(idleMs, longestMs) * 1000]),
    address,
    user_agent: userAgent?.slice(0, LONGEST_USER_AGENT) ?? null,
  });
  return token;
}

/** Who is signed in by a session. */
export interface SessionUser extends User {
  sessionId: string;
}

/**
 * Whose session this is; null when it has ended or the user is disabled.
 *
 * @param isUsed whether a person is behind it, which keeps it alive; not what a screen asks for by itself.
 */
export async function findSessionUser(
  database: Database,
  token: string,
  { idleMs, longestMs }: SessionTimes,
  isUsed: boolean,
): Promise<SessionUser | null> {
  const tokenHash = hashToken(token);
  const row: unknown = await database('sessions')
    .join('users', 'users.id', 'sessions.user_id')
    .where('sessions.token_hash', tokenHash)
    .where('sessions.expires_at', '>', database.raw('UTC_TIMESTAMP(3)'))
    .whereNull('users.disabled_at')
    .first(
      ...USER_COLUMNS,
      'sessions.id AS session_id',
      database.raw('sessions.last_seen_at < UTC_TIMESTAMP(3) - INTERVAL ? MICROSECOND AS stale', [
        Math.min(SEEN_EVERY_MS, idleMs / 4) * 1000,
      ]),
    );
  if (row === undefined) return null;
  const { stale, session_id: sessionId } = foundRow.parse(row);
  if (isUsed && stale === 1) {
    await database('sessions')
      .where('token_hash', tokenHash)
      .update({
        last_seen_at: database.raw('UTC_TIMESTAMP(3)'),
        expires_at: database.raw(
          `LEAST(UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND, created_at + INTERVAL ? MICROSECOND)`,
          [idleMs * 1000, longestMs * 1000],
        ),
      });
  }
  return { ...userRow.parse(row), sessionId };
}

const foundRow = z.object({ stale: countColumn, session_id: idColumn });

/** Ends a session; one that does not exist is ended already. */
export async function endSession(database: Database | Transaction, token: string): Promise<void> {
  await database('sessions').where('token_hash', hashToken(token)).delete();
}

/** @returns how many there were. @param but the one that stays. */
export async function endSessionsOf(
  transaction: Transaction,
  userId: string,
  but: string | null = null,
): Promise<number> {
  const ended = transaction('sessions').where('user_id', userId);
  if (but !== null) void ended.whereNot('id', but);
  return await ended.delete();
}

const sessionRow = z.object({
  id: idColumn,
  created_at: timeColumn,
  last_seen_at: timeColumn,
  expires_at: timeColumn,
  address: z.string().nullable(),
  user_agent: z.string().nullable(),
});

/** The browsers in which somebody is signed in, the one that was used last first. */
export async function listSessions(
  database: Database,
  userId: string,
  current: string | undefined,
): Promise<SignedInSession[]> {
  const rows: unknown = await database('sessions')
    .where('user_id', userId)
    .where('expires_at', '>', database.raw('UTC_TIMESTAMP(3)'))
    .orderBy([{ column: 'last_seen_at', order: 'desc' }, { column: 'id' }])
    .limit(500)
    .select('id', 'created_at', 'last_seen_at', 'expires_at', 'address', 'user_agent');
  return z
    .array(sessionRow)
    .parse(rows)
    .map((row) => ({
      id: row.id,
      isCurrent: row.id === current,
      createdAt: row.created_at,
      lastSeenAt: row.last_seen_at,
      expiresAt: row.expires_at,
      address: row.address,
      userAgent: row.user_agent,
    }));
}

const ownerRow = z.object({ user_id: idColumn, username: z.string() });

/** Whose session this is, whether or not it has run out; null where there is none. */
export async function ownerOfSession(
  transaction: Transaction,
  sessionId: string,
): Promise<{ userId: string; username: string } | null> {
  const row: unknown = await transaction('sessions')
    .join('users', 'users.id', 'sessions.user_id')
    .where('sessions.id', sessionId)
    .first('sessions.user_id', 'users.username');
  if (row === undefined) return null;
  const { user_id: userId, username } = ownerRow.parse(row);
  return { userId, username };
}

export async function endSessionById(transaction: Transaction, sessionId: string): Promise<void> {
  await transaction('sessions').where('id', sessionId).delete();
}

/** Tokens are 256 random bits, so a plain fast hash is enough to make a stolen table useless. */
function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
