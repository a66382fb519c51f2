import type { Knex } from 'knex';
import { z } from 'zod';

import { withinScope } from '../access/within-scope.ts';
import type { Database } from '../database/connect.ts';
import { countColumn, idColumn, nameColumn, timeColumn } from '../database/columns.ts';

import type { Scope } from '../web/route.ts';

import type { GroupIds } from './group-store.ts';
import { fingerprintBeyondScope, fingerprintInScope } from './groups-in-scope.ts';
import { BEFORE_HOURS } from './growth.ts';
import { readLastWithin } from './last-within.ts';

/**
 * What is known of fingerprints, read by index probes and from `failure_counts`: never by walking over messages, but for
 * a bounded look at the latest of a few.
 */

const SHELVES = ['desk', 'sent', 'deleted'] as const;
/** Ranges in one statement. */
const BRANCHES = 60;

/** A fingerprint that has messages. */
export interface SeenFingerprint {
  id: string;
  groupId: string;
  queueId: string | null;
  errorTypeId: string | null;
  normalisedMessage: string | null;
  /** Its latest death in scope on any shelf; death ids follow time. */
  lastDeathId: bigint;
}

/** One ordered range of `failed_messages`. */
const range = (columns: string) =>
  `SELECT ${columns} FROM failed_messages AS message FORCE INDEX (failed_messages_fingerprint)`;
const lastOn = (shelf: string) =>
  `(${range('message.last_death_id')} WHERE message.shelf = '${shelf}' AND message.fingerprint_id = fingerprint.id
    ORDER BY message.last_death_id DESC LIMIT 1) AS ${shelf}`;

const seenRow = z.object({
  id: idColumn,
  group_id: idColumn,
  queue_id: idColumn.nullable(),
  error_type_id: idColumn.nullable(),
  normalised_message: z.string().nullable(),
  is_beyond: countColumn,
  desk: idColumn.nullable(),
  sent: idColumn.nullable(),
  deleted: idColumn.nullable(),
});

/**
 * The fingerprints of these groups that have a message in scope, three index probes each; those that fail in dead queues
 * within the scope and outside are looked at more closely.
 */
export async function readSeenFingerprints(
  database: Database,
  groups: GroupIds,
  scope: Scope,
): Promise<SeenFingerprint[]> {
  const within = fingerprintInScope('fingerprint.id', scope);
  const beyond = fingerprintBeyondScope('fingerprint.id', scope);
  const found: unknown[] = await database('fingerprints AS fingerprint')
    .whereIn('fingerprint.group_id', groups as never)
    .whereRaw(within.sql, within.bindings)
    .select(
      'fingerprint.id',
      'fingerprint.group_id',
      'fingerprint.queue_id',
      'fingerprint.error_type_id',
      'fingerprint.normalised_message',
      database.raw(`${beyond.sql} AS is_beyond`, beyond.bindings),
      ...SHELVES.map((shelf) => database.raw(lastOn(shelf))),
    );
  const rows = z.array(seenRow).parse(found);
  const shared = rows.flatMap((row) =>
    row.is_beyond === 1 ? SHELVES.flatMap((shelf) => (row[shelf] === null ? [] : [{ id: row.id, shelf }])) : [],
  );
  const lastWithin = scope === null ? new Map<string, bigint>() : await readLastWithin(database, shared, scope);
  return rows.flatMap((row) => {
    const ids = SHELVES.flatMap((shelf) => (row[shelf] === null ? [] : [BigInt(row[shelf])]));
    const last = ids.length === 0 ? undefined : ids.reduce((a, b) => (a > b ? a : b));
    const lastDeathId = row.is_beyond === 1 ? lastWithin.get(row.id) : last;
    if (lastDeathId === undefined) return [];
    return [
      {
        id: row.id,
        groupId: row.group_id,
        queueId: row.queue_id,
        errorTypeId: row.error_type_id,
        normalisedMessage: row.normalised_message,
        lastDeathId,
      },
    ];
  });
}

/** Sums over all time. */
export interface FingerprintSums {
  /** What should be on the desk by the counts. */
  pending: number;
  resent: number;
  cameBack: number;
  deadQueueIds: Set<string>;
}

const sumRow = z.object({
  dead_queue_id: idColumn,
  fingerprint_id: idColumn,
  pending: countColumn,
  resent: countColumn,
  came_back: countColumn,
});

/** Of what failed in scope, by fingerprint id. Null: of all of them. */
export async function readSums(
  database: Database,
  fingerprintIds: readonly string[] | null,
  scope: Scope,
): Promise<Map<string, FingerprintSums>> {
  const query = countsOf(database, fingerprintIds, scope)
    .groupBy('dead_queue_id', 'fingerprint_id')
    .select(
      'dead_queue_id',
      'fingerprint_id',
      database.raw('SUM(arrived + came_back + restored - resent - handled - deleted) AS pending'),
      database.raw('SUM(resent) AS resent'),
      database.raw('SUM(came_back) AS came_back'),
    );
  const sums = new Map<string, FingerprintSums>();
  for (const row of z.array(sumRow).parse(await (query as PromiseLike<unknown[]>))) {
    const own = sums.get(row.fingerprint_id) ?? { pending: 0, resent: 0, cameBack: 0, deadQueueIds: new Set() };
    own.pending += row.pending;
    own.resent += row.resent;
    own.cameBack += row.came_back;
    own.deadQueueIds.add(row.dead_queue_id);
    sums.set(row.fingerprint_id, own);
  }
  return sums;
}

/** The counts of these fingerprints, along their index. */
function countsOf(database: Database, fingerprintIds: readonly string[] | null, scope: Scope): Knex.QueryBuilder {
  const within = withinScope('dead_queue_id', scope);
  if (fingerprintIds === null) return database('failure_counts').whereRaw(within.sql, within.bindings);
  // Left to itself the server reads the whole table as soon as a tenth of it would do.
  return database(database.raw('failure_counts FORCE INDEX (failure_counts_fingerprint)'))
    .whereIn('fingerprint_id', fingerprintIds)
    .whereRaw(within.sql, within.bindings);
}

/** Hours that are shown, the running one included. */
export const SHOWN_HOURS = 24;
/** Hours that are read: those, and what growth is measured by. */
export const HOURS = BEFORE_HOURS + 2;

const hourRow = z.object({ fingerprint_id: idColumn, hours_ago: countColumn, failures: countColumn });

/** Failures in scope by clock hour, oldest first, by fingerprint id; those without any are absent. Null: of all of them. */
export async function readHourly(
  database: Database,
  fingerprintIds: readonly string[] | null,
  scope: Scope,
): Promise<Map<string, number[]>> {
  const thisHour = "DATE_FORMAT(UTC_TIMESTAMP(), '%Y-%m-%d %H:00:00')";
  const query = countsOf(database, fingerprintIds, scope)
    .whereRaw(`hour > ${thisHour} - INTERVAL ? HOUR`, [HOURS])
    .whereRaw('arrived + came_back > 0')
    .groupBy('fingerprint_id', 'hour')
    .select(
      'fingerprint_id',
      database.raw(`TIMESTAMPDIFF(HOUR, hour, ${thisHour}) AS hours_ago`),
      database.raw('SUM(arrived + came_back) AS failures'),
    );
  const hourly = new Map<string, number[]>();
  for (const row of z.array(hourRow).parse(await (query as PromiseLike<unknown[]>))) {
    const own = hourly.get(row.fingerprint_id) ?? new Array<number>(HOURS).fill(0);
    hourly.set(row.fingerprint_id, own);
    const place = HOURS - 1 - row.hours_ago;
    if (place in own) own[place] = row.failures;
  }
  return hourly;
}

/** When these deaths arrived, by id. */
export async function readArrivals(database: Database, deathIds: readonly bigint[]): Promise<Map<bigint, string>> {
  const rows: unknown[] = await database('deaths').whereIn('id', deathIds.map(String)).select('id', 'arrived_at');
  return new Map(
    z
      .array(z.object({ id: idColumn, arrived_at: timeColumn }))
      .parse(rows)
      .map(({ id, arrived_at }) => [BigInt(id), arrived_at]),
  );
}

/** Messages that are looked at for the first in scope. */
const LOOKED_FOR_FIRST = 2_000;

/** The first death of these fingerprints behind another one, in scope as far as the first 2 000 tell; or null. */
export async function readFirstDeathAfter(
  database: Database,
  fingerprintIds: readonly string[],
  after: bigint,
  scope: Scope,
): Promise<bigint | null> {
  const within = withinScope('message.dead_queue_id', scope);
  let first: bigint | null = null;
  const branches = fingerprintIds.flatMap((id) => SHELVES.map((shelf) => ({ id, shelf })));
  for (let start = 0; start < branches.length; start += BRANCHES) {
    const part = branches.slice(start, start + BRANCHES);
    const union = part.map(
      () =>
        `(SELECT message.death_id FROM (
            ${range(`message.last_death_id AS death_id${scope === null ? '' : ', message.dead_queue_id'}`)}
            WHERE message.shelf = ? AND message.fingerprint_id = ? AND message.last_death_id > ?
            ORDER BY message.last_death_id LIMIT ${scope === null ? 1 : LOOKED_FOR_FIRST}) AS message
          WHERE ${within.sql} ORDER BY message.death_id LIMIT 1)`,
    );
    const [[row]] = (await database.raw(
      `SELECT MIN(death_id) AS first FROM (${union.join(' UNION ALL ')}) AS found`,
      part.flatMap(({ id, shelf }) => [shelf, id, String(after), ...within.bindings]),
    )) as [[unknown]];
    const found = z.object({ first: idColumn.nullable() }).parse(row).first;
    if (found !== null && (first === null || BigInt(found) < first)) first = BigInt(found);
  }
  return first;
}

/** What a look at the latest messages of one row found. */
export interface Look {
  /** On the desk; `whole` when the look saw all of them. */
  pending: number;
  whole: boolean;
  orders: { count: number; atLeast: boolean };
}

/** Messages looked at a shelf and row, and fingerprints of a row at most. */
const LOOKED_AT = 1000;
const LOOKED_FINGERPRINTS = 20;
/** Rows in one statement: two ranges for each of their fingerprints. */
const ROWS = 25;

/**
 * A look at the latest messages of each row that are not deleted, bounded. It counts those in scope.
 *
 * @param rows fingerprint ids of each row, those seen last first.
 */
export async function lookAtLatest(
  database: Database,
  rows: readonly (readonly string[])[],
  scope: Scope,
): Promise<Look[]> {
  const named: unknown[] = await database('names').where('value', Buffer.from('orderId')).limit(1).select('id');
  const nameId = z.array(z.object({ id: idColumn })).parse(named)[0]?.id ?? null;
  const looks: Look[] = [];
  for (let start = 0; start < rows.length; start += ROWS) {
    looks.push(...(await lookAt(database, rows.slice(start, start + ROWS), nameId, scope)));
  }
  return looks;
}

const lookRow = z.object({
  row_number_: countColumn,
  shelf: z.string(),
  range_number: countColumn,
  seen: countColumn,
  own: countColumn,
});
const orderRow = z.object({ row_number_: countColumn, orders: countColumn });

async function lookAt(
  database: Database,
  rows: readonly (readonly string[])[],
  nameId: string | null,
  scope: Scope,
): Promise<Look[]> {
  const ranges = rows.flatMap((fingerprintIds, row) => {
    const looked = fingerprintIds.slice(0, LOOKED_FINGERPRINTS);
    const limit = Math.ceil(LOOKED_AT / Math.max(1, looked.length));
    return looked.flatMap((id) => (['desk', 'sent'] as const).map((shelf) => ({ row, id, shelf, limit })));
  });
  if (ranges.length === 0) return rows.map(() => ({ pending: 0, whole: true, orders: { count: 0, atLeast: false } }));
  const union = ranges
    .map(
      ({ row, shelf, limit }, index) =>
        `(${range(`${row} AS row_number_, '${shelf}' AS shelf, ${index} AS range_number, message.id${scope === null ? '' : ', message.dead_queue_id'}`)}
          WHERE message.shelf = '${shelf}' AND message.fingerprint_id = ? ORDER BY message.last_death_id DESC LIMIT ${limit})`,
    )
    .join(' UNION ALL ');
  const ids = ranges.map(({ id }) => id);
  const within = withinScope('looked.dead_queue_id', scope);
  const [seen, orders] = await Promise.all([
    database.raw(
      `SELECT row_number_, shelf, range_number, COUNT(*) AS seen, SUM(${within.sql}) AS own
       FROM (${union}) AS looked GROUP BY row_number_, shelf, range_number`,
      [...within.bindings, ...ids],
    ) as unknown as Promise<[unknown[]]>,
    nameId === null
      ? Promise.resolve<[unknown[]]>([[]])
      : (database.raw(
          `SELECT looked.row_number_, COUNT(DISTINCT business_key.value) AS orders FROM (${union}) AS looked
           JOIN business_keys AS business_key ON business_key.message_id = looked.id AND business_key.name_id = ?
           WHERE ${within.sql} GROUP BY looked.row_number_`,
          [...ids, nameId, ...within.bindings],
        ) as unknown as Promise<[unknown[]]>),
  ]);
  const counted = z.array(lookRow).parse(seen[0]);
  const ordered = new Map(
    z
      .array(orderRow)
      .parse(orders[0])
      .map(({ row_number_, orders: count }) => [row_number_, count]),
  );
  return rows.map((fingerprintIds, row) => {
    const own = counted.filter((found) => found.row_number_ === row);
    const cut = (found: { seen: number; range_number: number }) =>
      found.seen >= (ranges[found.range_number]?.limit ?? 0);
    const onDesk = own.filter(({ shelf }) => shelf === 'desk');
    const all = fingerprintIds.length <= LOOKED_FINGERPRINTS;
    return {
      pending: onDesk.reduce((sum, found) => sum + found.own, 0),
      whole: all && !onDesk.some(cut),
      orders: { count: ordered.get(row) ?? 0, atLeast: !all || own.some(cut) },
    };
  });
}

/** Names by id. */
export async function readNames(database: Database, ids: readonly string[]): Promise<Map<string, string>> {
  return await namesIn(database, 'names', 'value', ids);
}

/** Names of dead queues by id. */
export async function readDeadQueueNames(database: Database, ids: readonly string[]): Promise<Map<string, string>> {
  return await namesIn(database, 'dead_queues', 'name', ids);
}

async function namesIn(
  database: Database,
  table: 'names' | 'dead_queues',
  column: string,
  ids: readonly string[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows: unknown[] = await database(table)
    .whereIn('id', [...new Set(ids)])
    .select('id', `${column} AS name`);
  return new Map(
    z
      .array(z.object({ id: idColumn, name: nameColumn }))
      .parse(rows)
      .map(({ id, name }) => [id, name]),
  );
}
