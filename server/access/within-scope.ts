import type { Knex } from 'knex';
import { z } from 'zod';

import { idColumn } from '../database/columns.ts';
import type { Database, Transaction } from '../database/connect.ts';
import type { Scope, Sight } from '../web/route.ts';

/** A condition in SQL, with what stands for its marks. */
export interface ScopeCondition {
  sql: string;
  bindings: string[];
}

/** That a dead queue is seen. It costs nothing where all are. */
export function withinScope(column: string, scope: Scope): ScopeCondition {
  if (scope === null) return { sql: 'TRUE', bindings: [] };
  // A list without anything is no SQL.
  if (scope.length === 0) return { sql: 'FALSE', bindings: [] };
  return { sql: `${column} IN (${scope.map(() => '?').join(', ')})`, bindings: [...scope] };
}

/** The same, for a query. */
export function limitToScope(query: Knex.QueryBuilder, column: string, scope: Scope): void {
  if (scope !== null) void query.whereIn(column, [...scope]);
}

/**
 * That an operation is seen, on a row of `operations`: all dead queues of its messages have to be. One that has no messages
 * yet, or not all of them, is seen by whoever began it.
 */
export function operationSeen(alias: string, sight: Sight): ScopeCondition {
  if (sight === null || sight.scope === null) return { sql: 'TRUE', bindings: [] };
  const beyond = reachesBeyond(`${alias}.id`, sight.scope);
  return {
    sql: `(NOT ${beyond.sql} AND (${alias}.actor_id = ? OR (${alias}.status <> 'preparing' AND ${hasMessages(`${alias}.id`)})))`,
    bindings: [...beyond.bindings, sight.userId],
  };
}

function hasMessages(operationId: string): string {
  return `EXISTS (SELECT 1 FROM operation_dead_queues AS its WHERE its.operation_id = ${operationId})`;
}

function reachesBeyond(operationId: string, scope: readonly string[]): ScopeCondition {
  const within = withinScope('its.dead_queue_id', scope);
  return {
    sql: `EXISTS (SELECT 1 FROM operation_dead_queues AS its WHERE its.operation_id = ${operationId} AND NOT ${within.sql})`,
    bindings: within.bindings,
  };
}

const operationRow = z.object({ id: idColumn });

/** Those of these operations that are seen by their dead queues alone. Null: all of them. */
export async function seenOperations(
  database: Database | Transaction,
  operationIds: readonly (string | null)[],
  scope: Scope,
): Promise<ReadonlySet<string> | null> {
  if (scope === null) return null;
  const ids = [...new Set(operationIds.filter((id) => id !== null))];
  if (ids.length === 0) return new Set();
  const seen = operationSeen('operation', { userId: '0', scope });
  const rows: unknown[] = await database('operations AS operation')
    .whereIn('operation.id', ids)
    .whereRaw(seen.sql, seen.bindings)
    .select('operation.id');
  return new Set(
    z
      .array(operationRow)
      .parse(rows)
      .map(({ id }) => id),
  );
}

/** What decides who sees an operation. */
export interface OperationReach {
  actorId: string | null;
  isPreparing: boolean;
  deadQueueIds: string[];
}

const reachRow = z.object({
  id: idColumn,
  actor_id: idColumn.nullable(),
  status: z.string(),
  dead_queue_id: idColumn.nullable(),
});

/** That of these operations, by id. */
export async function readOperationReach(
  database: Database,
  operationIds: readonly string[],
): Promise<Map<string, OperationReach>> {
  const rows: unknown[] = await database('operations AS operation')
    .leftJoin('operation_dead_queues AS its', 'its.operation_id', 'operation.id')
    .whereIn('operation.id', [...operationIds])
    .select('operation.id', 'operation.actor_id', 'operation.status', 'its.dead_queue_id');
  const found = new Map<string, OperationReach>();
  for (const { id, actor_id, status, dead_queue_id } of z.array(reachRow).parse(rows)) {
    const reach = found.get(id) ?? { actorId: actor_id, isPreparing: status === 'preparing', deadQueueIds: [] };
    found.set(id, reach);
    if (dead_queue_id !== null) reach.deadQueueIds.push(dead_queue_id);
  }
  return found;
}

/** The rule of `operationSeen`. Pure. */
export function seesOperation(
  { userId, scope }: NonNullable<Sight>,
  { actorId, isPreparing, deadQueueIds }: OperationReach,
): boolean {
  if (scope === null) return true;
  if (!deadQueueIds.every((id) => scope.includes(id))) return false;
  return actorId === userId || (!isPreparing && deadQueueIds.length > 0);
}
