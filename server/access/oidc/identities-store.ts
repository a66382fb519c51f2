import { z } from 'zod';

import { recordAuditEvent } from '../../audit/audit-store.ts';
import type { ErrorCode } from '../../contract/errors.ts';
import type { Database, Transaction } from '../../database/connect.ts';
import { isDuplicateKey } from '../../database/faults.ts';
import { inTransaction } from '../../database/transaction.ts';

import { endSessionsOf } from '../sessions-store.ts';
import { USER_COLUMNS, userRow, type User } from '../users-store.ts';

import type { Person } from './person.ts';
import type { Standing } from './role-mapping.ts';

/** The user that somebody from the provider is here, or why they are none. */
export type Admission = { user: User } | { refused: ErrorCode };

/** No password matches it, and users of the provider are not looked for by password in the first place. */
const NO_PASSWORD = 'none';
/** The names by which the audit record calls nobody in particular. */
const NOBODYS_NAMES = ['office', 'anonymous'];

const disabledColumn = z.object({ disabled_at: z.date().nullable() });

/**
 * Finds or makes the user of somebody who has signed in at the provider, gives them the role and the dead queues that
 * their groups say now, and does `then` in the same transaction. Their name stays the one of the first time. Who is
 * refused, because no group gives a role any more or because an administrator disabled them, loses the sessions that
 * they still have.
 */
export async function admit<T>(
  database: Database,
  person: Person,
  requestId: string,
  then: (transaction: Transaction, user: User) => Promise<T>,
): Promise<{ user: User; result: T } | { refused: ErrorCode }> {
  const attempt = () =>
    inTransaction(database, async (transaction) => {
      const admission = await userOf(transaction, person, requestId);
      return 'refused' in admission ? admission : { ...admission, result: await then(transaction, admission.user) };
    });
  try {
    return await attempt();
  } catch (error) {
    // Two sign-ins of somebody new at once: the other one has made the user.
    if (isDuplicateKey(error)) return await attempt();
    throw error;
  }
}

async function userOf(transaction: Transaction, person: Person, requestId: string): Promise<Admission> {
  const { issuer, subject, standing } = person;
  const row: unknown = await transaction('users')
    .join('user_identities', 'user_identities.user_id', 'users.id')
    .where({ 'user_identities.issuer': Buffer.from(issuer), 'user_identities.subject': Buffer.from(subject) })
    .forUpdate()
    .first(...USER_COLUMNS, 'users.disabled_at');
  if (row === undefined) {
    return standing === null ? { refused: 'session.noRole' } : await makeUser(transaction, person, standing, requestId);
  }
  const user = userRow.parse(row);
  const isDisabled = disabledColumn.parse(row).disabled_at !== null;
  if (isDisabled || standing === null) {
    await endSessionsOf(transaction, user.id);
    return { refused: isDisabled ? 'session.disabled' : 'session.noRole' };
  }
  return { user: await giveStanding(transaction, user, standing, requestId) };
}

/** A name that is taken is never shared: whose it is would be whose the provider says. */
async function makeUser(
  transaction: Transaction,
  { issuer, subject, username }: Person,
  { role, scope }: Standing,
  requestId: string,
): Promise<Admission> {
  const taken: unknown = await transaction('users').whereRaw('LOWER(username) = LOWER(?)', [username]).first('id');
  if (taken !== undefined || NOBODYS_NAMES.includes(username.toLowerCase())) return { refused: 'session.nameTaken' };
  const [created] = await transaction('users').insert({
    username,
    role,
    scope: scope === null ? null : JSON.stringify(scope),
    password_hash: NO_PASSWORD,
    created_at: transaction.raw('UTC_TIMESTAMP(3)'),
  });
  const id = String(created);
  await transaction('user_identities').insert({
    user_id: id,
    issuer: Buffer.from(issuer),
    subject: Buffer.from(subject),
    created_at: transaction.raw('UTC_TIMESTAMP(3)'),
  });
  await recordAuditEvent(transaction, {
    actor: { userId: id, username },
    kind: 'user.created',
    subject: username,
    subjectId: id,
    details: { role, scope, by: 'oidc' },
    requestId,
  });
  return { user: { id, username, role, scope, mustChangePassword: false } };
}

async function giveStanding(
  transaction: Transaction,
  user: User,
  { role, scope }: Standing,
  requestId: string,
): Promise<User> {
  const after = { role, scope };
  const before = { role: user.role, scope: user.scope };
  // There is no password that they could change.
  const isAsWas = JSON.stringify(after) === JSON.stringify(before);
  if (isAsWas && !user.mustChangePassword) return user;
  await transaction('users')
    .where('id', user.id)
    .update({
      role,
      scope: scope === null ? null : JSON.stringify(scope),
      must_change_password: 0,
      version: transaction.raw('version + 1'),
    });
  const now = { ...user, ...after, mustChangePassword: false };
  if (isAsWas) return now;
  await recordAuditEvent(transaction, {
    actor: { userId: user.id, username: user.username },
    kind: 'user.changed',
    subject: user.username,
    subjectId: user.id,
    details: { before, after, by: 'oidc' },
    requestId,
  });
  return now;
}
