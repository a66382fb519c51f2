import { z } from 'zod';

import { may } from '../contract/access.ts';
import { KINDS_OF_USERS } from '../contract/audit.ts';
import type { AuditFilter } from '../contract/schemas/audit.ts';
import { countColumn, idColumn } from '../database/columns.ts';
import type { Database } from '../database/connect.ts';
import { businessKeyTail } from '../orders/business-keys.ts';
import { orderKeyId, storedOrderIds } from '../orders/order-ids.ts';
import type { Principal } from '../web/route.ts';

/** A part of a WHERE, over `audit_events AS event`. */
export interface Condition {
  sql: string;
  bindings: readonly (string | number | Date | Buffer | readonly string[])[];
}

/** Events along an index, and what else has to hold of them. */
export interface EventFilter {
  /** Any of these; each has an index that ends in the id. */
  ranges: Condition[];
  /** All of these. */
  others: Condition[];
  /** Ids outside of these are not looked at: exclusive, as far as there are any. */
  above?: string;
  below?: string;
}

/** Kinds that are looked for along their index; of more, all events are looked through. */
const MOST_RANGES = 8;
/** Different subjects that a part of one is looked for in. */
const MOST_SUBJECTS = 10_000;
/** Which of several indexes has the fewest entries is looked at so far. */
const COUNTED = 5_000;
/** Messages and operations of one order whose events are looked for. */
const MOST_OF_ORDER = 2_000;
/** How far the order of ids can be from that of times, in seconds: both are given by one statement. */
const TIME_MARGIN_S = 60;

const idRow = z.object({ id: idColumn });

/** What a filter asks for, of what somebody may see. */
export async function eventFilter(database: Database, filter: AuditFilter, principal: Principal): Promise<EventFilter> {
  const { kind: kinds = [], orderId, messageId, operationId, address, actor, subject } = filter;
  const alternatives: Condition[][] = [];
  if (orderId !== undefined) alternatives.push(await ofOrder(database, orderId));
  const equal = { message_id: messageId, operation_id: operationId, address, actor_name: actor };
  for (const [column, value] of Object.entries(equal)) {
    if (value !== undefined) alternatives.push([{ sql: `event.${column} = ?`, bindings: [value] }]);
  }
  if (kinds.length > 0 && kinds.length <= MOST_RANGES) {
    alternatives.push(kinds.map((kind) => ({ sql: 'event.kind = ?', bindings: [kind] })));
  }
  const named = subject === undefined ? null : await subjectsWith(database, subject);
  if (named?.ranges !== undefined) alternatives.push(named.ranges);
  const ranges = await fewest(database, alternatives);
  const others = alternatives.filter((one) => one !== ranges).map(anyOf);
  if (kinds.length > MOST_RANGES) others.push({ sql: 'event.kind IN (?)', bindings: [kinds] });
  if (named !== null && named.ranges === undefined) others.push(named.condition);
  others.push(...visibleTo(principal));
  const { from, to } = filter;
  if (from !== undefined) others.push({ sql: 'event.at >= ?', bindings: [new Date(from)] });
  if (to !== undefined) others.push({ sql: 'event.at < ?', bindings: [new Date(to)] });
  return { ranges, others, ...(await idsWithin(database, filter)) };
}

/**
 * Subjects that have this text in them. Different ones are few, and the index leads from one to the next; where there are
 * too many, events are looked through.
 */
async function subjectsWith(database: Database, text: string): Promise<{ condition: Condition; ranges?: Condition[] }> {
  const pattern = `%${text.replace(/[\\%_]/g, (character) => `\\${character}`)}%`;
  const alike = 'subject LIKE ? COLLATE utf8mb4_general_ci';
  const known = `(SELECT subject FROM audit_events GROUP BY subject LIMIT ${MOST_SUBJECTS}) AS known`;
  const [found] = (await database.raw(`SELECT subject FROM ${known} WHERE ${alike} LIMIT ${MOST_RANGES + 1}`, [
    pattern,
  ])) as [unknown[]];
  const [[counted]] = (await database.raw(`SELECT COUNT(*) AS n FROM ${known}`)) as [[unknown]];
  const condition = { sql: `event.${alike}`, bindings: [pattern] };
  const isAll = z.object({ n: countColumn }).parse(counted).n < MOST_SUBJECTS;
  if (!isAll || found.length > MOST_RANGES) return { condition };
  const subjects = z.array(z.object({ subject: z.string() })).parse(found);
  return { condition, ranges: subjects.map((one) => ({ sql: 'event.subject = ?', bindings: [one.subject] })) };
}

/** The alternative with the fewest entries, all events where there is none: the others are looked for among those. */
async function fewest(database: Database, alternatives: readonly Condition[][]): Promise<Condition[]> {
  const [first, ...rest] = alternatives;
  if (first === undefined) return [{ sql: 'TRUE', bindings: [] }];
  if (rest.length === 0) return first;
  const counts = await Promise.all(
    alternatives.map(async (ranges) => {
      const parts = ranges.map(({ sql }) => `(SELECT 1 FROM audit_events AS event WHERE ${sql} LIMIT ${COUNTED})`);
      if (parts.length === 0) return 0;
      const [[row]] = (await database.raw(
        `SELECT COUNT(*) AS n FROM (${parts.join(' UNION ALL ')}) AS entry`,
        ranges.flatMap(({ bindings }) => bindings) as never,
      )) as [[unknown]];
      return z.object({ n: countColumn }).parse(row).n;
    }),
  );
  return alternatives[counts.indexOf(Math.min(...counts))] ?? first;
}

function anyOf(conditions: readonly Condition[]): Condition {
  if (conditions.length === 0) return { sql: 'FALSE', bindings: [] };
  return {
    sql: `(${conditions.map(({ sql }) => sql).join(' OR ')})`,
    bindings: conditions.flatMap(({ bindings }) => bindings),
  };
}

/** Events on the order's messages, on operations with one of them, and those whose act was given its ID. */
async function ofOrder(database: Database, orderId: string): Promise<Condition[]> {
  const keyId = await orderKeyId(database);
  const stored = keyId === null ? [] : await storedOrderIds(database, keyId, orderId, null);
  const messages: unknown[] = await database('business_keys')
    .where('name_id', keyId ?? '0')
    .whereIn(
      'value',
      stored.map((one) => Buffer.from(one)),
    )
    .orderBy('message_id', 'desc')
    .limit(MOST_OF_ORDER)
    .pluck('message_id');
  const messageIds = z.array(idColumn).parse(messages);
  const operations: unknown[] = await database('operation_items')
    .whereIn('message_id', messageIds)
    .distinct('operation_id')
    .limit(MOST_OF_ORDER)
    .pluck('operation_id');
  const operationIds = z.array(idColumn).parse(operations);
  const values = [...new Set([orderId, businessKeyTail(orderId)])].map((one) => Buffer.from(one));
  const named: unknown[] = await database('audit_event_orders')
    .whereIn('value', values)
    .orWhere('tail', Buffer.from(orderId))
    .orderBy('event_id', 'desc')
    .limit(MOST_OF_ORDER)
    .pluck('event_id');
  const eventIds = z.array(idColumn).parse(named);
  return [
    { column: 'message_id', ids: messageIds },
    { column: 'operation_id', ids: operationIds },
    { column: 'id', ids: eventIds },
  ].flatMap(({ column, ids }) => (ids.length === 0 ? [] : [{ sql: `event.${column} IN (?)`, bindings: [ids] }]));
}

/** Times as bounds of ids, with a margin: as far as the two go together. */
async function idsWithin(database: Database, { from, to }: AuditFilter): Promise<Pick<EventFilter, 'above' | 'below'>> {
  const next = async (time: string, side: '<' | '>=') => {
    const margin = (side === '<' ? -1 : 1) * TIME_MARGIN_S * 1000;
    const order = side === '<' ? 'desc' : 'asc';
    const row: unknown = await database('audit_events')
      .where('at', side, new Date(Date.parse(time) + margin))
      .orderBy([
        { column: 'at', order },
        { column: 'id', order },
      ])
      .first('id');
    return row === undefined ? undefined : idRow.parse(row).id;
  };
  const above = from === undefined ? undefined : await next(from, '<');
  const below = to === undefined ? undefined : await next(to, '>=');
  return { ...(above === undefined ? {} : { above }), ...(below === undefined ? {} : { below }) };
}

/**
 * What somebody may see: their own acts; of others only what tells of no user, unless they manage users; and with a limit
 * to dead queues only acts on messages in those, and on operations that lie wholly within them.
 */
export function visibleTo(principal: Principal): Condition[] {
  const { userId, scope } = principal;
  const conditions: Condition[] = [];
  if (!may(principal, 'users.edit')) {
    conditions.push({
      sql: '(event.actor_id = ? OR event.kind NOT IN (?))',
      bindings: [userId, KINDS_OF_USERS],
    });
  }
  if (scope === null) return conditions;
  // No id is 0, and a list must not be empty.
  const queues = ['0', ...scope];
  conditions.push({
    sql: `(event.actor_id = ?
           OR (event.operation_id IS NULL AND EXISTS (
             SELECT 1 FROM failed_messages AS message WHERE message.id = event.message_id AND message.dead_queue_id IN (?)))
           OR (EXISTS (SELECT 1 FROM operation_dead_queues AS inside WHERE inside.operation_id = event.operation_id)
               AND NOT EXISTS (SELECT 1 FROM operation_dead_queues AS outside
                               WHERE outside.operation_id = event.operation_id AND outside.dead_queue_id NOT IN (?))))`,
    bindings: [userId, queues, queues],
  });
  return conditions;
}
