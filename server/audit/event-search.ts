import { z } from 'zod';

import { idColumn } from '../database/columns.ts';
import type { Database } from '../database/connect.ts';
import { COUNT_CAP } from '../web/list-query.ts';

import type { Condition, EventFilter } from './event-filter.ts';

/** Entries of an index that one step looks through, where more has to hold than the index knows. */
const STEP = 10_000;
/** Steps are made for so long, in ms; then the answer says how far they came. */
const LOOK_MS = 80;

export interface EventPage {
  limit: number;
  offset: number;
  /** Ids: older than this, newest first; or newer than this, nearest first. */
  after?: string;
  before?: string;
}

export interface FoundEvents {
  /** One more than the page where there are more. */
  ids: string[];
  /** The event down to which it was looked, when that was not to the end. */
  searchedTo?: string;
}

type Order = 'desc' | 'asc';
const found = z.array(z.object({ id: idColumn }));
const looked = z.object({ n: z.coerce.number(), edge: idColumn.nullable() });

/**
 * The events of a page, newest first (`before`: nearest first). Along an index; what no index knows is looked for among
 * its entries, a bounded number at a time.
 */
export async function searchEvents(database: Database, filter: EventFilter, page: EventPage): Promise<FoundEvents> {
  const order: Order = page.before === undefined ? 'desc' : 'asc';
  const wanted = page.offset + page.limit + 1;
  const exact = filter.others.length === 0;
  const ids: string[] = [];
  // A page by its number is there or not: nobody goes on from an empty one.
  const until = performance.now() + (page.offset > 0 ? 10 : 1) * LOOK_MS;
  for (let edge = page.before ?? page.after; ;) {
    const step = entriesOf(filter, order, edge, exact ? wanted : STEP);
    const rows = await run(database, matchingOf(step, filter, order, wanted - ids.length));
    ids.push(...found.parse(rows).map(({ id }) => id));
    if (exact || ids.length >= wanted) return { ids: ids.slice(page.offset) };
    const { n, edge: reached } = await edgeOf(database, step, order);
    if (n < STEP || reached === null) return { ids: ids.slice(page.offset) };
    // Backwards there is no "go on": a page is whole, or the first there is.
    if (order === 'desc' && performance.now() > until) return { ids: ids.slice(page.offset), searchedTo: reached };
    edge = reached;
  }
}

/** How many match, up to `COUNT_CAP`, among the newest entries; `exact`: those are all. */
export async function countEvents(
  database: Database,
  filter: EventFilter,
): Promise<{ counted: number; exact: boolean }> {
  const isAll = filter.others.length === 0;
  const step = entriesOf(filter, 'desc', undefined, isAll ? COUNT_CAP : STEP);
  const { sql, bindings } = matchingOf(step, filter, 'desc', COUNT_CAP);
  const [row] = await run(database, { sql: `SELECT COUNT(*) AS n, NULL AS edge FROM (${sql}) AS counted`, bindings });
  const { n } = looked.parse(row);
  return { counted: n, exact: isAll || (await edgeOf(database, step, 'desc')).n < STEP };
}

/** So many entries of the index, from an edge on. */
function entriesOf(
  { ranges, above, below }: EventFilter,
  order: Order,
  edge: string | undefined,
  limit: number,
): Condition {
  const bounds: Condition[] = [
    ...(above === undefined ? [] : [{ sql: 'event.id > ?', bindings: [above] }]),
    ...(below === undefined ? [] : [{ sql: 'event.id < ?', bindings: [below] }]),
    ...(edge === undefined ? [] : [{ sql: `event.id ${order === 'desc' ? '<' : '>'} ?`, bindings: [edge] }]),
  ];
  if (ranges.length === 0) return { sql: 'SELECT NULL AS id FROM DUAL WHERE FALSE', bindings: [] };
  const parts = ranges.map(
    (range) =>
      `(SELECT event.id FROM audit_events AS event WHERE ${[range, ...bounds].map(({ sql }) => sql).join(' AND ')}
        ORDER BY event.id ${order} LIMIT ${limit})`,
  );
  return {
    sql: `SELECT id FROM (${parts.join(' UNION ')}) AS entry ORDER BY id ${order} LIMIT ${limit}`,
    bindings: ranges.flatMap((range) => [...range.bindings, ...bounds.flatMap(({ bindings }) => bindings)]),
  };
}

/** Those of them of which all else holds. */
function matchingOf(entries: Condition, { others }: EventFilter, order: Order, limit: number): Condition {
  if (others.length === 0) return entries;
  return {
    sql: `SELECT event.id FROM (${entries.sql}) AS looked STRAIGHT_JOIN audit_events AS event ON event.id = looked.id
          WHERE ${others.map(({ sql }) => sql).join(' AND ')} ORDER BY event.id ${order} LIMIT ${limit}`,
    bindings: [...entries.bindings, ...others.flatMap(({ bindings }) => bindings)],
  };
}

async function edgeOf(database: Database, entries: Condition, order: Order): Promise<z.infer<typeof looked>> {
  const [row] = await run(database, {
    sql: `SELECT COUNT(*) AS n, ${order === 'desc' ? 'MIN' : 'MAX'}(id) AS edge FROM (${entries.sql}) AS looked`,
    bindings: entries.bindings,
  });
  return looked.parse(row);
}

async function run(database: Database, { sql, bindings }: Condition): Promise<unknown[]> {
  const [rows] = (await database.raw(sql, bindings as never)) as [unknown[]];
  return rows;
}
