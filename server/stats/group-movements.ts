import { z } from 'zod';

import type { Overview } from '../contract/schemas/statistics.ts';
import { SPARKLINE_HOURS } from '../contract/statistics.ts';
import { countColumn, idColumn } from '../database/columns.ts';
import type { Database } from '../database/connect.ts';
import { withinScope } from '../access/within-scope.ts';
import type { Scope } from '../web/route.ts';
import { BEFORE_HOURS } from '../groups/growth.ts';

import { HOUR_MS, hourOf, hoursLater } from './bucket-edges.ts';
import { readCountedGroups } from './counted-groups.ts';

/** Groups that are shown of each kind. */
const SHOWN = 6;

const grownRow = z.object({ group_id: idColumn, recent: countColumn, before: countColumn });

/**
 * Groups that fail more often since then than in the 24 hours before: by how many more than the earlier rate would have
 * given. A group that is new has no earlier rate and stands by its number.
 */
export async function readGrowingGroups(
  database: Database,
  { since, now }: { since: Date; now: Date },
  scope: Scope,
): Promise<Overview['growing']['groups']> {
  const within = withinScope('dead_queue_id', scope);
  const share = (now.getTime() - since.getTime()) / (BEFORE_HOURS * HOUR_MS);
  const [rows] = (await database.raw(
    `SELECT fingerprint.group_id, SUM(counted.recent) AS recent, SUM(counted.earlier) AS \`before\`
     FROM (
       SELECT fingerprint_id, SUM(CASE WHEN hour >= ? THEN arrived + came_back ELSE 0 END) AS recent,
              SUM(CASE WHEN hour < ? THEN arrived + came_back ELSE 0 END) AS earlier
       FROM failure_counts WHERE hour >= ? AND ${within.sql} GROUP BY fingerprint_id
     ) AS counted
     JOIN fingerprints AS fingerprint ON fingerprint.id = counted.fingerprint_id
     GROUP BY fingerprint.group_id
     HAVING SUM(counted.recent) > SUM(counted.earlier) * ?
     ORDER BY SUM(counted.recent) - SUM(counted.earlier) * ? DESC, fingerprint.group_id LIMIT ?`,
    [since, since, hoursLater(since, -BEFORE_HOURS), ...within.bindings, share, share, SHOWN],
  )) as [unknown[]];
  const grown = z.array(grownRow).parse(rows);
  const ids = grown.map(({ group_id }) => group_id);
  const [groups, sparklines] = await Promise.all([
    readCountedGroups(database, ids, scope),
    readSparklines(database, ids, hourOf(now), scope),
  ]);
  return grown.flatMap(({ group_id, recent, before }) => {
    const group = groups.get(group_id);
    return group === undefined ? [] : [{ group, recent, before, sparkline: sparklines.get(group_id) ?? [] }];
  });
}

const hourRow = z.object({ group_id: idColumn, hours_ago: countColumn, failures: countColumn });

/** Failures of each of these groups by the hour, oldest first; the last one is the hour that runs. */
async function readSparklines(
  database: Database,
  groupIds: readonly string[],
  thisHour: Date,
  scope: Scope,
): Promise<Map<string, number[]>> {
  const within = withinScope('counted.dead_queue_id', scope);
  const lines = new Map(groupIds.map((id) => [id, Array.from({ length: SPARKLINE_HOURS }, () => 0)]));
  if (groupIds.length === 0) return lines;
  const rows: unknown[] = await database('failure_counts AS counted')
    .join('fingerprints AS fingerprint', 'fingerprint.id', 'counted.fingerprint_id')
    .whereIn('fingerprint.group_id', groupIds)
    .where('counted.hour', '>=', hoursLater(thisHour, 1 - SPARKLINE_HOURS))
    .where('counted.hour', '<=', thisHour)
    .whereRaw(within.sql, within.bindings)
    .groupByRaw('fingerprint.group_id, hours_ago')
    .select(
      'fingerprint.group_id',
      database.raw('TIMESTAMPDIFF(HOUR, counted.hour, ?) AS hours_ago', [thisHour]),
      database.raw('SUM(counted.arrived + counted.came_back) AS failures'),
    );
  for (const { group_id, hours_ago, failures } of z.array(hourRow).parse(rows)) {
    const line = lines.get(group_id);
    if (line !== undefined) line[SPARKLINE_HOURS - 1 - hours_ago] = failures;
  }
  return lines;
}

const cameBackRow = z.object({ group_id: idColumn, came_back: countColumn, resent: countColumn });

/** Groups of which resent messages came back since then, most first. */
export async function readCameBackGroups(
  database: Database,
  since: Date,
  scope: Scope,
): Promise<Overview['cameBack']['groups']> {
  const within = withinScope('dead_queue_id', scope);
  const [rows] = (await database.raw(
    `SELECT fingerprint.group_id, SUM(counted.came_back) AS came_back, SUM(counted.resent) AS resent
     FROM (
       SELECT fingerprint_id, SUM(came_back) AS came_back, SUM(resent) AS resent
       FROM failure_counts WHERE hour >= ? AND ${within.sql} GROUP BY fingerprint_id
     ) AS counted
     JOIN fingerprints AS fingerprint ON fingerprint.id = counted.fingerprint_id
     GROUP BY fingerprint.group_id
     HAVING SUM(counted.came_back) > 0
     ORDER BY SUM(counted.came_back) DESC, fingerprint.group_id LIMIT ?`,
    [since, ...within.bindings, SHOWN],
  )) as [unknown[]];
  const found = z.array(cameBackRow).parse(rows);
  const groups = await readCountedGroups(
    database,
    found.map(({ group_id }) => group_id),
    scope,
  );
  return found.flatMap(({ group_id, came_back, resent }) => {
    const group = groups.get(group_id);
    return group === undefined ? [] : [{ group, cameBack: came_back, resent }];
  });
}
