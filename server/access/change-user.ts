import { recordAuditEvent } from '../audit/audit-store.ts';
import type { User, UserChange } from '../contract/schemas/users.ts';
import type { Database, Transaction } from '../database/connect.ts';
import { AppError } from '../web/app-error.ts';
import type { Principal } from '../web/route.ts';

import { findUser, lockAdmins, removeUser, revokeTokensOf, updateUser } from './managed-users.ts';
import { endSessionsOf } from './sessions-store.ts';

/** Who does it, by which request. */
export interface Act {
  actor: Principal;
  requestId: string;
}

/** @throws AppError `user.notFound`. */
export async function existingUser(database: Database | Transaction, id: string): Promise<User> {
  const found = await findUser(database, id);
  if (found === null) throw new AppError('user.notFound');
  return found;
}

/**
 * The administrators who can sign in, held until the end of the transaction.
 *
 * @throws AppError `access.denied` where whoever asks is none of them any more: two who take each other's role away at the
 * same time cannot both succeed.
 */
export async function standingAdmins(transaction: Transaction, actor: Principal): Promise<readonly string[]> {
  const admins = await lockAdmins(transaction);
  if (!admins.includes(actor.userId)) throw new AppError('access.denied', { params: { role: 'admin' } });
  return admins;
}

/**
 * Changes role and scope, disables or enables. What was not named stays.
 *
 * @throws AppError `user.notFound`, `user.removed`, `user.changed` where it is not as it was seen, `user.adminScope`, and
 * `user.self` or `user.lastAdmin` where whoever asks would take away their own rights.
 */
export async function changeUser(transaction: Transaction, id: string, change: UserChange, act: Act): Promise<User> {
  const admins = await standingAdmins(transaction, act.actor);
  const before = await existingUser(transaction, id);
  if (before.state === 'removed') throw new AppError('user.removed');
  const after = { role: change.role ?? before.role, scope: change.scope === undefined ? before.scope : change.scope };
  if (after.role === 'admin' && after.scope !== null) throw new AppError('user.adminScope');
  if (change.disabled === true || after.role !== 'admin') mustNotBeSelf(id, act, admins);
  if (!(await updateUser(transaction, id, change))) throw new AppError('user.changed');

  const event = { actor: act.actor, subject: before.username, subjectId: id, requestId: act.requestId };
  if (JSON.stringify(after) !== JSON.stringify({ role: before.role, scope: before.scope })) {
    await recordAuditEvent(transaction, {
      ...event,
      kind: 'user.changed',
      details: { before: { role: before.role, scope: before.scope }, after },
    });
  }
  if (change.disabled === true && before.state === 'enabled') {
    const details = await endAll(transaction, id);
    await recordAuditEvent(transaction, { ...event, kind: 'user.disabled', details });
  }
  if (change.disabled === false && before.state === 'disabled') {
    await recordAuditEvent(transaction, { ...event, kind: 'user.enabled' });
  }
  return await existingUser(transaction, id);
}

/** Once is enough: a user who was removed before stays so. @throws AppError as `changeUser`. */
export async function removeForGood(transaction: Transaction, id: string, act: Act): Promise<void> {
  const admins = await standingAdmins(transaction, act.actor);
  const before = await existingUser(transaction, id);
  mustNotBeSelf(id, act, admins);
  if (before.state === 'removed') return;
  await removeUser(transaction, id);
  await recordAuditEvent(transaction, {
    actor: act.actor,
    kind: 'user.removed',
    subject: before.username,
    subjectId: id,
    details: await endAll(transaction, id),
    requestId: act.requestId,
  });
}

/** Whoever takes away the rights of others keeps their own: so there is always somebody left who has them. */
function mustNotBeSelf(id: string, { actor }: Act, admins: readonly string[]): void {
  if (id === actor.userId) throw new AppError(admins.length === 1 ? 'user.lastAdmin' : 'user.self');
}

async function endAll(transaction: Transaction, id: string): Promise<{ sessions: number; tokens: number }> {
  const sessions = await endSessionsOf(transaction, id);
  return { sessions, tokens: await revokeTokensOf(transaction, id) };
}
