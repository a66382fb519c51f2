import { z } from 'zod';

import type { OrderMatch } from '../contract/orders.ts';
import type { OrderSearch } from '../contract/schemas/orders.ts';
import { withinScope } from '../access/within-scope.ts';
import { countColumn, idColumn, nameColumn, timeColumn } from '../database/columns.ts';
import type { Database } from '../database/connect.ts';
import type { Scope } from '../web/route.ts';

import { businessKeyTail } from './business-keys.ts';

/** Different IDs that one search answers with, and that one number may have. */
const MOST_FOUND = 20;
/** Entries that are read for IDs that only contain the text: no index knows them. */
const MOST_READ = 20_000;
/** Different values that are looked at for some that are in scope. */
const MOST_STEPS = 200;

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
 * itself without its prefix, and any that are this behind a prefix. Along indexes, and bounded. Those that only messages
 * outside the scope bear are not there.
 */
export async function storedOrderIds(
  database: Database,
  keyId: string,
  asked: string,
  scope: Scope,
): Promise<string[]> {
  const tail = businessKeyTail(asked);
  const whole = await existing(database, keyId, [...new Set([asked, tail])]);
  const behindPrefix = await withTail(database, keyId, asked);
  return await withMessageIn(database, keyId, [...new Set([...whole, ...behindPrefix])].slice(0, MOST_FOUND), scope);
}

/**
 * Order IDs that are like a text: first along the indexes (the same number behind another prefix, what begins with it),
 * then, only if those have nothing, what contains it among the newest entries, with how far that looked.
 */
export async function searchOrderIds(database: Database, search: string, scope: Scope): Promise<OrderSearch> {
  const keyId = await orderKeyId(database);
  if (keyId === null) return { data: [], lookedThrough: null };
  const tail = businessKeyTail(search);
  const found = new Map<string, OrderMatch>();
  const add = async (ids: readonly string[], match: OrderMatch) => {
    for (const id of await withMessageIn(database, keyId, ids, scope)) {
      if (!found.has(id) && found.size < MOST_FOUND) found.set(id, match);
    }
  };
  await add(await existing(database, keyId, [search]), 'exact');
  await add(await existing(database, keyId, [tail]), 'sameNumber');
  await add(await withTail(database, keyId, tail), 'sameNumber');
  await add(await beginning(database, keyId, 'value', search, scope), 'begins');
  await add(await beginning(database, keyId, 'tail', tail, scope), 'begins');
  const lookedThrough = found.size > 0 ? null : await addContaining(database, keyId, search, scope, add);
  return { data: [...found].map(([orderId, match]) => ({ orderId, match })), lookedThrough };
}

/** Those of these values that a message in scope bears: of one that very many bear, one of the newest. */
async function withMessageIn(
  database: Database,
  keyId: string,
  values: readonly string[],
  scope: Scope,
): Promise<string[]> {
  if (scope === null || values.length === 0) return [...values];
  const within = withinScope('message.dead_queue_id', scope);
  const borne = await Promise.all(
    values.map(async (one) => {
      const [rows] = (await database.raw(
        `SELECT 1 FROM (SELECT message_id FROM business_keys WHERE name_id = ? AND value = ?
                        ORDER BY message_id DESC LIMIT ${MOST_READ}) AS newest
         JOIN failed_messages AS message ON message.id = newest.message_id WHERE ${within.sql} LIMIT 1`,
        [keyId, Buffer.from(one), ...within.bindings],
      )) as [unknown[]];
      return rows.length > 0;
    }),
  );
  return values.filter((_one, index) => borne[index]);
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
async function withTail(database: Database, keyId: string, tail: string | Buffer): Promise<string[]> {
  const newest = database('business_keys')
    .where({ name_id: keyId, tail: typeof tail === 'string' ? Buffer.from(tail) : tail })
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
 * index, so that an order with very many messages is one step too. A scope is searched a bounded number of steps.
 */
async function beginning(
  database: Database,
  keyId: string,
  column: 'value' | 'tail',
  text: string,
  scope: Scope,
): Promise<string[]> {
  const from = Buffer.from(text);
  const end = endOfPrefix(from);
  const found: string[] = [];
  let behind: Buffer | null = null;
  for (let steps = 0; found.length < MOST_FOUND && steps < MOST_STEPS; steps += 1) {
    const query = database('business_keys').where('name_id', keyId);
    void (behind === null ? query.where(column, '>=', from) : query.where(column, '>', behind));
    if (end !== null) void query.where(column, '<', end);
    const row: unknown = await query.orderBy(column).first('value', 'tail');
    if (row === undefined) break;
    const next = step.parse(row);
    const values = column === 'value' || scope === null ? [next.value] : await withTail(database, keyId, next.tail);
    found.push(...(await withMessageIn(database, keyId, values, scope)).slice(0, 1));
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
  scope: Scope,
  add: (ids: readonly string[], match: 'contains') => Promise<void>,
): Promise<OrderSearch['lookedThrough']> {
  // The index by message holds all of the key: no row is read.
  const newest = `SELECT message_id, name_id, value FROM business_keys FORCE INDEX (business_keys_message) ORDER BY message_id DESC LIMIT ${MOST_READ}`;
  const within = withinScope('message.dead_queue_id', scope);
  const messages = scope === null ? '' : 'JOIN failed_messages AS message ON message.id = newest.message_id';
  const [rows] = (await database.raw(
    `SELECT value FROM (${newest}) AS newest ${messages} WHERE ${within.sql} AND name_id = ? AND LOCATE(?, CONVERT(value USING utf8mb4) COLLATE utf8mb4_general_ci) > 0
     GROUP BY value ORDER BY MAX(newest.message_id) DESC LIMIT ${MOST_FOUND}`,
    [...within.bindings, keyId, search],
  )) as [unknown];
  await add(
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
