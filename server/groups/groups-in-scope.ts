import { z } from 'zod';

import { withinScope, type ScopeCondition } from '../access/within-scope.ts';
import { countColumn, idColumn } from '../database/columns.ts';
import type { Database, Transaction } from '../database/connect.ts';
import type { Scope } from '../web/route.ts';

/** That a fingerprint ever failed in a dead queue in scope, along the index of its counts. */
export function fingerprintInScope(fingerprintId: string, scope: Scope): ScopeCondition {
  if (scope === null) return { sql: 'TRUE', bindings: [] };
  const within = withinScope('counted.dead_queue_id', scope);
  return { sql: countsWhere(fingerprintId, within.sql), bindings: within.bindings };
}

/** That it failed in another one, too. */
export function fingerprintBeyondScope(fingerprintId: string, scope: Scope): ScopeCondition {
  if (scope === null) return { sql: 'FALSE', bindings: [] };
  const within = withinScope('counted.dead_queue_id', scope);
  return { sql: countsWhere(fingerprintId, `NOT ${within.sql}`), bindings: within.bindings };
}

function countsWhere(fingerprintId: string, condition: string): string {
  return `EXISTS (SELECT 1 FROM failure_counts AS counted WHERE counted.fingerprint_id = ${fingerprintId} AND ${condition})`;
}

const reachRow = z.object({ within: countColumn.nullable(), beyond: countColumn.nullable() });

/**
 * How much of a group lies in scope, by all failures that it ever had. What is said of a group is said of all of them, so
 * only somebody who sees it whole may change it.
 */
export async function readReach(
  database: Database | Transaction,
  groupId: string,
  scope: Scope,
): Promise<'whole' | 'part' | 'none'> {
  if (scope === null) return 'whole';
  const within = fingerprintInScope('own.id', scope);
  const beyond = fingerprintBeyondScope('own.id', scope);
  const row: unknown = await database('fingerprints AS own')
    .where('own.group_id', groupId)
    .first(
      database.raw(`MAX(${within.sql}) AS within`, within.bindings),
      database.raw(`MAX(${beyond.sql}) AS beyond`, beyond.bindings),
    );
  const reach = reachRow.parse(row);
  if (reach.within !== 1) return 'none';
  return reach.beyond === 1 ? 'part' : 'whole';
}

const groupRow = z.object({ group_id: idColumn });

/** Those of these groups that ever failed in a dead queue in scope; null: all of them. */
export async function seenGroups(
  database: Database | Transaction,
  groupIds: readonly string[],
  scope: Scope,
): Promise<ReadonlySet<string> | null> {
  if (scope === null) return null;
  const within = fingerprintInScope('own.id', scope);
  const rows: unknown[] = await database('fingerprints AS own')
    .whereIn('own.group_id', [...groupIds])
    .whereRaw(within.sql, within.bindings)
    .distinct('own.group_id');
  return new Set(
    z
      .array(groupRow)
      .parse(rows)
      .map(({ group_id }) => group_id),
  );
}
