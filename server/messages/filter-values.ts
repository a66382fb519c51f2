import { z } from 'zod';

import type { FilterValues, FilterValuesQuery } from '../contract/schemas/filter-values.ts';
import { withinScope } from '../access/within-scope.ts';
import { countColumn, idColumn, nameColumn } from '../database/columns.ts';
import { SHELF_OF } from '../contract/messages.ts';
import type { Database } from '../database/connect.ts';
import type { Scope } from '../web/route.ts';

type Field = FilterValuesQuery['field'];

/** Values in one answer. */
const MOST_LISTED = 50;
/** Different values that are looked at: more queues or error types than that are narrowed by `search`, newest first. */
const MOST_READ = 2_000;
/** Messages of a scope that are looked at. */
const MOST_LOOKED_AT = 20_000;
/** How far back failures are counted. */
const DAYS = 7;

/** Where a field is: in `failed_messages` behind its shelf, and, where failures are counted by it, from a count's row. */
const PLACES: Readonly<Record<Field, { column: string; names: string; name: string; counted: string | null }>> = {
  queue: { column: 'queue_id', names: 'names', name: 'value', counted: 'fingerprint.queue_id' },
  errorType: { column: 'error_type_id', names: 'names', name: 'value', counted: 'fingerprint.error_type_id' },
  deadQueue: { column: 'dead_queue_id', names: 'dead_queues', name: 'name', counted: 'counts.dead_queue_id' },
  exchange: { column: 'exchange_id', names: 'names', name: 'value', counted: null },
};

const nameRow = z.object({ id: idColumn, name: nameColumn });
const countRow = z.object({ id: idColumn.nullable(), failures: countColumn });

/**
 * The values that a filter can have, most failures first. The values come from the ends of the index (one step a value,
 * however many messages it has), the numbers from `failure_counts`: no message is read. Those of a scope are read from its
 * newest messages: the indexes of the other fields do not tell dead queues apart.
 */
export async function listFilterValues(
  database: Database,
  { field, search }: FilterValuesQuery,
  scope: Scope,
): Promise<FilterValues> {
  const since = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000 - DAYS * 86_400_000);
  const [{ names, isWhole }, failures] = await Promise.all([
    scope === null ? readNames(database, field) : readNamesWithin(database, field, scope),
    readFailures(database, field, since, scope),
  ]);
  const wanted = search?.toLowerCase();
  const found = names
    .filter(({ name }) => wanted === undefined || name.toLowerCase().includes(wanted))
    .map(({ id, name }) => ({ value: name, failures: failures === null ? null : (failures.get(id) ?? 0) }))
    .sort((a, b) => (b.failures ?? 0) - (a.failures ?? 0) || (a.value < b.value ? -1 : 1));
  return {
    data: found.slice(0, MOST_LISTED),
    since: since.toISOString(),
    isWhole: isWhole && found.length <= MOST_LISTED,
  };
}

interface Names {
  names: z.infer<typeof nameRow>[];
  /** False: there may be more. */
  isWhole: boolean;
}

/** `SELECT DISTINCT` over the first two columns of an index jumps from value to value. */
async function readNames(database: Database, field: Field): Promise<Names> {
  const { column, names: table, name } = PLACES[field];
  const index = `failed_messages_${column.replace(/_id$/, '')}`;
  const [rows] = (await database.raw(
    `SELECT named.id, named.${name} AS name
     FROM (SELECT DISTINCT shelf, ${column} AS id FROM failed_messages FORCE INDEX (${index})) AS present
     JOIN ${table} AS named ON named.id = present.id
     GROUP BY named.id, named.${name} ORDER BY named.id DESC LIMIT ${MOST_READ}`,
  )) as [unknown];
  const names = z.array(nameRow).parse(rows);
  return { names, isWhole: names.length < MOST_READ };
}

const lookRow = nameRow.extend({ looked: countColumn });

/** What the newest messages of these dead queues have. */
async function readNamesWithin(database: Database, field: Field, scope: readonly string[]): Promise<Names> {
  if (scope.length === 0) return { names: [], isWhole: true };
  const { column, names: table, name } = PLACES[field];
  const shelves = [...new Set(Object.values(SHELF_OF))];
  const ranges = shelves.flatMap((shelf) => scope.map((deadQueueId) => [shelf, deadQueueId]));
  const perRange = Math.ceil(MOST_LOOKED_AT / ranges.length);
  const union = ranges.map(
    () =>
      `(SELECT ${column} AS id FROM failed_messages FORCE INDEX (failed_messages_dead_queue)
        WHERE shelf = ? AND dead_queue_id = ? ORDER BY last_death_id DESC LIMIT ${perRange})`,
  );
  const [rows] = (await database.raw(
    `SELECT named.id, named.${name} AS name, present.looked
     FROM (SELECT id, COUNT(*) AS looked FROM (${union.join(' UNION ALL ')}) AS newest GROUP BY id) AS present
     JOIN ${table} AS named ON named.id = present.id ORDER BY named.id DESC LIMIT ${MOST_READ}`,
    ranges.flat(),
  )) as [unknown];
  const found = z.array(lookRow).parse(rows);
  const looked = found.reduce((sum, one) => sum + one.looked, 0);
  return { names: found, isWhole: found.length < MOST_READ && looked < perRange };
}

async function readFailures(
  database: Database,
  field: Field,
  since: Date,
  scope: Scope,
): Promise<Map<string, number> | null> {
  const { counted } = PLACES[field];
  if (counted === null) return null;
  const within = withinScope('counts.dead_queue_id', scope);
  const query = database('failure_counts AS counts')
    .where('counts.hour', '>=', since)
    .whereRaw(within.sql, within.bindings)
    .groupByRaw(counted)
    .select(database.raw(`${counted} AS id, SUM(counts.arrived + counts.came_back) AS failures`));
  if (counted.startsWith('fingerprint.'))
    void query.join('fingerprints AS fingerprint', 'fingerprint.id', 'counts.fingerprint_id');
  const rows: unknown = await query;
  return new Map(
    z
      .array(countRow)
      .parse(rows)
      .flatMap(({ id, failures }) => (id === null ? [] : [[id, failures]])),
  );
}
