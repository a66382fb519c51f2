import { MESSAGE_STATUSES, type MessageStatus } from '../contract/messages.ts';
import type { MessageFilter } from '../contract/schemas/messages.ts';
import type { Database, Transaction } from '../database/connect.ts';

import type { Scope } from '../web/route.ts';

import { oneOf, resolveFilter, type Condition } from './message-filter.ts';
import {
  endOfBoundedRanges,
  placeCondition,
  planWalk,
  selectAcross,
  type SortValue,
  type Walk,
} from './message-search.ts';

/** Every message that matches a filter, to be read in pages. */
export interface Sweep {
  walk: Walk;
  /** A message reached by two ranges (an order ID with and without its prefix) is one message. */
  overlapping: boolean;
}

/** A part of a sweep: a SELECT of the columns asked for, and where the next part begins; null at the end. */
export interface SweepPart extends Condition {
  next: SortValue | null;
}

/**
 * A list may stop looking and say so; an operation may not leave out what matches. So a sweep has no bound as a whole,
 * and each part of it has one: so many entries of the index, whether they match or not.
 *
 * @param scope of who asks; null for all dead queues.
 * @param statuses only messages in one of these, whatever the filter says.
 * @param upTo only messages whose latest death is at most this one.
 */
export async function planSweep(
  database: Database,
  filter: MessageFilter,
  scope: Scope,
  { statuses, upTo }: { statuses: readonly MessageStatus[]; upTo: string },
): Promise<Sweep> {
  const wanted = (filter.status ?? MESSAGE_STATUSES).filter((status) => statuses.includes(status));
  const resolved = await resolveFilter(database, { ...filter, status: wanted }, scope);
  const until: Condition = { sql: 'message.last_death_id <= ?', bindings: [upTo] };
  const [lookup, ...others] = resolved.lookups;
  if (wanted.length === 0) return { walk: { ranges: [], sortColumn: 'message.id', checks: [] }, overlapping: false };
  if (lookup === undefined) {
    return {
      walk: planWalk({ ...resolved, bounds: [...resolved.bounds, until] }, 'failedAt'),
      overlapping: false,
    };
  }
  return {
    walk: {
      ranges: lookup.ranges,
      sortColumn: lookup.orderBy,
      checks: [
        oneOf('message.status', wanted),
        ...Object.entries(resolved.indexed).map(([column, ids]) => oneOf(`message.${column}`, ids)),
        ...others.map(({ check }) => check),
        ...resolved.bounds,
        ...resolved.checks,
        until,
      ],
    },
    overlapping: lookup.ranges.length > 1,
  };
}

/** The part behind a place, over at most about `entries` index entries. */
export async function sweepPart(
  database: Database | Transaction,
  { walk, overlapping }: Sweep,
  options: { after: SortValue | null; entries: number; columns: readonly string[] },
): Promise<SweepPart | null> {
  if (walk.ranges.length === 0) return null;
  const ranges = {
    ...walk,
    place: placeCondition(walk.sortColumn, false, options.after ?? undefined),
    descending: false,
    perRange: Math.max(1, Math.ceil(options.entries / walk.ranges.length)),
  };
  const end = await endOfBoundedRanges(database, ranges);
  const { sql, bindings } = selectAcross(ranges, end, options.columns);
  return { sql: overlapping ? sql.replace(/^SELECT /, 'SELECT DISTINCT ') : sql, bindings, next: end ?? null };
}
