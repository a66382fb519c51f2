import { z } from 'zod';

import { ROLES, type Role } from '../contract/access.ts';
import type { ApiToken } from '../contract/schemas/tokens.ts';
import { countColumn, idColumn, nameListColumn, timeColumn } from '../database/columns.ts';
import type { Database, Transaction } from '../database/connect.ts';

import { hashOfToken, hintOf } from './token-text.ts';
import { USER_COLUMNS, userRow, type User } from './users-store.ts';

/** `last_used_at` is written at most this often, so that reading with a token is not a write each time. */
const USED_EVERY_SECONDS = 60;

// One that this version does not know gives the least rights.
const roleColumn = z.enum(ROLES).catch('viewer');

/** A token that was shown, whose it is, and what it may do at most. */
export interface ShownToken {
  id: string;
  name: string;
  role: Role;
  scope: string[] | null;
  isExpired: boolean;
  user: User;
}

const shownRow = z.object({
  token_id: idColumn,
  token_name: z.string(),
  token_role: roleColumn,
  token_scope: nameListColumn.nullable(),
  expired: countColumn,
  stale: countColumn,
});

/** Whose token this is; null when there is none like it, it was revoked, or its user is disabled. Its use is noted. */
export async function findToken(database: Database, token: string): Promise<ShownToken | null> {
  const row: unknown = await database('api_tokens')
    .join('users', 'users.id', 'api_tokens.user_id')
    .where('api_tokens.token_hash', hashOfToken(token))
    .whereNull('api_tokens.revoked_at')
    .whereNull('users.disabled_at')
    .first(
      ...USER_COLUMNS,
      'api_tokens.id AS token_id',
      'api_tokens.name AS token_name',
      'api_tokens.role AS token_role',
      'api_tokens.scope AS token_scope',
      database.raw('COALESCE(api_tokens.expires_at, api_tokens.created_at) <= UTC_TIMESTAMP(3) AS expired'),
      database.raw('COALESCE(api_tokens.last_used_at < UTC_TIMESTAMP(3) - INTERVAL ? SECOND, TRUE) AS stale', [
        USED_EVERY_SECONDS,
      ]),
    );
  if (row === undefined) return null;
  const shown = shownRow.parse(row);
  const isExpired = shown.expired === 1;
  if (shown.stale === 1 && !isExpired) {
    await database('api_tokens')
      .where('id', shown.token_id)
      .update({ last_used_at: database.raw('UTC_TIMESTAMP(3)') });
  }
  return {
    id: shown.token_id,
    name: shown.token_name,
    role: shown.token_role,
    scope: shown.token_scope,
    isExpired,
    user: userRow.parse(row),
  };
}

const listedRow = z.object({
  id: idColumn,
  name: z.string(),
  owner: z.string(),
  user_id: idColumn,
  role: roleColumn,
  scope: nameListColumn.nullable(),
  hint: z.string(),
  created_at: timeColumn,
  expires_at: timeColumn,
  expired: countColumn,
  last_used_at: timeColumn.nullable(),
});

/** Tokens that nobody has revoked, newest first: all, of one user, or a single one. `reader`: the id of who asks. */
export async function readTokens(
  database: Database | Transaction,
  which: { userId?: string; id?: string },
  reader: string,
): Promise<ApiToken[]> {
  const rows: unknown[] = await database('api_tokens AS token')
    .join('users', 'users.id', 'token.user_id')
    .whereNull('token.revoked_at')
    .modify((query) => {
      if (which.userId !== undefined) void query.where('token.user_id', which.userId);
      if (which.id !== undefined) void query.where('token.id', which.id);
    })
    .orderBy('token.id', 'desc')
    .limit(MOST_LISTED)
    .select(
      'token.id',
      'token.name',
      'users.username AS owner',
      'token.user_id',
      'token.role',
      'token.scope',
      'token.hint',
      'token.created_at',
      database.raw('COALESCE(token.expires_at, token.created_at) AS expires_at'),
      database.raw('COALESCE(token.expires_at, token.created_at) <= UTC_TIMESTAMP(3) AS expired'),
      'token.last_used_at',
    );
  return z
    .array(listedRow)
    .parse(rows)
    .map((row) => ({
      id: row.id,
      name: row.name,
      owner: row.owner,
      isMine: row.user_id === reader,
      role: row.role,
      scope: row.scope,
      hint: row.hint,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
      isExpired: row.expired === 1,
      lastUsedAt: row.last_used_at,
    }));
}

/** More are not listed: every user has few. */
const MOST_LISTED = 1_000;

/** How many a user has that were not revoked and have not expired. Locks the user's row: nobody makes one beside. */
export async function countTokens(transaction: Transaction, userId: string): Promise<number> {
  await transaction('users').where('id', userId).forUpdate().first('id');
  const row: unknown = await transaction('api_tokens')
    .where('user_id', userId)
    .whereNull('revoked_at')
    .whereRaw('expires_at > UTC_TIMESTAMP(3)')
    .count({ count: '*' })
    .first();
  return z.object({ count: countColumn }).parse(row).count;
}

export interface NewTokenRow {
  token: string;
  userId: string;
  name: string;
  role: Role;
  scope: readonly string[] | null;
  days: number;
}

/** Keeps the hash. @returns the id. */
export async function insertToken(transaction: Transaction, row: NewTokenRow): Promise<string> {
  const inserted: unknown = await transaction('api_tokens').insert({
    token_hash: hashOfToken(row.token),
    hint: hintOf(row.token),
    user_id: row.userId,
    name: row.name,
    role: row.role,
    scope: row.scope === null ? null : JSON.stringify(row.scope),
    created_at: transaction.raw('UTC_TIMESTAMP(3)'),
    expires_at: transaction.raw('UTC_TIMESTAMP(3) + INTERVAL ? DAY', [row.days]),
  });
  return z.tuple([idColumn]).parse(inserted)[0];
}

/** From now on it lets nobody in. False when it was revoked already. */
export async function revokeToken(transaction: Transaction, tokenId: string, by: string): Promise<boolean> {
  const revoked = await transaction('api_tokens')
    .where('id', tokenId)
    .whereNull('revoked_at')
    .update({ revoked_at: transaction.raw('UTC_TIMESTAMP(3)'), revoked_by: by });
  return revoked === 1;
}
