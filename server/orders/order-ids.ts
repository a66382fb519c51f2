import { z } from 'zod';

import type { OrderMatch } from '../contract/orders.ts';
import type { OrderSearch } from '../contract/schemas/orders.ts';
import { countColumn, idColumn, nameColumn, timeColumn } from '../database/columns.ts';
import type { Database } from '../database/connect.ts';

import { businessKeyTail } from './business-keys.ts';

/** Different IDs that one search answers with, and that one number may have. */
const MOST_FOUND = 20;
/** Entries that are read for IDs that only contain the text: no index knows them. */
const MOST_READ = 20_000;

const value = z.object({ value: nameColumn });
const step = z.object({ value: nameColumn, tail: z.instanceof(Buffer) });
const ends = z.object({ entries: countColumn, oldest: idColumn.nullable() });
const arrived = z.object({ arrived_at: timeColumn });

/** The id of the name of order IDs; null while no message has brought one. */
export async function orderKeyId(database: Database): Promise<string | null> {
  const row: unknown = await database('names').where('value', Buffer.from('orderId')).first('id');
  return row === undefined ? null : z.object({ id: idColumn }).parse(row).id;
}

/**
 * The stored IDs that an order ID finds, with or without its prefix, by the same rule as the filter `orderId`: itself,
 * itself without its prefix, and any that are this behind a prefix. Along indexes, and bounded.
 */
export async function storedOrderIds(database: Database, keyId: string, asked: string): Promise<string[]> {
  const tail = businessKeyTail(asked);
  const whole = await existing(database, keyId, [...new Set([asked, tail])]);
  const behindPrefix = await withTail(database, keyId, asked);
  return [...new Set([...whole, ...behindPrefix])].slice(0, MOST_FOUND);
}

/**
 * Order IDs that are like a text: first along the indexes (the same number behind another prefix, what begins with it),
 * then, only if those have nothing, what contains it among the newest entries, with how far that looked.
 */
export async function searchOrderIds(database: Database, search: string): Promise<OrderSearch> {
  const keyId = await orderKeyId(database);
  if (keyId === null) return { data: [], lookedThrough: null };
  const tail = businessKeyTail(search);
  const found = new Map<string, OrderMatch>();
  const add = (ids: readonly string[], match: OrderMatch) => {
    for (const id of ids) if (!found.has(id) && found.size < MOST_FOUND) found.set(id, match);
  };
  add(await existing(database, keyId, [search]), 'exact');
  add(await existing(database, keyId, [tail]), 'sameNumber');
  add(await withTail(database, keyId, tail), 'sameNumber');
  add(await beginning(database, keyId, 'value', search), 'begins');
  add(await beginning(database, keyId, 'tail', tail), 'begins');
  const lookedThrough = found.size > 0 ? null : await addContaining(database, keyId, search, add);
  return { data: [...found].map(([orderId, match]) => ({ orderId, match })), lookedThrough };
}

async function existing(database: Database, keyId: string, wanted: readonly string[]): Promise<string[]> {
  const rows = await Promise.all(
    wanted.map(
      (one) =>
        database('business_keys')
          .where({ name_id: keyId, value: Buffer.from(one) })
          .first('value') as PromiseLike<unknown>,
    ),
  );
  return rows.flatMap((row) => (row === undefined ? [] : [value.parse(row).value]));
}

/** The different values with this tail, of the newest messages that have it. */
async function withTail(database: Database, keyId: string, tail: string): Promise<string[]> {
  const newest = database('business_keys')
    .where({ name_id: keyId, tail: Buffer.from(tail) })
    .orderBy('message_id', 'desc')
    .limit(MOST_READ)
    .select('value', 'message_id')
    .as('newest');
  const rows: unknown = await database(newest)
    .groupBy('value')
    .orderByRaw('MAX(message_id) DESC')
    .limit(MOST_FOUND)
    .select('value');
  return z
    .array(value)
    .parse(rows)
    .map((row) => row.value);
}

/**
 * Different values that begin with a text, or whose tail does (one value a tail then). From one to the next along the
 * index, so that an order with very many messages is one step too.
 */
async function beginning(database: Database, keyId: string, column: 'value' | 'tail', text: string): Promise<string[]> {
  const from = Buffer.from(text);
  const end = endOfPrefix(from);
  const found: string[] = [];
  let behind: Buffer | null = null;
  while (found.length < MOST_FOUND) {
    const query = database('business_keys').where('name_id', keyId);
    void (behind === null ? query.where(column, '>=', from) : query.where(column, '>', behind));
    if (end !== null) void query.where(column, '<', end);
    const row: unknown = await query.orderBy(column).first('value', 'tail');
    if (row === undefined) break;
    const next = step.parse(row);
    found.push(next.value);
    behind = column === 'tail' ? next.tail : Buffer.from(next.value);
  }
  return found;
}

/** The first text behind all that begin with this; null where there is none. */
function endOfPrefix(prefix: Buffer): Buffer | null {
  const end = Buffer.from(prefix);
  for (let at = end.length - 1; at >= 0; at -= 1) {
    const byte = end[at] ?? 255;
    if (byte === 255) continue;
    end[at] = byte + 1;
    return end.subarray(0, at + 1);
  }
  return null;
}

async function addContaining(
  database: Database,
  keyId: string,
  search: string,
  add: (ids: readonly string[], match: 'contains') => void,
): Promise<OrderSearch['lookedThrough']> {
  // The index by message holds all of the key: no row is read.
  const newest = `SELECT message_id, name_id, value FROM business_keys FORCE INDEX (business_keys_message) ORDER BY message_id DESC LIMIT ${MOST_READ}`;
  const [rows] = (await database.raw(
    `SELECT value FROM (${newest}) AS newest WHERE name_id = ? AND LOCATE(?, CONVERT(value USING utf8mb4) COLLATE utf8mb4_general_ci) > 0
     GROUP BY value ORDER BY MAX(message_id) DESC LIMIT ${MOST_FOUND}`,
    [keyId, search],
  )) as [unknown];
  add(
    z
      .array(value)
      .parse(rows)
      .map((row) => row.value),
    'contains',
  );
  const [[end]] = (await database.raw(
    `SELECT COUNT(*) AS entries, MIN(message_id) AS oldest FROM (${newest}) AS newest`,
  )) as [[unknown]];
  const { entries, oldest } = ends.parse(end);
  const death: unknown = oldest === null ? undefined : await database('deaths').where('id', oldest).first('arrived_at');
  return {
    entries,
    all: entries < MOST_READ,
    since: death === undefined ? null : arrived.parse(death).arrived_at,
  };
}
