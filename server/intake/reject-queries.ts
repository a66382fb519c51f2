import { z } from 'zod';

import type { HeaderTable, MessageProperties } from '../amqp/message.ts';
import { headerTable, messageProperties } from '../amqp/wire-schema.ts';
import type { Reject } from '../contract/schemas/rejects.ts';
import { withinScope } from '../access/within-scope.ts';
import { countColumn, idColumn, nameColumn, timeColumn } from '../database/columns.ts';
import type { Database } from '../database/connect.ts';
import { contentCipherOf, isUnreadable } from '../encryption/content-cipher.ts';
import type { AppError } from '../web/app-error.ts';
import type { Scope } from '../web/route.ts';

import { placeOfReject } from './rejects-store.ts';

const row = z
  .object({
    id: idColumn,
    dead_queue: nameColumn,
    arrived_at: timeColumn,
    error_code: z.string(),
    error_text: z.string(),
    exchange: nameColumn,
    routing_key: nameColumn,
    body_size: countColumn,
  })
  .transform((given): Reject => ({
    id: given.id,
    place: 'rejects',
    deadQueue: given.dead_queue,
    at: given.arrived_at,
    code: given.error_code,
    text: given.error_text,
    exchange: given.exchange,
    routingKey: given.routing_key,
    bodySize: given.body_size,
  }));

const COLUMNS = [
  'reject.id',
  'dead_queue.name AS dead_queue',
  'reject.arrived_at',
  'reject.error_code',
  'reject.error_text',
  'reject.exchange',
  'reject.routing_key',
  'reject.body_size',
] as const;

function openRejects(database: Database, scope: Scope) {
  const within = withinScope('reject.dead_queue_id', scope);
  return database('intake_rejects AS reject')
    .join('dead_queues AS dead_queue', 'dead_queue.id', 'reject.dead_queue_id')
    .whereNull('reject.registered_at')
    .whereRaw(within.sql, within.bindings);
}

/** Rejects in scope that wait to be registered, nearest first: newest first, or, `backwards`, oldest first. */
export async function readRejects(
  database: Database,
  scope: Scope,
  options: { beyond?: string; backwards: boolean; offset: number; limit: number },
): Promise<Reject[]> {
  const { beyond, backwards, offset, limit } = options;
  const query = openRejects(database, scope)
    .orderBy('reject.id', backwards ? 'asc' : 'desc')
    .offset(offset)
    .limit(limit);
  if (beyond !== undefined) void query.where('reject.id', backwards ? '>' : '<', beyond);
  const rows: unknown[] = await query.select(...COLUMNS);
  return z.array(row).parse(rows);
}

/** How many wait, at most `cap`. */
export async function countRejects(database: Database, scope: Scope, cap: number): Promise<number> {
  const within = withinScope('dead_queue_id', scope);
  const some = database('intake_rejects')
    .whereNull('registered_at')
    .whereRaw(within.sql, within.bindings)
    .select('id')
    .limit(cap)
    .as('some');
  const found: unknown = await database.from(some).count('* AS counted').first();
  return z.object({ counted: countColumn }).parse(found).counted;
}

/** How many lie in the journals of instances other than these, as far as those have told. */
export async function countElsewhere(database: Database, reached: readonly string[]): Promise<number> {
  const found: unknown = await database('instances')
    .whereNotIn('id', reached)
    .where('journal_unregistered', '>', 0)
    .sum('journal_unregistered AS counted')
    .first();
  return z.object({ counted: countColumn.nullable() }).parse(found).counted ?? 0;
}

/** All but the body. */
export interface RejectContents {
  reject: Reject;
  deadQueueId: string;
  properties: MessageProperties;
  headers: HeaderTable | undefined;
  redelivered: boolean;
  chunkCount: number;
}

const envelope = z.object({ properties: messageProperties, headers: headerTable.nullable() });
const contentsRow = z.object({
  dead_queue_id: idColumn,
  redelivered: countColumn,
  chunk_count: countColumn,
  key_id: z.string().nullable(),
  envelope: z.instanceof(Buffer),
});

/** One that cannot be decrypted, and why. */
export interface UnreadableReject {
  reject: Reject;
  unreadable: AppError;
}

/** Those of these in scope that wait to be registered, in the order of their ids. */
export async function readRejectContents(
  database: Database,
  ids: readonly string[],
  scope: Scope,
): Promise<(RejectContents | UnreadableReject)[]> {
  if (ids.length === 0) return [];
  const rows: unknown[] = await openRejects(database, scope)
    .whereIn('reject.id', ids)
    .orderBy('reject.id')
    .select(
      ...COLUMNS,
      'reject.dead_queue_id',
      'reject.redelivered',
      'reject.chunk_count',
      'reject.key_id',
      'reject.envelope',
    );
  const cipher = contentCipherOf(database);
  return rows.map((given) => {
    const contents = contentsRow.parse(given);
    const stored = { keyId: contents.key_id, data: contents.envelope };
    let text: string;
    try {
      text = cipher.read(stored, placeOfReject(row.parse(given).id)).toString();
    } catch (error) {
      if (isUnreadable(error)) return { reject: row.parse(given), unreadable: error };
      throw error;
    }
    const { properties, headers } = envelope.parse(JSON.parse(text));
    return {
      reject: row.parse(given),
      deadQueueId: contents.dead_queue_id,
      properties,
      headers: headers ?? undefined,
      redelivered: contents.redelivered === 1,
      chunkCount: contents.chunk_count,
    };
  });
}
