import { z } from 'zod';

import { ITEM_ERRORS } from '../contract/errors.ts';
import { ACTIONS, DECISIONS, HOLD_CODES, OPERATION_STATUSES, OUTCOMES, STOP_CODES } from '../contract/operations.ts';
import type { List } from '../contract/schemas/lists.ts';
import type {
  Operation,
  OperationItem,
  OperationItemQuery,
  OperationListQuery,
} from '../contract/schemas/operations.ts';
import { operationSeen } from '../access/within-scope.ts';
import type { Database, Transaction } from '../database/connect.ts';
import { countColumn, idColumn, nameColumn, timeColumn } from '../database/columns.ts';
import { AppError } from '../web/app-error.ts';
import type { Sight } from '../web/route.ts';
import { COUNT_CAP, decodeCursor, encodeCursor, listAnswer, pagingOf } from '../web/list-query.ts';

import { approvalColumn, keptRequest } from './operation-store.ts';

const outcomeColumns = {
  confirmed: countColumn,
  unroutable: countColumn,
  refused: countColumn,
  failed: countColumn,
  unknown: countColumn,
  skipped: countColumn,
};
const outcomesRow = z.object(outcomeColumns);

/** As `approval.ts` writes it. */
const decision = z.object({ what: z.enum(DECISIONS), by: z.string().nullable(), reason: z.string().nullable() });

const operationRow = z.object({
  id: idColumn,
  action: z.enum(ACTIONS),
  status: z.enum(OPERATION_STATUSES),
  actor_name: z.string(),
  reason: z.string().nullable(),
  request: z.string().transform((json) => keptRequest.parse(JSON.parse(json))),
  total: countColumn,
  ...outcomeColumns,
  came_back: countColumn,
  settled: countColumn,
  rate_per_second: z.number().int().nullable(),
  created_at: timeColumn,
  started_at: timeColumn.nullable(),
  finished_at: timeColumn.nullable(),
  start_at: timeColumn.nullable(),
  hold: codeAndParams(HOLD_CODES),
  stopped_because: codeAndParams(STOP_CODES),
  approval: approvalColumn,
  approval_until: timeColumn.nullable(),
  decision: z
    .string()
    .nullable()
    .transform((json) => (json === null ? null : decision.parse(JSON.parse(json)))),
  decided_at: timeColumn.nullable(),
});

function approvalOf({ approval, approval_until, decision, decided_at }: z.infer<typeof operationRow>) {
  if (approval === null) return null;
  return {
    because: approval,
    until: approval_until,
    decision: decision === null || decided_at === null ? null : { ...decision, at: decided_at },
  };
}

/** JSON of a code and what belongs to it, as `operation-store.ts` writes it. */
function codeAndParams<Code extends string>(codes: readonly Code[]) {
  const written = z.strictObject({
    code: z.enum(codes),
    params: z.record(z.string(), z.union([z.string(), z.number()])),
  });
  return z
    .string()
    .nullable()
    .transform((json) => (json === null ? null : written.parse(JSON.parse(json))));
}

function toOperation(row: z.infer<typeof operationRow>): Operation {
  const {
    includePossibleDuplicates: _twins,
    deadQueueIds: _deadQueueIds,
    upToId: _upToId,
    shownCount: _shownCount,
    shownAtLeast: _shownAtLeast,
    largeFrom: _largeFrom,
    ...request
  } = row.request;
  return {
    id: row.id,
    action: row.action,
    status: row.status,
    actor: row.actor_name,
    reason: row.reason,
    ...request,
    total: row.total,
    outcomes: outcomesRow.parse(row),
    cameBack: row.came_back,
    settled: row.settled,
    ratePerSecond: row.rate_per_second,
    startAt: row.start_at,
    hold: row.hold,
    approval: approvalOf(row),
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    ...(row.stopped_because === null ? {} : { stoppedBecause: row.stopped_because }),
  };
}

/** @throws AppError `operation.notFound`, also for one that reaches beyond what is seen. */
export async function readOperation(
  database: Database | Transaction,
  operationId: string,
  sight: Sight,
): Promise<Operation> {
  const [operation] = await readOperations(database, [operationId], sight);
  if (operation === undefined) throw new AppError('operation.notFound');
  return operation;
}

/** Those of these operations that exist and are seen, oldest first. */
export async function readOperations(
  database: Database | Transaction,
  operationIds: readonly string[],
  sight: Sight,
): Promise<Operation[]> {
  const seen = operationSeen('operations', sight);
  const rows: unknown[] = await database('operations')
    .whereIn('id', [...operationIds])
    .whereRaw(seen.sql, seen.bindings)
    .orderBy('id');
  return z.array(operationRow).parse(rows).map(toOperation);
}

/** Those that have not ended, or only a few seconds ago: few, whatever is in the table. */
export async function findCurrentOperations(database: Database): Promise<string[]> {
  const ids: unknown[] = await database('operations')
    .whereNull('finished_at')
    .orWhereRaw('finished_at > UTC_TIMESTAMP(3) - INTERVAL 5 SECOND')
    .orderBy('id')
    .pluck('id');
  return ids.map(String);
}

const idCursor = z.tuple([z.string().regex(/^\d{1,19}$/)]);
const idOf = (cursor: string) => decodeCursor(cursor, idCursor)[0];

/**
 * Newest first, unless asked otherwise.
 *
 * @throws AppError `page.tooDeep`, `cursor.invalid`, `request.malformed`.
 */
export async function listOperations(
  database: Database,
  query: OperationListQuery,
  sight: Sight,
): Promise<List<Operation>> {
  const paging = pagingOf(query);
  const seen = operationSeen('operations', sight);
  const operations = () => {
    const all = database('operations').whereRaw(seen.sql, seen.bindings);
    if (query.status !== undefined) void all.whereIn('status', query.status);
    if (query.action !== undefined) void all.whereIn('action', query.action);
    return all;
  };
  const ascending = (query.sort === 'id') !== (paging.before !== undefined);
  const page = operations()
    .orderBy('id', ascending ? 'asc' : 'desc')
    .limit(paging.limit + 1)
    .offset(paging.offset);
  const from = paging.after ?? paging.before;
  if (from !== undefined) void page.where('id', ascending ? '>' : '<', idOf(from));
  const rows: unknown[] = await page;
  const counted: unknown = await database
    .from(operations().select('id').limit(COUNT_CAP).as('capped'))
    .count({ counted: '*' })
    .first();
  return listAnswer({
    rows: z.array(operationRow).parse(rows),
    paging,
    toItem: toOperation,
    cursorOf: (row) => encodeCursor([row.id]),
    counted: z.object({ counted: countColumn }).parse(counted).counted,
  });
}

const itemRow = z.object({
  message_id: idColumn,
  outcome: z.enum(OUTCOMES).nullable(),
  exchange: nameColumn.nullable(),
  routing_key: nameColumn.nullable(),
  error_code: z.enum(ITEM_ERRORS).nullable(),
  error_text: z.string().nullable(),
  at: timeColumn.nullable(),
  came_back_at: timeColumn.nullable(),
  settled_at: timeColumn.nullable(),
});

/**
 * The items of an operation, in id order.
 *
 * @throws AppError `operation.notFound`, `page.tooDeep`, `cursor.invalid`, `request.malformed`.
 */
export async function listOperationItems(
  database: Database,
  operationId: string,
  query: OperationItemQuery,
  sight: Sight,
): Promise<List<OperationItem>> {
  const paging = pagingOf(query);
  const operation = await readOperation(database, operationId, sight);
  const backwards = paging.before !== undefined;
  const page = database('operation_items')
    .where('operation_id', operationId)
    .orderBy('message_id', backwards ? 'desc' : 'asc')
    .limit(paging.limit + 1)
    .offset(paging.offset)
    .select(
      'message_id',
      'outcome',
      'exchange',
      'routing_key',
      'error_code',
      'error_text',
      'at',
      'came_back_at',
      'settled_at',
    );
  const from = paging.after ?? paging.before;
  if (from !== undefined) void page.where('message_id', backwards ? '<' : '>', idOf(from));
  if (query.outcome !== undefined) void page.whereIn('outcome', query.outcome);
  const rows: unknown[] = await page;
  const { outcomes, total } = operation;
  return listAnswer({
    rows: z.array(itemRow).parse(rows),
    paging,
    toItem,
    cursorOf: (row) => encodeCursor([row.message_id]),
    // The operation's own sums are the exact count, whatever its size.
    counted:
      query.outcome === undefined
        ? total
        : [...new Set(query.outcome)].reduce((sum, outcome) => sum + outcomes[outcome], 0),
  });
}

function toItem(row: z.infer<typeof itemRow>): OperationItem {
  return {
    messageId: row.message_id,
    outcome: row.outcome,
    exchange: row.exchange,
    routingKey: row.routing_key,
    at: row.at,
    ...(row.error_code === null ? {} : { error: { code: row.error_code, text: row.error_text } }),
    ...(row.came_back_at === null ? {} : { cameBackAt: row.came_back_at }),
    ...(row.settled_at === null ? {} : { settledAt: row.settled_at }),
  };
}
