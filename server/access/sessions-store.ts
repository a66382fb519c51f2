import { createHash, randomBytes } from 'node:crypto';

import { z } from 'zod';

import { countColumn } from '../database/columns.ts';
import type { Database, Transaction } from '../database/connect.ts';

import { USER_COLUMNS, userRow, type User } from './users-store.ts';

/** A session ends this long after it was last used, and at the latest after `LONGEST_HOURS`. */
const IDLE_HOURS = 12;
const LONGEST_HOURS = 24 * 7;
/** `last_seen_at` is written at most this often, so that reading a page is not a write. */
const SEEN_EVERY_SECONDS = 60;

/** Starts a session. The token goes to the browser; only its hash is kept, and rows past their end are cleared away. */
export async function createSession(database: Database | Transaction, userId: string): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await database('sessions').where('expires_at', '<', database.raw('UTC_TIMESTAMP(3)')).delete();
  await database('sessions').insert({
    token_hash: hashToken(token),
    user_id: userId,
    created_at: database.raw('UTC_TIMESTAMP(3)'),
    last_seen_at: database.raw('UTC_TIMESTAMP(3)'),
    expires_at: database.raw(`UTC_TIMESTAMP(3) + INTERVAL ${IDLE_HOURS} HOUR`),
  });
  return token;
}

/** Whose session this is; null when it has ended or the user is disabled. Using it keeps it alive. */
export async function findSessionUser(database: Database, token: string): Promise<User | null> {
  const tokenHash = hashToken(token);
  const row: unknown = await database('sessions')
    .join('users', 'users.id', 'sessions.user_id')
    .where('sessions.token_hash', tokenHash)
    .where('sessions.expires_at', '>', database.raw('UTC_TIMESTAMP(3)'))
    .whereNull('users.disabled_at')
    .first(
      ...USER_COLUMNS,
      database.raw(`sessions.last_seen_at < UTC_TIMESTAMP(3) - INTERVAL ${SEEN_EVERY_SECONDS} SECOND AS stale`),
    );
  if (row === undefined) return null;
  if (staleRow.parse(row).stale === 1) {
    await database('sessions')
      .where('token_hash', tokenHash)
      .update({
        last_seen_at: database.raw('UTC_TIMESTAMP(3)'),
        expires_at: database.raw(
          `LEAST(UTC_TIMESTAMP(3) + INTERVAL ${IDLE_HOURS} HOUR, created_at + INTERVAL ${LONGEST_HOURS} HOUR)`,
        ),
      });
  }
  return userRow.parse(row);
}

const staleRow = z.object({ stale: countColumn });

/** Ends a session; one that does not exist is ended already. */
export async function endSession(database: Database | Transaction, token: string): Promise<void> {
  await database('sessions').where('token_hash', hashToken(token)).delete();
}

/** Tokens are 256 random bits, so a plain fast hash is enough to make a stolen table useless. */
function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
