import { randomBytes } from 'node:crypto';

import { recordAuditEvent, THE_OFFICE } from '../audit/audit-store.ts';
import { ROLES, type Role } from '../contract/access.ts';
import type { Database } from '../database/connect.ts';

import { hashPassword, verifyPassword } from './passwords.ts';

export interface User {
  id: string;
  username: string;
  role: Role;
}

interface UserRow {
  id: string;
  username: string;
  role: string;
  password_hash: string;
}

/** A role in the database that this version does not know gives the least rights. */
export function toUser(row: Pick<UserRow, 'id' | 'username' | 'role'>): User {
  return { id: row.id, username: row.username, role: ROLES.find((role) => role === row.role) ?? 'viewer' };
}

/** What an unknown username is checked against, so that it takes as long as a wrong password. */
const nobodysHash = hashPassword(randomBytes(16).toString('hex'));

/** The user whose password this is, or null. Takes the same time whether or not the username exists. */
export async function findByCredentials(database: Database, username: string, password: string): Promise<User | null> {
  const row = await database<UserRow>('users').where({ username }).whereNull('disabled_at').first();
  const right = await verifyPassword(password, row?.password_hash ?? (await nobodysHash));
  return right && row !== undefined ? toUser(row) : null;
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
  const generatedPassword = password === null ? randomBytes(12).toString('base64url') : null;
  const passwordHash = await hashPassword(password ?? generatedPassword ?? '');
  const created = await database.transaction(async (transaction) => {
    // Two instances may start at once: the username is unique, the second insert does nothing.
    const [result] = (await transaction.raw(
      `INSERT IGNORE INTO users (username, role, password_hash, created_at) VALUES (?, 'administrator', ?, UTC_TIMESTAMP(3))`,
      [username, passwordHash],
    )) as [{ affectedRows: number }];
    if (result.affectedRows === 0) return false;
    await recordAuditEvent(transaction, {
      actor: THE_OFFICE,
      kind: 'user.created',
      subject: username,
      details: { role: 'administrator' },
    });
    return true;
  });
  return { created, generatedPassword: created ? generatedPassword : null };
}
