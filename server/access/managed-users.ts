import type { Knex } from 'knex';
import { z } from 'zod';

import type { NewUser, User, UserChange, UserListQuery } from '../contract/schemas/users.ts';
import { countColumn, idColumn, nameColumn, timeColumn } from '../database/columns.ts';
import type { Database, Transaction } from '../database/connect.ts';
import { isDuplicateKey } from '../database/faults.ts';
import { COUNT_CAP, type Paging } from '../web/list-query.ts';

import { matchesScope } from './scope.ts';
import { lockedUntil } from './sign-in-limit.ts';
import { USER_COLUMNS, userRow } from './users-store.ts';

const row = z.object({
  created_at: timeColumn,
  last_sign_in_at: timeColumn.nullable(),
  disabled_at: timeColumn.nullable(),
  removed_at: timeColumn.nullable(),
  version: countColumn,
  sessions: countColumn,
  second_factors: countColumn,
});

/** A page of users by name, and how many there are. */
export async function listUsers(
  database: Database,
  query: UserListQuery,
  { limit, offset }: Paging,
): Promise<{ users: User[]; counted: number }> {
  const matching = () => {
    const users = database('users');
    if (query.search !== undefined && query.search !== '') {
      void users.whereRaw('INSTR(LOWER(users.username), LOWER(?)) > 0', [query.search]);
    }
    if (query.state === 'removed') void users.whereNotNull('users.removed_at');
    else void users.whereNull('users.removed_at');
    if (query.state === 'enabled') void users.whereNull('users.disabled_at');
    if (query.state === 'disabled') void users.whereNotNull('users.disabled_at');
    return users;
  };
  const capped = matching().select(database.raw('1')).limit(COUNT_CAP).as('capped');
  const [rows, counted] = await Promise.all([
    withSessions(matching(), database)
      .orderBy([{ column: 'users.username' }, { column: 'users.id' }])
      .limit(limit + 1)
      .offset(offset) as PromiseLike<unknown>,
    database(capped).count({ counted: '*' }).first() as PromiseLike<unknown>,
  ]);
  return { users: await asUsers(database, rows), counted: z.object({ counted: countColumn }).parse(counted).counted };
}

/** Null where there is none. */
export async function findUser(database: Database | Transaction, id: string): Promise<User | null> {
  const rows: unknown = await withSessions(database('users').where('users.id', id), database);
  return (await asUsers(database, rows))[0] ?? null;
}

/** @returns its id, or null where somebody has this name, in small letters or large ones, or had it. */
export async function insertUser(
  transaction: Transaction,
  { username, role, scope = null }: NewUser,
  passwordHash: string,
): Promise<string | null> {
  const taken: unknown = await transaction('users').whereRaw('LOWER(username) = LOWER(?)', [username]).first('id');
  if (taken !== undefined) return null;
  try {
    const inserted: unknown = await transaction('users').insert({
      username,
      role,
      scope: scope === null ? null : JSON.stringify(scope),
      password_hash: passwordHash,
      must_change_password: 1,
      created_at: transaction.raw('UTC_TIMESTAMP(3)'),
    });
    return z.tuple([idColumn]).parse(inserted)[0];
  } catch (error) {
    if (isDuplicateKey(error)) return null;
    throw error;
  }
}

/** @returns whether the user was as seen, and is changed now. */
export async function updateUser(
  transaction: Transaction,
  id: string,
  { version, role, scope, disabled }: UserChange,
): Promise<boolean> {
  const now = transaction.raw('UTC_TIMESTAMP(3)');
  const changed = await transaction('users')
    .where({ id, version })
    .update({
      ...(role === undefined ? {} : { role }),
      ...(scope === undefined ? {} : { scope: scope === null ? null : JSON.stringify(scope) }),
      ...(disabled === undefined ? {} : { disabled_at: disabled ? now : null }),
      version: version + 1,
    });
  return changed > 0;
}

/** For good: the name stays taken, so that nobody else acts under it. */
export async function removeUser(transaction: Transaction, id: string): Promise<void> {
  const now = transaction.raw('UTC_TIMESTAMP(3)');
  await transaction('users')
    .where({ id })
    .update({
      disabled_at: transaction.raw('COALESCE(disabled_at, UTC_TIMESTAMP(3))'),
      removed_at: now,
      version: transaction.raw('version + 1'),
    });
}

/**
 * The administrators who can sign in, held until the end of the transaction: of two acts that would take them all away
 * the second sees what the first has done.
 */
export async function lockAdmins(transaction: Transaction): Promise<string[]> {
  const rows: unknown = await transaction('users')
    .where('role', 'admin')
    .whereNull('scope')
    .whereNull('disabled_at')
    .orderBy('id')
    .forUpdate()
    .pluck('id');
  return z.array(idColumn).parse(rows);
}

/** @returns how many there were. A token that was revoked stays so. */
export async function revokeTokensOf(transaction: Transaction, userId: string): Promise<number> {
  return await transaction('api_tokens')
    .where('user_id', userId)
    .whereNull('revoked_at')
    .update({ revoked_at: transaction.raw('UTC_TIMESTAMP(3)') });
}

/** All dead queues, also those that are not watched any more, by name. */
export async function deadQueueNames(database: Database | Transaction): Promise<string[]> {
  const names = z.array(nameColumn).parse(await database('dead_queues').pluck('name'));
  return [...new Set(names)].sort((one, other) => one.localeCompare(other));
}

function withSessions(users: Knex.QueryBuilder, database: Database | Transaction) {
  return users.select(
    ...USER_COLUMNS,
    'users.created_at',
    'users.last_sign_in_at',
    'users.disabled_at',
    'users.removed_at',
    'users.version',
    database('sessions')
      .whereRaw('sessions.user_id = users.id')
      .where('sessions.expires_at', '>', database.raw('UTC_TIMESTAMP(3)'))
      .count('*')
      .as('sessions'),
    database('second_factors')
      .whereRaw('second_factors.user_id = users.id')
      .whereNotNull('second_factors.confirmed_at')
      .count('*')
      .as('second_factors'),
  );
}

async function asUsers(database: Database | Transaction, rows: unknown): Promise<User[]> {
  const found = z
    .array(z.unknown())
    .parse(rows)
    .map((one) => ({ ...userRow.parse(one), ...row.parse(one) }));
  const names = await deadQueueNames(database);
  const locked = await lockedUntil(
    database,
    found.map(({ username }) => username),
  );
  return found.map((one) => ({
    id: one.id,
    username: one.username,
    role: one.role,
    scope: one.scope,
    deadQueues: one.scope === null ? null : names.filter((name) => matchesScope(one.scope ?? [], name)),
    createdAt: one.created_at,
    lastSignInAt: one.last_sign_in_at,
    state: one.removed_at !== null ? 'removed' : one.disabled_at !== null ? 'disabled' : 'enabled',
    mustChangePassword: one.mustChangePassword,
    lockedUntil: locked.get(one.username) ?? null,
    hasSecondFactor: one.second_factors > 0,
    sessions: one.sessions,
    version: one.version,
  }));
}
