import { recordAuditEvent, THE_OFFICE } from '../audit/audit-store.ts';
import { APPROVAL_HOURS } from '../contract/operations.ts';
import type { ApprovalCause, Operation } from '../contract/schemas/operations.ts';
import type { Database, Transaction } from '../database/connect.ts';
import { inTransaction } from '../database/transaction.ts';
import { readQueuesNeedingApproval } from '../dead-queues/dead-queue-store.ts';
import { AppError } from '../web/app-error.ts';
import type { Principal } from '../web/route.ts';

import { readOperation } from './operation-queries.ts';
import { letGoOn, lockOperation, setOperationStatus, stopOperation, type LockedOperation } from './operation-store.ts';

/**
 * Four eyes. An operation that takes a second person is frozen like any other and then waits, so that what is approved
 * is exactly what runs. No runner takes it while it is `awaitingApproval`, and nothing leaves in that status: a portion
 * is only opened of an operation that is `running` or `waiting`.
 *
 * | it waits | leaves it by |
 * |---|---|
 * | `awaitingApproval`, undecided | approved by somebody else → `running`, or `scheduled` until its time; rejected → `stopped`; nobody decides within `APPROVAL_HOURS` → `stopped`; cancelled → `cancelled` |
 */
export interface ApprovalRules {
  /** So many messages take a second person; null: none do by their number. */
  approvalFrom: number | null;
}

/** What an operation is on, of what decides whether it takes a second person. */
interface OnWhat {
  /** Messages that will have their turn. */
  going: number;
  deadQueueIds: ReadonlySet<string>;
}

/** Why it takes a second person; empty where it does not. What has nothing to do takes nobody. */
export async function approvalCauses(
  database: Database | Transaction,
  { going, deadQueueIds }: OnWhat,
  { approvalFrom }: ApprovalRules,
): Promise<ApprovalCause[]> {
  if (going === 0) return [];
  const queues = await readQueuesNeedingApproval(database);
  return [
    ...(approvalFrom !== null && going >= approvalFrom
      ? [{ code: 'count' as const, params: { from: approvalFrom } }]
      : []),
    ...[...queues]
      .filter(([id]) => deadQueueIds.has(id))
      .map(([, name]) => ({ code: 'deadQueue' as const, params: { name } })),
  ];
}

/**
 * Writes down, in the transaction that has the last of its items, whether an operation takes a second person.
 *
 * @returns the causes; null where it takes nobody.
 */
export async function noteApprovalNeeded(
  transaction: Transaction,
  operationId: string,
  onWhat: OnWhat,
  rules: ApprovalRules,
): Promise<ApprovalCause[] | null> {
  const because = await approvalCauses(transaction, onWhat, rules);
  if (because.length === 0) return null;
  await transaction('operations')
    .where('id', operationId)
    .update({ approval: JSON.stringify(because) });
  return because;
}

/** Nothing else holds it: it goes on, or waits for a second person where it takes one and none has decided. */
export async function goOnOrAwaitApproval(
  transaction: Transaction,
  { id, undecided, total, now }: Pick<LockedOperation, 'id' | 'undecided' | 'total' | 'now'>,
): Promise<void> {
  if (undecided === null) {
    await letGoOn(transaction, id);
    return;
  }
  const until = new Date(now.getTime() + APPROVAL_HOURS * 3_600_000);
  const untilText = until.toISOString();
  await setOperationStatus(transaction, id, 'awaitingApproval', {
    code: 'awaitsApproval',
    params: { until: untilText },
  });
  await transaction('operations').where({ id }).update({ approval_until: until });
  await recordAuditEvent(transaction, {
    actor: THE_OFFICE,
    kind: 'operation.awaitsApproval',
    operationId: id,
    details: { because: undecided, total, until: untilText },
  });
}

/** Ends an operation for which nobody has decided in time. Any other is left as it is. */
export async function expireApproval(
  transaction: Transaction,
  { id, status, approvalUntil, now }: LockedOperation,
): Promise<void> {
  if (status !== 'awaitingApproval' || approvalUntil === null || approvalUntil > now) return;
  await writeDecision(transaction, id, { what: 'expired', by: null, reason: null });
  await stopOperation(transaction, id, { code: 'approvalExpired', params: { hours: APPROVAL_HOURS } });
  await recordAuditEvent(transaction, {
    actor: THE_OFFICE,
    kind: 'operation.approvalExpired',
    operationId: id,
    details: { hours: APPROVAL_HOURS },
  });
}

/**
 * A second person's word: it begins (or waits for its time), or ends with nothing done. The person has to see all that
 * the operation is on, and is never the one who asked for it, by whatever session.
 *
 * @throws AppError `operation.notFound`, `operation.ownApproval`, `operation.notAwaiting`.
 */
export async function decideOperation(
  database: Database,
  operationId: string,
  decision: { what: 'approved' | 'rejected'; reason: string; actor: Principal; requestId: string },
): Promise<Operation> {
  const { what, reason, actor, requestId } = decision;
  return await inTransaction(database, async (transaction) => {
    const operation = await lockOperation(transaction, operationId);
    if (operation === null) throw new AppError('operation.notFound');
    // Who does not see all that it is on does not see it.
    await readOperation(transaction, operationId, actor);
    if (operation.actorId === actor.userId) throw new AppError('operation.ownApproval');
    const { status, approvalUntil, now, total } = operation;
    if (status !== 'awaitingApproval' || approvalUntil === null || approvalUntil <= now) {
      throw new AppError('operation.notAwaiting');
    }
    await writeDecision(transaction, operationId, { what, by: actor.username, reason }, actor.userId);
    await recordAuditEvent(transaction, {
      actor,
      kind: `operation.${what}`,
      operationId,
      details: { reason, total },
      requestId,
    });
    if (what === 'approved') await letGoOn(transaction, operationId);
    else await stopOperation(transaction, operationId, { code: 'rejected', params: { by: actor.username, reason } });
    return await readOperation(transaction, operationId, actor);
  });
}

async function writeDecision(
  transaction: Transaction,
  operationId: string,
  decision: { what: 'approved' | 'rejected' | 'expired'; by: string | null; reason: string | null },
  userId: string | null = null,
): Promise<void> {
  await transaction('operations')
    .where('id', operationId)
    .update({
      decision: JSON.stringify(decision),
      decided_by: userId,
      decided_at: transaction.raw('UTC_TIMESTAMP(3)'),
    });
}
