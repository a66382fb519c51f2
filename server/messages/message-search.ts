import { SHELF_OF, type MessageSort } from '../contract/messages.ts';
import type { Database } from '../database/connect.ts';
import { COUNT_CAP } from '../web/list-query.ts';

import { INDEXED_COLUMNS, oneOf, type Condition, type IndexedColumn, type ResolvedFilter } from './message-filter.ts';

/**
 * How lists stay fast at ten million messages: a search walks along an index in the order of the list, one ordered
 * range per shelf and value, and merges them. What the index cannot tell is checked on each entry, on at most
 * `SEARCH_BOUND` of them; then the answer says how far it looked.
 */
const SEARCH_BOUND = 20_000;
/** More values than this in the leading column are checked instead of each having a range of its own. */
const MAX_RANGES = 60;

/** A place in the order of the list: the sort value (`last_death_id` or `id`) of a row. */
export type SortValue = string;

export interface FoundMessage {
  id: string;
  sortValue: SortValue;
}

export interface SearchOptions {
  filter: ResolvedFilter;
  sort: MessageSort;
  limit: number;
  offset: number;
  /** Only rows behind this place, in the direction of reading. */
  after?: SortValue;
  /** Reads the list backwards: rows before this place, nearest first. */
  before?: SortValue;
}

export interface SearchResult {
  /** In reading order; at most `limit + 1`, the last one telling that there are more. */
  found: FoundMessage[];
  /** The place up to which was looked, when the bound was met before the page was full. */
  searchedTo?: SortValue;
}

/** Along which indexes a search goes, in which order, and what it checks on each entry. */
export interface Walk {
  ranges: Condition[];
  sortColumn: string;
  checks: Condition[];
}

/** One page of ids. */
export async function searchMessages(database: Database, options: SearchOptions): Promise<SearchResult> {
  const { limit, offset, sort } = options;
  const walk = planWalk(options.filter, sort);
  if (walk.ranges.length === 0) return { found: [] };
  const descending = sort.startsWith('-') !== (options.before !== undefined);
  const place = placeCondition(walk.sortColumn, descending, options.after ?? options.before);
  const wanted = offset + limit + 1;
  const checked = walk.checks.length > 0;
  const perRange = checked ? Math.max(wanted, Math.ceil(SEARCH_BOUND / walk.ranges.length)) : wanted;

  const ranges = { ...walk, place, descending, perRange };
  const bound = checked ? await endOfBoundedRanges(database, ranges) : undefined;
  const { sql, bindings } = selectAcross(ranges, bound);
  const [rows] = (await database.raw(
    `SELECT id, sort_value FROM (${sql}) AS message ORDER BY sort_value ${descending ? 'DESC' : 'ASC'} LIMIT ${limit + 1} OFFSET ${offset}`,
    bindings,
  )) as [{ id: string; sort_value: string }[]];
  const found = rows.map(({ id, sort_value }) => ({ id, sortValue: sort_value }));
  return bound !== undefined && found.length <= limit ? { found, searchedTo: bound } : { found };
}

/** How many match, at most `COUNT_CAP`; `exact` is false when a bounded search did not see them all. */
export async function countMessages(
  database: Database,
  filter: ResolvedFilter,
  sort: MessageSort,
): Promise<{ counted: number; exact: boolean }> {
  const walk = planWalk(filter, sort);
  if (walk.ranges.length === 0) return { counted: 0, exact: true };
  if (walk.checks.length === 0) return { counted: await countEntries(database, walk), exact: true };
  const perRange = Math.ceil(SEARCH_BOUND / walk.ranges.length);
  const ranges = { ...walk, place: null, descending: sort.startsWith('-'), perRange };
  const bound = await endOfBoundedRanges(database, ranges);
  const counted = await countUpToCap(database, selectAcross(ranges, bound, ['id']));
  return { counted, exact: bound === undefined };
}

/** Where there is nothing to check the indexes themselves are counted: no row is looked at. */
async function countEntries(database: Database, { ranges }: Walk): Promise<number> {
  return await countUpToCap(database, {
    sql: ranges.map(({ sql }) => `(SELECT 1 AS entry ${sql} LIMIT ${COUNT_CAP})`).join(' UNION ALL '),
    bindings: ranges.flatMap(({ bindings }) => bindings),
  });
}

async function countUpToCap(database: Database, { sql, bindings }: Condition): Promise<number> {
  const [[row]] = (await database.raw(
    `SELECT COUNT(*) AS counted FROM (SELECT 1 FROM (${sql}) AS message LIMIT ${COUNT_CAP}) AS capped`,
    bindings,
  )) as [[{ counted: string }]];
  return Number(row.counted);
}

/** Chooses what leads: a selective look-up, else the indexed column with the fewest values, else the shelf itself. */
export function planWalk(filter: ResolvedFilter, sort: MessageSort): Walk {
  const sortColumn = sort.endsWith('failedAt') ? 'message.last_death_id' : 'message.id';
  const statusCheck = oneOf('message.status', filter.statuses);
  const indexed = Object.entries(filter.indexed) as [IndexedColumn, string[]][];

  const [lookup, ...otherLookups] = filter.lookups;
  if (lookup !== undefined) {
    return {
      sortColumn,
      ranges: [
        {
          sql: `FROM failed_messages AS message JOIN (${lookup.sql}) AS looked_up ON looked_up.message_id = message.id WHERE TRUE`,
          bindings: lookup.bindings,
        },
      ],
      checks: [
        statusCheck,
        ...indexed.map(([column, ids]) => oneOf(`message.${column}`, ids)),
        ...otherLookups.map(({ sql, bindings }) => ({
          sql: `message.id IN (SELECT message_id FROM (${sql}) AS other)`,
          bindings,
        })),
        ...filter.bounds,
        ...filter.checks,
      ],
    };
  }

  const bounds = filter.bounds.map(({ sql }) => ` AND ${sql}`).join('');
  const boundBindings = filter.bounds.flatMap(({ bindings }) => bindings);
  if (sortColumn === 'message.id') {
    return {
      sortColumn,
      ranges: [{ sql: `FROM failed_messages AS message WHERE TRUE${bounds}`, bindings: boundBindings }],
      checks: [statusCheck, ...indexed.map(([column, ids]) => oneOf(`message.${column}`, ids)), ...filter.checks],
    };
  }

  const leader = INDEXED_COLUMNS.filter(
    (column) => (filter.indexed[column]?.length ?? Infinity) * filter.shelves.length <= MAX_RANGES,
  ).sort((one, other) => (filter.indexed[one]?.length ?? 0) - (filter.indexed[other]?.length ?? 0))[0];
  const rest = indexed.filter(([column]) => column !== leader).map(([column, ids]) => oneOf(`message.${column}`, ids));
  if (leader === undefined) {
    return {
      sortColumn,
      ranges: filter.statuses.map((status) => ({
        sql: `FROM failed_messages AS message FORCE INDEX (failed_messages_status) WHERE message.status = ?${bounds}`,
        bindings: [status, ...boundBindings],
      })),
      checks: [...rest, ...filter.checks],
    };
  }
  const index = `failed_messages_${leader.replace(/_id$/, '')}`;
  return {
    sortColumn,
    ranges: filter.shelves.flatMap((shelf) =>
      (filter.indexed[leader] ?? []).map((id) => ({
        sql: `FROM failed_messages AS message FORCE INDEX (${index}) WHERE message.shelf = ? AND message.${leader} = ?${bounds}`,
        bindings: [shelf, id, ...boundBindings],
      })),
    ),
    // All statuses of the shelves are wanted more often than not: then there is nothing to check.
    checks: [...(wholeShelves(filter) ? [] : [statusCheck]), ...rest, ...filter.checks],
  };
}

function wholeShelves(filter: ResolvedFilter): boolean {
  const wanted = new Set<string>(filter.statuses);
  return Object.entries(SHELF_OF).every(([status, shelf]) => !filter.shelves.includes(shelf) || wanted.has(status));
}

/** A part of a walk: behind a place, so many entries of each range. */
export interface Ranges extends Walk {
  place: Condition | null;
  descending: boolean;
  perRange: number;
}

export function placeCondition(column: string, descending: boolean, value: SortValue | undefined): Condition | null {
  return value === undefined ? null : { sql: `${column} ${descending ? '<' : '>'} ?`, bindings: [value] };
}

/**
 * The place where the first of the ranges to be cut off ends: up to it everything was seen. Undefined when no range
 * is longer than its bound.
 */
export async function endOfBoundedRanges(database: Database, ranges: Ranges): Promise<SortValue | undefined> {
  const { place, descending, perRange, sortColumn } = ranges;
  const ends = ranges.ranges.map(({ sql, bindings }) => ({
    sql: `(SELECT ${sortColumn} AS sort_value ${sql}${place === null ? '' : ` AND ${place.sql}`}
           ORDER BY ${sortColumn} ${descending ? 'DESC' : 'ASC'} LIMIT 1 OFFSET ${perRange - 1})`,
    bindings: [...bindings, ...(place?.bindings ?? [])],
  }));
  const [[row]] = (await database.raw(
    `SELECT ${descending ? 'MAX' : 'MIN'}(sort_value) AS bound FROM (${ends.map(({ sql }) => sql).join(' UNION ALL ')}) AS ends`,
    ends.flatMap(({ bindings }) => bindings),
  )) as [[{ bound: string | null }]];
  return row.bound ?? undefined;
}

/** A column of a message, as conditions name it. */
const COLUMN = /\bmessage\.([a-z_]+)/g;

/** SELECT over all ranges, each ordered and cut, with the checks applied. Reads no more columns than it needs. */
export function selectAcross(
  { ranges, sortColumn, checks, place, descending, perRange }: Ranges,
  bound?: SortValue,
  columns: readonly string[] = ['id', 'sort_value'],
): Condition {
  const checked = checks.flatMap(({ sql }) => [...sql.matchAll(COLUMN)].map(([, column = '']) => column));
  const needed = new Set(['id', ...columns, ...checked].filter((column) => column !== 'sort_value'));
  const read = [...[...needed].map((column) => `message.${column}`), `${sortColumn} AS sort_value`].join(', ');
  const direction = descending ? 'DESC' : 'ASC';
  const union = ranges
    .map(
      ({ sql }) =>
        `(SELECT ${read} ${sql}${place === null ? '' : ` AND ${place.sql}`} ORDER BY ${sortColumn} ${direction} LIMIT ${perRange})`,
    )
    .join(' UNION ALL ');
  const outer = [
    ...checks,
    ...(bound === undefined ? [] : [{ sql: `message.sort_value ${descending ? '>=' : '<='} ?`, bindings: [bound] }]),
  ];
  return {
    sql: `SELECT ${columns.map((column) => `message.${column}`).join(', ')} FROM (${union}) AS message${outer.length === 0 ? '' : ` WHERE ${outer.map(({ sql }) => sql).join(' AND ')}`}`,
    bindings: [
      ...ranges.flatMap(({ bindings }) => [...bindings, ...(place?.bindings ?? [])]),
      ...outer.flatMap(({ bindings }) => bindings),
    ],
  };
}
