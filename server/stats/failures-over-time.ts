import { z } from 'zod';

import type { FailureSeries, FailuresOverTime, FailuresQuery } from '../contract/schemas/statistics.ts';
import { MOST_BUCKETS, TOP_SERIES, type StackedBy } from '../contract/statistics.ts';
import { countColumn, idColumn, nameColumn } from '../database/columns.ts';
import type { Database } from '../database/connect.ts';
import { withinScope } from '../access/within-scope.ts';
import { databaseNow } from '../database/database-now.ts';
import { AppError } from '../web/app-error.ts';
import type { Scope } from '../web/route.ts';

import { bucketEdges, hoursLater } from './bucket-edges.ts';
import { readCountedGroups } from './counted-groups.ts';

/** How far back a chart goes when the call does not say, in hours. */
const DEFAULT_HOURS = { hour: 24, day: 30 * 24 } as const;
/** The series of a fingerprint: the queue it failed in (0: not known), or its group. */
const KEY: Readonly<Record<StackedBy, string>> = {
  queue: 'COALESCE(fingerprint.queue_id, 0)',
  group: 'fingerprint.group_id',
};
const UNKNOWN_QUEUE = '0';

/**
 * Failures in scope by time, in one series each for those with most of them. Two reads of `failure_counts`, each summed by
 * fingerprint before anything is looked up.
 *
 * @throws AppError `request.malformed` for a range that is empty, `statistics.tooManyBuckets`.
 */
export async function readFailuresOverTime(
  database: Database,
  query: FailuresQuery,
  scope: Scope,
): Promise<FailuresOverTime> {
  const { by = 'queue', bucket = 'hour', timeZone = 'UTC' } = query;
  const to = query.to === undefined ? await databaseNow(database) : new Date(query.to);
  const from = query.from === undefined ? hoursLater(to, -DEFAULT_HOURS[bucket]) : new Date(query.from);
  if (from >= to) {
    throw new AppError('request.malformed', { detail: 'from is not before to.', errors: { to: 'field.invalid' } });
  }
  const edges = bucketEdges({ bucket, from, to, timeZone }, MOST_BUCKETS);
  if (edges === null) throw new AppError('statistics.tooManyBuckets', { params: { most: MOST_BUCKETS } });

  const top = await readTopSeries(database, by, edges, scope);
  const counts = await readCounts(database, by, edges, top, scope);
  return {
    by,
    bucket,
    timeZone,
    buckets: edges.slice(1).map((end, index) => ({
      from: (edges[index] ?? end).toISOString(),
      to: end.toISOString(),
    })),
    series: await nameSeries(database, by, top, counts, scope),
  };
}

/** The range that these edges cover, for `hour >= ? AND hour < ?`. */
function rangeOf(edges: readonly Date[]): [Date, Date] {
  return [edges[0] ?? new Date(0), edges.at(-1) ?? new Date(0)];
}

async function readTopSeries(
  database: Database,
  by: StackedBy,
  edges: readonly Date[],
  scope: Scope,
): Promise<string[]> {
  const within = withinScope('dead_queue_id', scope);
  const [rows] = (await database.raw(
    `SELECT ${KEY[by]} AS series
     FROM (
       SELECT fingerprint_id, SUM(arrived + came_back) AS failures
       FROM failure_counts WHERE hour >= ? AND hour < ? AND ${within.sql} GROUP BY fingerprint_id
     ) AS counted
     JOIN fingerprints AS fingerprint ON fingerprint.id = counted.fingerprint_id
     WHERE counted.failures > 0
     GROUP BY series ORDER BY SUM(counted.failures) DESC, series LIMIT ?`,
    [...rangeOf(edges), ...within.bindings, TOP_SERIES],
  )) as [unknown[]];
  return z
    .array(z.object({ series: idColumn }))
    .parse(rows)
    .map(({ series }) => series);
}

const countRow = z.object({ bucket: countColumn, series: idColumn.nullable(), failures: countColumn });

/** Counts by series and bucket; what is in none of these series is under null. */
async function readCounts(
  database: Database,
  by: StackedBy,
  edges: readonly Date[],
  top: readonly string[],
  scope: Scope,
): Promise<Map<string | null, number[]>> {
  const within = withinScope('dead_queue_id', scope);
  const [first, last] = rangeOf(edges);
  const counts = new Map<string | null, number[]>();
  if (top.length === 0) return counts;
  // Edges as hours from the first one: INTERVAL() finds an hour's bucket among them, days of 23 hours included.
  const hours = edges.slice(0, -1).map((edge) => Math.round((edge.getTime() - first.getTime()) / 3_600_000));
  const [rows] = (await database.raw(
    `SELECT counted.bucket, CASE WHEN ${KEY[by]} IN (${top.map(() => '?').join(', ')}) THEN ${KEY[by]} END AS series,
            SUM(counted.failures) AS failures
     FROM (
       SELECT INTERVAL(TIMESTAMPDIFF(HOUR, ?, hour), ${hours.join(', ')}) - 1 AS bucket, fingerprint_id,
              SUM(arrived + came_back) AS failures
       FROM failure_counts WHERE hour >= ? AND hour < ? AND ${within.sql} GROUP BY bucket, fingerprint_id
     ) AS counted
     JOIN fingerprints AS fingerprint ON fingerprint.id = counted.fingerprint_id
     WHERE counted.failures > 0
     GROUP BY counted.bucket, series`,
    [...top, first, first, last, ...within.bindings],
  )) as [unknown[]];
  for (const { bucket, series, failures } of z.array(countRow).parse(rows)) {
    let line = counts.get(series);
    if (line === undefined) counts.set(series, (line = hours.map(() => 0)));
    line[bucket] = failures;
  }
  return counts;
}

async function nameSeries(
  database: Database,
  by: StackedBy,
  top: readonly string[],
  counts: ReadonlyMap<string | null, number[]>,
  scope: Scope,
): Promise<FailureSeries[]> {
  const [queues, groups] = await Promise.all([
    by === 'queue' ? readNames(database, top) : new Map<string, string>(),
    by === 'group' ? readCountedGroups(database, top, scope) : null,
  ]);
  return [...top, null].flatMap((series): FailureSeries[] => {
    const line = counts.get(series);
    if (line === undefined) return [];
    const counted = { total: line.reduce((sum, count) => sum + count, 0), counts: line };
    if (series === null) return [{ kind: 'others', ...counted }];
    if (series === UNKNOWN_QUEUE) return [{ kind: 'unknownQueue', ...counted }];
    if (groups === null) return [{ kind: 'queue', queue: queues.get(series) ?? '', ...counted }];
    // One that was merged into another a moment ago is missing from this answer alone.
    const group = groups.get(series);
    return group === undefined ? [] : [{ kind: 'group', group, ...counted }];
  });
}

async function readNames(database: Database, ids: readonly string[]): Promise<Map<string, string>> {
  const rows: unknown[] = await database('names').whereIn('id', ids).select('id', 'value');
  return new Map(
    z
      .array(z.object({ id: idColumn, value: nameColumn }))
      .parse(rows)
      .map(({ id, value }) => [id, value]),
  );
}
