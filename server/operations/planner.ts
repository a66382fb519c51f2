import { createHash } from 'node:crypto';

import { z } from 'zod';

import { recordAuditEvent } from '../audit/audit-store.ts';
import type { NewOperation, Operation } from '../contract/schemas/operations.ts';
import type { Database, Transaction } from '../database/connect.ts';
import { inTransaction } from '../database/transaction.ts';
import { idColumn } from '../database/columns.ts';
import { AppError } from '../web/app-error.ts';

import { actions } from './actions.ts';
import { insertItems } from './item-store.ts';
import { readOperation } from './operation-queries.ts';
import { insertOperation } from './operation-store.ts';
import { checkRequest, leavingOut, SELECTION_PORTION, selectMessages } from './selection.ts';

/** A checked request with a name on it. */
export interface OperationOrder {
  request: NewOperation;
  actor: { userId: string; username: string };
  requestId: string;
  /** Given twice with the same request, it names one operation. */
  idempotencyKey: string | null;
}

/**
 * Freezes the selection: the operation, its items with each message's version and status, and the audit event come into
 * being in one transaction, before the first message is touched. Messages in another state than the action takes are
 * items too, `skipped` from the start: nothing that was selected is left unaccounted for.
 *
 * @throws AppError `operation.messagesMissing`, `operation.idempotencyConflict`, and those of `checkRequest`.
 */
export async function planOperation(database: Database, order: OperationOrder): Promise<Operation> {
  checkRequest(order.request);
  const earlier = await findEarlier(database, order);
  if (earlier !== null) return earlier;
  try {
    return await inTransaction(database, (transaction) => freeze(transaction, order));
  } catch (error) {
    // Two calls with one key at the same time: the other one made it.
    const made = isDuplicateKey(error) ? await findEarlier(database, order) : null;
    if (made === null) throw error;
    return made;
  }
}

async function freeze(transaction: Transaction, order: OperationOrder): Promise<Operation> {
  const { request, actor, requestId } = order;
  const selected = await selectMessages(transaction, request.selection);
  const leftOutBecause = leavingOut(request);
  const items = selected.map((message) => ({ ...message, leftOut: leftOutBecause(message) }));
  const skipped = items.filter(({ leftOut }) => leftOut !== null).length;
  const filter = 'filter' in request.selection ? request.selection.filter : null;
  const target =
    actions[request.action].work.kind === 'publish' ? (request.target ?? { kind: 'original' as const }) : null;
  const options = {
    ...(request.restoreCc === true ? { restoreCc: true as const } : {}),
    ...(request.restoreExpiration === true ? { restoreExpiration: true as const } : {}),
    ...(request.sendInexact === true ? { sendInexact: true as const } : {}),
  };
  const operationId = await insertOperation(transaction, {
    action: request.action,
    status: 'running',
    actor,
    reason: request.reason ?? null,
    request: { target, filter, ...options },
    requestHash: hashOf(request),
    idempotencyKey: order.idempotencyKey,
    ratePerSecond: request.ratePerSecond ?? null,
    total: items.length,
    skipped,
  });
  for (let from = 0; from < items.length; from += SELECTION_PORTION) {
    await insertItems(transaction, operationId, items.slice(from, from + SELECTION_PORTION));
  }
  await recordAuditEvent(transaction, {
    actor,
    kind: 'operation.created',
    operationId,
    details: {
      action: request.action,
      selection: filter === null ? 'ids' : { filter },
      ...(target === null ? {} : { target }),
      ...options,
      ...(request.reason === undefined ? {} : { reason: request.reason }),
      total: items.length,
      skipped,
    },
    requestId,
  });
  return await readOperation(transaction, operationId);
}

const earlierRow = z.object({
  id: idColumn,
  request_hash: z.instanceof(Buffer),
});

async function findEarlier(database: Database, order: OperationOrder): Promise<Operation | null> {
  if (order.idempotencyKey === null) return null;
  const row: unknown = await database('operations')
    .where({ actor_id: order.actor.userId, idempotency_key: Buffer.from(order.idempotencyKey) })
    .first('id', 'request_hash');
  if (row === undefined) return null;
  const earlier = earlierRow.parse(row);
  if (!earlier.request_hash.equals(hashOf(order.request))) throw new AppError('operation.idempotencyConflict');
  return await readOperation(database, earlier.id);
}

function isDuplicateKey(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ER_DUP_ENTRY';
}

/** The same request, in whatever order its fields came, has the same hash. */
function hashOf(request: NewOperation): Buffer {
  const json = JSON.stringify(request, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return createHash('sha256').update(json).digest();
}
