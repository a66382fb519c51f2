import { z } from 'zod';

import type { Overview } from '../contract/schemas/statistics.ts';
import { countColumn, idColumn } from '../database/columns.ts';
import { limitToScope, operationSeen, withinScope } from '../access/within-scope.ts';
import type { Database } from '../database/connect.ts';
import { databaseNow } from '../database/database-now.ts';
import { lookAtDeadQueues } from '../dead-queues/dead-queue-list.ts';
import { readDeadQueues } from '../dead-queues/dead-queue-store.ts';
import type { QueueFacts } from '../dead-queues/queue-facts.ts';
import type { Principal, Scope, Sight } from '../web/route.ts';

import { dayOf, hourOf, hoursLater } from './bucket-edges.ts';
import { readCameBackGroups, readGrowingGroups } from './group-movements.ts';
import { countPending, readHourFlows, type HourFlow, type PendingEstimate } from './pending-flow.ts';

/** What could not be asked is no risk that is known. */
const NOT_A_RISK = ['notChecked', 'checkFailed'];

/**
 * The start page, as somebody sees it. All of it is read from `failure_counts` and small tables, but for the number of pending messages,
 * which is counted to 10 000.
 *
 * Counts are kept by the hour, so that "an hour ago" is where the hour before this one began, and "a day ago" 24 hours
 * before this one began: what is said to have happened since then is exact, and the time is said with it.
 */
export async function readOverview(
  database: Database,
  { facts, estimate, timeZone }: { facts: QueueFacts; estimate: PendingEstimate; timeZone: string },
  sight: Pick<Principal, 'userId' | 'scope'>,
): Promise<Overview> {
  const { scope } = sight;
  const now = await databaseNow(database);
  const thisHour = hourOf(now);
  const anHourAgo = hoursLater(thisHour, -1);
  const aDayAgo = hoursLater(thisHour, -24);
  const today = dayOf(thisHour, timeZone);
  const [flows, pending, cameBack, growing, queues, runningOperations, hasAny] = await Promise.all([
    // A day of 25 hours begins before that.
    readHourFlows(database, today < aDayAgo ? today : aDayAgo, scope),
    countPending(database, scope),
    readCameBackGroups(database, today, scope),
    readGrowingGroups(database, { since: anHourAgo, now }, scope),
    readQueues(database, { facts, since: anHourAgo }, scope),
    countRunning(database, sight),
    hasFailed(database, scope),
  ]);
  const change = (since: Date) => {
    const within = flows.filter(({ hour }) => hour >= since);
    return { since: since.toISOString(), cameIn: sum(within, 'cameIn'), left: sum(within, 'left') };
  };
  const known = queues.filter(({ watched, depth }) => watched && depth !== null);
  return {
    at: now.toISOString(),
    hasFailed: hasAny,
    pending: {
      count: pending.exact ? pending.counted : null,
      countAtLeast: pending.counted,
      estimate: pending.exact ? null : Math.max(pending.counted, await estimate.read(thisHour)),
      overHour: change(anHourAgo),
      overDay: change(aDayAgo),
    },
    cameBack: {
      since: today.toISOString(),
      count: sum(
        flows.filter(({ hour }) => hour >= today),
        'cameBack',
      ),
      groups: cameBack,
    },
    backlog: {
      depth: known.length === 0 ? null : known.reduce((total, { depth }) => total + (depth ?? 0), 0),
      known: known.length,
      watched: queues.filter(({ watched }) => watched).length,
    },
    runningOperations,
    growing: { since: anHourAgo.toISOString(), groups: growing },
    deadQueues: queues,
  };
}

function sum(flows: readonly HourFlow[], of: 'cameIn' | 'left' | 'cameBack'): number {
  return flows.reduce((total, flow) => total + flow[of], 0);
}

async function hasFailed(database: Database, scope: Scope): Promise<boolean> {
  const query = database('failure_counts');
  limitToScope(query, 'dead_queue_id', scope);
  return (await (query.first('hour') as PromiseLike<unknown>)) !== undefined;
}

const intakeRow = z.object({ dead_queue_id: idColumn, taken_in: countColumn });

async function readQueues(
  database: Database,
  { facts, since }: { facts: QueueFacts; since: Date },
  scope: Scope,
): Promise<Overview['deadQueues']> {
  const within = withinScope('dead_queue_id', scope);
  const [looks, rows] = await Promise.all([
    readDeadQueues(database, scope).then((all) => lookAtDeadQueues(database, facts, all)),
    database('failure_counts')
      .where('hour', '>=', since)
      .whereRaw(within.sql, within.bindings)
      .groupBy('dead_queue_id')
      .select('dead_queue_id', database.raw('SUM(arrived + came_back) AS taken_in')) as Promise<unknown[]>,
  ]);
  const intake = new Map(
    z
      .array(intakeRow)
      .parse(rows)
      .map(({ dead_queue_id, taken_in }) => [dead_queue_id, taken_in]),
  );
  return looks.map(({ id, name, watched, state, depth, type, warnings }) => ({
    id,
    name,
    watched,
    state,
    depth,
    intake: { since: since.toISOString(), count: intake.get(id) ?? 0 },
    warnings: warnings.filter(({ code }) => !NOT_A_RISK.includes(code)).length,
    checked: type !== null,
  }));
}

async function countRunning(database: Database, sight: Sight): Promise<number> {
  const seen = operationSeen('operations', sight);
  const row: unknown = await database('operations')
    .whereNull('finished_at')
    .whereRaw(seen.sql, seen.bindings)
    .count('* AS counted')
    .first();
  return z.object({ counted: countColumn }).parse(row).counted;
}
