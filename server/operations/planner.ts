import { createHash } from 'node:crypto';

import { z } from 'zod';

import { recordAuditEvent } from '../audit/audit-store.ts';
import type { OperationStatus } from '../contract/operations.ts';
import type { NewOperation, Operation } from '../contract/schemas/operations.ts';
import type { Database, Transaction } from '../database/connect.ts';
import { isDuplicateKey } from '../database/faults.ts';
import { inTransaction } from '../database/transaction.ts';
import { idColumn } from '../database/columns.ts';
import { takeDrafts } from '../messages/edits/edit-store.ts';
import { planSweep } from '../messages/message-sweep.ts';
import { AppError } from '../web/app-error.ts';
import type { Principal } from '../web/route.ts';

import { actions } from './actions.ts';
import { draftsFor } from './drafts-to-send.ts';
import { insertItems } from './item-store.ts';
import { noteDeadQueues } from './operation-dead-queues.ts';
import { readOperation } from './operation-queries.ts';
import { insertOperation, type KeptRequest } from './operation-store.ts';
import { countSelection } from './selection-summary.ts';
import { checkRequest, firstGoing, leavingOut, SELECTION_PORTION, selectMessages, statusesTaken } from './selection.ts';

type SelectionByFilter = Extract<NewOperation['selection'], { filter: unknown }>;

/** A checked request with a name on it. */
export interface OperationOrder {
  request: NewOperation;
  /** Their scope at this moment is part of the selection, whenever it is frozen. */
  actor: Pick<Principal, 'userId' | 'username' | 'scope'>;
  requestId: string;
  /** Given twice with the same request, it names one operation. */
  idempotencyKey: string | null;
}

/** What the office asks of operations beyond the contract's schemas. */
export interface OperationRules {
  /** From so many messages on a reason is required; null: never. */
  reasonRequiredFrom: number | null;
}

/** How long a start may take to count what it was shown, in ms. */
const COUNT_WITHIN_MS = 5_000;

/**
 * Brings an operation into being, with a name on it, before the first message is touched. A selection by ids is frozen
 * here: the operation, its items with each message's version and status, and the audit event in one transaction.
 * Messages in another state than the action takes are items too, `skipped` from the start: nothing that was named is
 * left unaccounted for. A selection by filter is compared with what was shown, and frozen by whoever runs the operation.
 *
 * @throws AppError `operation.messagesMissing`, `operation.nothingSelected`, `operation.selectionDrifted`,
 *   `operation.idempotencyConflict`, `operation.reasonRequired`, `draft.changed`, and those of `checkRequest`.
 */
export async function planOperation(
  database: Database,
  order: OperationOrder,
  rules: OperationRules,
): Promise<Operation> {
  checkRequest(order.request);
  const earlier = await findEarlier(database, order);
  if (earlier !== null) return earlier;
  try {
    const { selection } = order.request;
    return 'ids' in selection
      ? await planByIds(database, order, selection.ids, rules)
      : await planByFilter(database, order, selection, rules);
  } catch (error) {
    // Two calls with one key at the same time: the other one made it.
    const made = isDuplicateKey(error) ? await findEarlier(database, order) : null;
    if (made === null) throw error;
    return made;
  }
}

async function planByIds(
  database: Database,
  order: OperationOrder,
  ids: readonly string[],
  rules: OperationRules,
): Promise<Operation> {
  const { request } = order;
  return await inTransaction(database, async (transaction) => {
    const selected = await selectMessages(transaction, ids, order.actor.scope);
    checkReason(request, selected.length, rules);
    const leftOutBecause = leavingOut(request);
    const drafts = await draftsFor(transaction, request, selected);
    const items = firstGoing(
      selected.map((message) => ({ ...message, leftOut: leftOutBecause(message) ?? drafts.leftOut(message) })),
      request.limit ?? Infinity,
    );
    const skipped = items.filter(({ leftOut }) => leftOut !== null).length;
    const operationId = await insertPlanned(transaction, order, {
      status: request.startAt === undefined ? 'running' : 'scheduled',
      kept: { filter: null },
      total: items.length,
      skipped,
    });
    for (let from = 0; from < items.length; from += SELECTION_PORTION) {
      await insertItems(transaction, operationId, items.slice(from, from + SELECTION_PORTION));
    }
    await noteDeadQueues(transaction, operationId, new Set(items.map(({ deadQueueId }) => deadQueueId)));
    await takeDrafts(
      transaction,
      operationId,
      items.filter(({ leftOut }) => leftOut === null).flatMap(({ messageId }) => drafts.of(messageId) ?? []),
    );
    return await readOperation(transaction, operationId, order.actor);
  });
}

async function planByFilter(
  database: Database,
  order: OperationOrder,
  { filter, upToId, expectedCount, atLeast = false }: SelectionByFilter,
  rules: OperationRules,
): Promise<Operation> {
  const { request, actor } = order;
  const sweep = await planSweep(database, filter, actor.scope, { statuses: statusesTaken(request), upTo: upToId });
  const { count, exact } = await countSelection(database, sweep, COUNT_WITHIN_MS);
  if (exact && count === 0) throw new AppError('operation.nothingSelected');
  // Where it could not be counted, or was not, the freeze counts, and asks when it is more than was shown.
  if (exact && (atLeast ? count < expectedCount : count !== expectedCount)) {
    throw new AppError('operation.selectionDrifted', { params: { expected: expectedCount, count } });
  }
  checkReason(request, Math.min(request.limit ?? Infinity, Math.max(count, expectedCount)), rules);
  return await inTransaction(database, async (transaction) => {
    const operationId = await insertPlanned(transaction, order, {
      status: 'preparing',
      kept: {
        filter,
        ...(actor.scope === null ? {} : { deadQueueIds: [...actor.scope] }),
        upToId,
        shownCount: expectedCount,
        ...(atLeast ? { shownAtLeast: true as const } : {}),
      },
      total: 0,
      skipped: 0,
    });
    return await readOperation(transaction, operationId, actor);
  });
}

function checkReason(request: NewOperation, count: number, { reasonRequiredFrom }: OperationRules): void {
  if (request.reason !== undefined || reasonRequiredFrom === null || count < reasonRequiredFrom) return;
  throw new AppError('operation.reasonRequired', { params: { from: reasonRequiredFrom } });
}

/** The operation's row and the audit event that it was created. @returns its id. */
async function insertPlanned(
  transaction: Transaction,
  { request, actor, requestId, idempotencyKey }: OperationOrder,
  planned: {
    status: OperationStatus;
    kept: Pick<KeptRequest, 'filter' | 'deadQueueIds' | 'upToId' | 'shownCount' | 'shownAtLeast'>;
    total: number;
    skipped: number;
  },
): Promise<string> {
  const target =
    actions[request.action].work.kind === 'publish' ? (request.target ?? { kind: 'original' as const }) : null;
  const options = optionsOf(request);
  const operationId = await insertOperation(transaction, {
    action: request.action,
    status: planned.status,
    actor,
    reason: request.reason ?? null,
    request: { target, ...planned.kept, ...options },
    requestHash: hashOf(request),
    idempotencyKey,
    ratePerSecond: request.ratePerSecond ?? null,
    startAt: request.startAt === undefined ? null : new Date(request.startAt),
    total: planned.total,
    skipped: planned.skipped,
  });
  const { filter, shownCount } = planned.kept;
  await recordAuditEvent(transaction, {
    actor,
    kind: 'operation.created',
    operationId,
    details: {
      action: request.action,
      selection: filter === null ? 'ids' : { filter },
      ...(target === null ? {} : { target }),
      ...options,
      ...(request.ratePerSecond === undefined ? {} : { ratePerSecond: request.ratePerSecond }),
      ...(request.startAt === undefined ? {} : { startAt: request.startAt }),
      ...(request.reason === undefined ? {} : { reason: request.reason }),
      ...(shownCount === undefined ? { total: planned.total, skipped: planned.skipped } : { shown: shownCount }),
    },
    requestId,
  });
  return operationId;
}

/** Those that were chosen, as they are kept: flags are there when true. */
function optionsOf(request: NewOperation) {
  const { restoreCc, restoreExpiration, sendInexact, edited, includePossibleDuplicates } = request;
  const { limit, canary, stopWhenCameBack } = request;
  return {
    ...(restoreCc === true ? { restoreCc } : {}),
    ...(restoreExpiration === true ? { restoreExpiration } : {}),
    ...(sendInexact === true ? { sendInexact } : {}),
    ...(edited === true ? { edited } : {}),
    ...(includePossibleDuplicates === true ? { includePossibleDuplicates } : {}),
    ...(limit === undefined ? {} : { limit }),
    ...(canary === undefined ? {} : { canary }),
    ...(stopWhenCameBack === undefined ? {} : { stopWhenCameBack }),
  };
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
  return await readOperation(database, earlier.id, order.actor);
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
