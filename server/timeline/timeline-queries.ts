import { z } from 'zod';

import { ACTIONS, OUTCOMES } from '../contract/operations.ts';
import type { TimelineEntry } from '../contract/schemas/messages.ts';
import type { Database } from '../database/connect.ts';
import { idColumn, nameColumn, timeColumn } from '../database/columns.ts';
import { readDeaths } from '../messages/death-rows.ts';

const itemRow = z.object({
  message_id: idColumn,
  operation_id: idColumn,
  at: timeColumn,
  actor_name: z.string(),
  action: z.enum(ACTIONS),
  outcome: z.enum(OUTCOMES).nullable(),
  exchange: nameColumn.nullable(),
  routing_key: nameColumn.nullable(),
  reason: z.string().nullable(),
  error_code: z.string().nullable(),
  settled_at: timeColumn.nullable(),
});

const auditRow = z.object({ message_id: idColumn, at: timeColumn, actor_name: z.string(), kind: z.string() });

/** More entries than this are not shown at once. */
const MAX_ENTRIES = 2000;

/** Everything that happened to these messages: deaths, operations, acts on single messages. Oldest first. */
export async function readTimeline(database: Database, messageIds: readonly string[]): Promise<TimelineEntry[]> {
  if (messageIds.length === 0) return [];
  const [deaths, items, audits] = await Promise.all([
    readDeaths(database, messageIds),
    readItems(database, messageIds),
    readAudits(database, messageIds),
  ]);
  const entries: TimelineEntry[] = [
    ...deaths.map(({ messageId, death }) => ({ kind: 'died' as const, at: death.arrivedAt, messageId, death })),
    ...items,
    ...audits,
  ];
  // Sorting is stable: of two entries at the same millisecond the death was first.
  return entries.sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
}

async function readItems(database: Database, messageIds: readonly string[]): Promise<TimelineEntry[]> {
  const rows: unknown[] = await database('operation_items AS item')
    .join('operations AS operation', 'operation.id', 'item.operation_id')
    .whereIn('item.message_id', messageIds)
    .orderBy('item.operation_id', 'desc')
    .limit(MAX_ENTRIES)
    .select(
      'item.message_id',
      'item.operation_id',
      database.raw('COALESCE(item.at, operation.created_at) AS at'),
      'operation.actor_name',
      'operation.action',
      'item.outcome',
      'item.exchange',
      'item.routing_key',
      'operation.reason',
      'item.error_code',
      'item.settled_at',
    );
  return z
    .array(itemRow)
    .parse(rows)
    .reverse()
    .flatMap((row): TimelineEntry[] => [
      toOperation(row),
      ...(row.settled_at === null
        ? []
        : [{ kind: 'settled' as const, at: row.settled_at, messageId: row.message_id, operationId: row.operation_id }]),
    ]);
}

function toOperation(row: z.infer<typeof itemRow>): TimelineEntry {
  return {
    kind: 'operation',
    at: row.at,
    messageId: row.message_id,
    actor: row.actor_name,
    operationId: row.operation_id,
    action: row.action,
    outcome: row.outcome,
    exchange: row.exchange,
    routingKey: row.routing_key,
    reason: row.reason,
    error: row.error_code,
  };
}

async function readAudits(database: Database, messageIds: readonly string[]): Promise<TimelineEntry[]> {
  const rows: unknown[] = await database('audit_events')
    .whereIn('message_id', messageIds)
    .orderBy('id', 'desc')
    .limit(MAX_ENTRIES)
    .select('message_id', 'at', 'actor_name', 'kind');
  return z
    .array(auditRow)
    .parse(rows)
    .reverse()
    .map((row) => ({ kind: 'audit', at: row.at, messageId: row.message_id, actor: row.actor_name, event: row.kind }));
}
