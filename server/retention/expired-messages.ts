import { z } from 'zod';

import { MESSAGE_STATUSES, type MessageStatus } from '../contract/messages.ts';
import type { Database, Transaction } from '../database/connect.ts';
import { countColumn, idColumn } from '../database/columns.ts';

/** How long what is kept, in days since a message settled, was handled or deleted. */
export interface RetentionTerms {
  contentsKeptDays: number;
  /** Null: records are kept. Contents go with their record, whatever their own term is. */
  recordsKeptDays: number | null;
}

/** A message of which something is past its term. */
export interface ExpiredMessage {
  id: string;
  /** What goes: its contents alone, or all of it. */
  goes: 'contents' | 'record';
  /** Of the bodies that go, before compression. */
  bytes: number;
}

/** The states that end by themselves some day. A message in any other waits for somebody, or is on its way. */
const EXPIRING: readonly MessageStatus[] = ['settled', 'handled', 'deleted'];

/** The term by which something of a message goes first. */
export function shortestTerm({ contentsKeptDays, recordsKeptDays }: RetentionTerms): number {
  return Math.min(contentsKeptDays, recordsKeptDays ?? contentsKeptDays);
}

const idRow = z.object({ id: idColumn });

/**
 * The highest id that a message can have which settled, was handled or deleted so many days ago: nothing of that happens
 * to a message before it arrives, and ids follow arrivals. Null when all are younger. By the database's clock.
 */
export async function lastIdBefore(database: Database | Transaction, days: number): Promise<string | null> {
  const row: unknown = await database('deaths')
    .whereRaw('arrived_at <= UTC_TIMESTAMP(3) - INTERVAL ? DAY', [days])
    .orderBy([
      { column: 'arrived_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .first('id');
  return row === undefined ? null : idRow.parse(row).id;
}

/** A bounded piece of the way through all messages, by primary key. */
export interface Stretch {
  /** Of the messages whose state lets something of them expire. */
  ids: string[];
  /** Where it ends; null when there is nothing further on. */
  last: string | null;
}

const stretchRow = z.object({ id: idColumn, status: z.enum(MESSAGE_STATUSES) });

/**
 * The next messages, whatever their state: so many rows are read, and no more.
 *
 * @param within exclusive below, inclusive above.
 */
export async function readStretch(
  database: Database,
  within: { after: string; upTo: string },
  { limit, from }: { limit: number; from: 'oldest' | 'newest' },
): Promise<Stretch> {
  const found: unknown[] = await database('failed_messages')
    .where('id', '>', within.after)
    .where('id', '<=', within.upTo)
    .orderBy('id', from === 'oldest' ? 'asc' : 'desc')
    .limit(limit)
    .select('id', 'status');
  const rows = z.array(stretchRow).parse(found);
  return {
    ids: rows.filter(({ status }) => EXPIRING.includes(status)).map(({ id }) => id),
    last: rows.at(-1)?.id ?? null,
  };
}

/**
 * Since when a message is what it is: the end of its last try's quiet period, or, of one that was put back to `settled`
 * by a further try that came to nothing, the end of that; else when the operation that moved it recorded it. NULL where
 * nobody recorded it: that never expires.
 */
const SINCE = "CASE message.status WHEN 'settled' THEN COALESCE(last_try.settled_at, last_try.at) ELSE moved_by.at END";

const expiredRow = z
  .object({ id: idColumn, record: countColumn, bytes: countColumn.nullable() })
  .transform(({ id, record, bytes }): ExpiredMessage | null => {
    if (record === 1) return { id, goes: 'record', bytes: bytes ?? 0 };
    return bytes === null ? null : { id, goes: 'contents', bytes };
  });

/**
 * Those of these messages of which something is to go now, in id order. What an operation has selected and not yet done
 * stays whole: somebody is about to act on it.
 *
 * In a transaction that has locked the messages the answer holds until it ends: whatever moves a message locks it.
 */
export async function readExpired(
  database: Database | Transaction,
  messageIds: readonly string[],
  terms: RetentionTerms,
): Promise<ExpiredMessage[]> {
  if (messageIds.length === 0) return [];
  const past = `${SINCE} <= UTC_TIMESTAMP(3) - INTERVAL ? DAY`;
  const { recordsKeptDays } = terms;
  const found: unknown[] = await database('failed_messages AS message')
    .leftJoin('operation_items AS moved_by', (join) => {
      join.on('moved_by.operation_id', 'message.operation_id').andOn('moved_by.message_id', 'message.id');
    })
    .leftJoin('operation_items AS last_try', (join) => {
      join.on('last_try.message_id', 'message.id').andOn('last_try.resend_number', 'message.resend_count');
    })
    .whereIn('message.id', [...messageIds])
    .whereIn('message.status', [...EXPIRING])
    .whereRaw(past, [shortestTerm(terms)])
    .whereNotExists((open) => {
      void open
        .from('operation_items AS open_item')
        .whereRaw("open_item.message_id = message.id AND open_item.state <> 'done'")
        .select(database.raw('1'));
    })
    .orderBy('message.id')
    .select(
      'message.id',
      recordsKeptDays === null ? database.raw('0 AS record') : database.raw(`${past} AS record`, [recordsKeptDays]),
      // Of what is not removed yet; NULL when all is.
      database.raw(`(
        SELECT SUM(content.body_size + COALESCE(envelope.body_size, 0))
        FROM deaths AS death
        JOIN contents AS content ON content.id = death.content_id
        LEFT JOIN contents AS envelope ON envelope.id = content.envelope_id
        WHERE death.message_id = message.id AND content.purged_at IS NULL
      ) AS bytes`),
    );
  return z
    .array(expiredRow)
    .parse(found)
    .filter((expired) => expired !== null);
}
