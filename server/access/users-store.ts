import { randomBytes } from 'node:crypto';

import { z } from 'zod';

import { recordAuditEvent, THE_OFFICE } from '../audit/audit-store.ts';
import { ROLES, type Role } from '../contract/access.ts';
import { countColumn, idColumn, nameListColumn } from '../database/columns.ts';
import type { Database, Transaction } from '../database/connect.ts';

import { AppError } from '../web/app-error.ts';

import { hashPassword, makePassword, verifyPassword } from './passwords.ts';

export interface User {
  id: string;
  username: string;
  role: Role;
  /** Patterns of the dead queues to which they are limited; null: to none. */
  scope: string[] | null;
  mustChangePassword: boolean;
}

export const userRow = z
  .object({
    id: idColumn,
    username: z.string(),
    // One that this version does not know gives the least rights.
    role: z.enum(ROLES).catch('viewer'),
    scope: nameListColumn.nullable(),
    must_change_password: countColumn,
  })
  .transform(({ must_change_password: mustChange, ...row }): User => ({
    ...row,
    mustChangePassword: mustChange === 1,
  }));
export const USER_COLUMNS = [
  'users.id',
  'users.username',
  'users.role',
  'users.scope',
  'users.must_change_password',
] as const;

const passwordRow = z.object({ password_hash: z.string() });

/** What an unknown username is checked against, so that it takes as long as a wrong password. */
const nobodysHash = hashPassword(randomBytes(16).toString('hex'));

/** The user whose password this is, or null. Takes the same time whether or not the username exists. */
export async function findByCredentials(database: Database, username: string, password: string): Promise<User | null> {
  const row: unknown = await database('users')
    .where({ username })
    .whereNull('disabled_at')
    // Who comes from the identity provider has no password, whatever the row says.
    .whereNotExists(database('user_identities').whereRaw('user_identities.user_id = users.id'))
    .first(...USER_COLUMNS, 'users.password_hash');
  const hash = row === undefined ? await nobodysHash : passwordRow.parse(row).password_hash;
  const right = await verifyPassword(password, hash);
  return right && row !== undefined ? userRow.parse(row) : null;
}

/** Whether somebody has this name, or had it. */
export async function isUsername(database: Database | Transaction, username: string): Promise<boolean> {
  return (await database('users').where({ username }).first('id')) !== undefined;
}

/** @throws AppError `session.missing` when there is no such user (any more). */
export async function readUser(database: Database | Transaction, id: string): Promise<User> {
  const row: unknown = await database('users')
    .where({ id })
    .first(...USER_COLUMNS);
  if (row === undefined) throw new AppError('session.missing');
  return userRow.parse(row);
}

export async function setPassword(
  transaction: Transaction,
  id: string,
  { passwordHash, mustChange }: { passwordHash: string; mustChange: boolean },
): Promise<void> {
  await transaction('users')
    .where({ id })
    .update({ password_hash: passwordHash, must_change_password: mustChange ? 1 : 0 });
}

/**
 * Creates the first administrator when there is no user at all.
 *
 * @returns the password when it was generated here, else null. It is kept nowhere else.
 */
export async function ensureAdministrator(
  database: Database,
  { username, password }: { username: string; password: string | null },
): Promise<{ created: boolean; generatedPassword: string | null }> {
  if ((await database('users').first('id')) !== undefined) return { created: false, generatedPassword: null };
  const generatedPassword = password === null ? makePassword() : null;
  const passwordHash = await hashPassword(password ?? generatedPassword ?? '');
  const created = await database.transaction(async (transaction) => {
    // Two instances may start at once: the username is unique, the second insert does nothing.
    const [result] = (await transaction.raw(
      `INSERT IGNORE INTO users (username, role, password_hash, must_change_password, created_at)
       VALUES (?, 'admin', ?, ?, UTC_TIMESTAMP(3))`,
      // One that was made here is in a log: it is for the first sign-in only.
      [username, passwordHash, generatedPassword === null ? 0 : 1],
    )) as [{ affectedRows: number }];
    if (result.affectedRows === 0) return false;
    await recordAuditEvent(transaction, {
      actor: THE_OFFICE,
      kind: 'user.created',
      subject: username,
      details: { role: 'admin' },
    });
    return true;
  });
  return { created, generatedPassword: created ? generatedPassword : null };
}
