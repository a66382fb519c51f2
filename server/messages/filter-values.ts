import { z } from 'zod';

import type { FilterValues, FilterValuesQuery } from '../contract/schemas/filter-values.ts';
import { countColumn, idColumn, nameColumn } from '../database/columns.ts';
import type { Database } from '../database/connect.ts';

type Field = FilterValuesQuery['field'];

/** Values in one answer. */
const MOST_LISTED = 50;
/** Different values that are looked at: more queues or error types than that are narrowed by `search`, newest first. */
const MOST_READ = 2_000;
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
 * however many messages it has), the numbers from `failure_counts`: no message is read.
 */
export async function listFilterValues(
  database: Database,
  { field, search }: FilterValuesQuery,
): Promise<FilterValues> {
  const since = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000 - DAYS * 86_400_000);
  const [names, failures] = await Promise.all([readNames(database, field), readFailures(database, field, since)]);
  const wanted = search?.toLowerCase();
  const found = names
    .filter(({ name }) => wanted === undefined || name.toLowerCase().includes(wanted))
    .map(({ id, name }) => ({ value: name, failures: failures === null ? null : (failures.get(id) ?? 0) }))
    .sort((a, b) => (b.failures ?? 0) - (a.failures ?? 0) || (a.value < b.value ? -1 : 1));
  return {
    data: found.slice(0, MOST_LISTED),
    since: since.toISOString(),
    isWhole: found.length <= MOST_LISTED && names.length < MOST_READ,
  };
}

/** `SELECT DISTINCT` over the first two columns of an index jumps from value to value. */
async function readNames(database: Database, field: Field): Promise<z.infer<typeof nameRow>[]> {
  const { column, names, name } = PLACES[field];
  const index = `failed_messages_${column.replace(/_id$/, '')}`;
  const [rows] = (await database.raw(
    `SELECT named.id, named.${name} AS name
     FROM (SELECT DISTINCT shelf, ${column} AS id FROM failed_messages FORCE INDEX (${index})) AS present
     JOIN ${names} AS named ON named.id = present.id
     GROUP BY named.id, named.${name} ORDER BY named.id DESC LIMIT ${MOST_READ}`,
  )) as [unknown];
  return z.array(nameRow).parse(rows);
}

async function readFailures(database: Database, field: Field, since: Date): Promise<Map<string, number> | null> {
  const { counted } = PLACES[field];
  if (counted === null) return null;
  const query = database('failure_counts AS counts')
    .where('counts.hour', '>=', since)
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
