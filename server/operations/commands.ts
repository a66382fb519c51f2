import { recordAuditEvent } from '../audit/audit-store.ts';
import type { OperationStatus } from '../contract/operations.ts';
import type { Operation } from '../contract/schemas/operations.ts';
import type { Database } from '../database/connect.ts';
import { inTransaction } from '../database/transaction.ts';
import type { Principal } from '../web/route.ts';
import { AppError } from '../web/app-error.ts';

import { readOperation } from './operation-queries.ts';
import { lockOperation, resumeOperation, setOperationStatus, setRate, type Hold } from './operation-store.ts';
import { actions } from './actions.ts';

/** What an operator can tell an operation that has not ended. Whoever runs it obeys within a second. */
export const COMMANDS = {
  pause: { from: ['running', 'waiting'], to: 'paused', audit: 'operation.paused' },
  resume: { from: ['paused'], to: 'running', audit: 'operation.resumed' },
  cancel: {
    from: ['scheduled', 'awaitingApproval', 'preparing', 'running', 'waiting', 'paused'],
    to: 'cancelled',
    audit: 'operation.cancelled',
  },
} as const satisfies Record<string, { from: OperationStatus[]; to: OperationStatus; audit: string }>;
export type Command = keyof typeof COMMANDS;

const PAUSED_BY_HAND: Hold = { code: 'byHand', params: {} };

interface By {
  actor: Pick<Principal, 'userId' | 'username' | 'scope'>;
  requestId: string;
}

/**
 * Pauses, resumes or cancels. What is in flight finishes in any case; saying it twice is like saying it once.
 *
 * @throws AppError `operation.notFound`, or `operation.ended` when there is nothing left to stop or to go on with.
 */
export async function commandOperation(
  database: Database,
  operationId: string,
  command: Command,
  by: By,
): Promise<Operation> {
  const { from, to, audit } = COMMANDS[command];
  return await inTransaction(database, async (transaction) => {
    const operation = await lockOperation(transaction, operationId);
    if (operation === null) throw new AppError('operation.notFound');
    await readOperation(transaction, operationId, by.actor);
    if (from.some((status) => status === operation.status)) {
      if (command === 'resume') await resumeOperation(transaction, operationId);
      else await setOperationStatus(transaction, operationId, to, command === 'pause' ? PAUSED_BY_HAND : null);
      await recordAuditEvent(transaction, { ...by, kind: audit, operationId, details: { before: operation.status } });
    } else if (operation.status !== to && (operation.finished || operation.status === 'cancelled')) {
      throw new AppError('operation.ended');
    }
    return await readOperation(transaction, operationId, by.actor);
  });
}

/**
 * From now on a resend goes at this pace; null: as fast as it goes. Whoever runs it obeys within a second.
 *
 * @throws AppError `operation.notFound`, `operation.ended`, `operation.notPaced`.
 */
export async function changeRate(
  database: Database,
  operationId: string,
  ratePerSecond: number | null,
  by: By,
): Promise<Operation> {
  return await inTransaction(database, async (transaction) => {
    const operation = await lockOperation(transaction, operationId);
    if (operation === null) throw new AppError('operation.notFound');
    const { action } = await readOperation(transaction, operationId, by.actor);
    if (operation.finished || operation.status === 'cancelled') throw new AppError('operation.ended');
    if (actions[action].work.kind !== 'publish') throw new AppError('operation.notPaced');
    if (operation.ratePerSecond !== ratePerSecond) {
      await setRate(transaction, operationId, ratePerSecond);
      await recordAuditEvent(transaction, {
        ...by,
        kind: 'operation.rateChanged',
        operationId,
        details: { from: operation.ratePerSecond, to: ratePerSecond },
      });
    }
    return await readOperation(transaction, operationId, by.actor);
  });
}
