import { z } from 'zod';

import { ACTIONS, OUTCOMES } from '../contract/operations.ts';
import type { TimelineEntry } from '../contract/schemas/messages.ts';
import { seenOperations } from '../access/within-scope.ts';
import type { Database } from '../database/connect.ts';
import { idColumn, nameColumn, timeColumn } from '../database/columns.ts';
import { readAllDeaths, readDeaths, type DeathOfMessage } from '../messages/death-rows.ts';
import type { Scope } from '../web/route.ts';

const itemRow = z.object({
  message_id: idColumn,
  operation_id: idColumn,
  at: timeColumn,
  requested_at: timeColumn,
  actor_name: z.string(),
  action: z.enum(ACTIONS),
  outcome: z.enum(OUTCOMES).nullable(),
  exchange: nameColumn.nullable(),
  routing_key: nameColumn.nullable(),
  reason: z.string().nullable(),
  error_code: z.string().nullable(),
  settled_at: timeColumn.nullable(),
  edit_id: idColumn.nullable(),
});
type ItemRow = z.infer<typeof itemRow>;
type ItemOfMessage = Omit<ItemRow, 'operation_id'> & { operation_id: string | null };

const auditRow = z.object({ message_id: idColumn, at: timeColumn, actor_name: z.string(), kind: z.string() });
type AuditRow = z.infer<typeof auditRow>;

/** More entries of a kind than this are not shown at once. */
const MAX_ENTRIES = 2000;
/** Messages whose whole history is read at once. */
const PORTION = 100;

/** A history, oldest first. */
export interface History {
  entries: TimelineEntry[];
  /** False where the oldest were left out. */
  isWhole: boolean;
}

/**
 * What happened to these messages: deaths, operations, acts on single messages. Oldest first; of very much the latest. Of
 * what happened in dead queues outside the scope, and by operations that reach beyond it, it tells no more than that.
 */
export async function readTimeline(database: Database, messageIds: readonly string[], scope: Scope): Promise<History> {
  if (messageIds.length === 0) return { entries: [], isWhole: true };
  const [{ deaths, isWhole }, items, audits] = await Promise.all([
    readDeaths(database, messageIds, scope),
    readItems(database, messageIds, scope, MAX_ENTRIES + 1),
    readAudits(database, messageIds, MAX_ENTRIES + 1),
  ]);
  return {
    entries: inOrder([
      ...deaths.map(toDied),
      ...items.slice(-MAX_ENTRIES).flatMap(toEntries),
      ...audits.slice(-MAX_ENTRIES).map(toAudit),
    ]),
    isWhole: isWhole && items.length <= MAX_ENTRIES && audits.length <= MAX_ENTRIES,
  };
}

/** Everything that happened to these messages, however much it is; without stack traces. Oldest first. */
export async function readWholeTimeline(
  database: Database,
  messageIds: readonly string[],
  scope: Scope,
): Promise<TimelineEntry[]> {
  const entries: TimelineEntry[] = [];
  for (let start = 0; start < messageIds.length; start += PORTION) {
    const portion = messageIds.slice(start, start + PORTION);
    const [deaths, items, audits] = await Promise.all([
      readAllDeaths(database, portion, scope),
      readItems(database, portion, scope),
      readAudits(database, portion),
    ]);
    for (const death of deaths) entries.push(toDied(death));
    for (const item of items) entries.push(...toEntries(item));
    for (const event of audits) entries.push(toAudit(event));
  }
  return inOrder(entries);
}

/** Sorting is stable: of entries at the same millisecond the death was first. */
function inOrder(entries: TimelineEntry[]): TimelineEntry[] {
  return entries.sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
}

/** Oldest first; with a limit the latest. */
async function readItems(
  database: Database,
  messageIds: readonly string[],
  scope: Scope,
  limit?: number,
): Promise<ItemOfMessage[]> {
  const query = database('operation_items AS item')
    .join('operations AS operation', 'operation.id', 'item.operation_id')
    .leftJoin('edits AS edit', (on) => {
      on.on('edit.operation_id', 'item.operation_id').andOn('edit.message_id', 'item.message_id');
    })
    .whereIn('item.message_id', messageIds)
    .orderBy('item.operation_id', 'desc')
    .select(
      'item.message_id',
      'item.operation_id',
      database.raw('COALESCE(item.at, operation.created_at) AS at'),
      'operation.created_at AS requested_at',
      'operation.actor_name',
      'operation.action',
      'item.outcome',
      'item.exchange',
      'item.routing_key',
      'operation.reason',
      'item.error_code',
      'item.settled_at',
      'edit.id AS edit_id',
    );
  if (limit !== undefined) void query.limit(limit);
  const rows: unknown = await query;
  const items = z.array(itemRow).parse(rows).reverse();
  const seen = await seenOperations(
    database,
    items.map(({ operation_id }) => operation_id),
    scope,
  );
  return items.map((item) => (seen?.has(item.operation_id) === false ? unseen(item) : item));
}

/** Of an operation that somebody does not see: who did what to the message, and what became of it. */
function unseen(item: ItemRow): ItemOfMessage {
  return { ...item, operation_id: null, exchange: null, routing_key: null, reason: null, edit_id: null };
}

function toDied({ messageId, death }: DeathOfMessage): TimelineEntry {
  return { kind: 'died', at: death.arrivedAt, messageId, death };
}

/** The act, and that its message settled. */
function toEntries(row: ItemOfMessage): TimelineEntry[] {
  const act: TimelineEntry = {
    kind: 'operation',
    at: row.at,
    messageId: row.message_id,
    actor: row.actor_name,
    operationId: row.operation_id,
    requestedAt: row.requested_at,
    action: row.action,
    outcome: row.outcome,
    exchange: row.exchange,
    routingKey: row.routing_key,
    reason: row.reason,
    error: row.error_code,
    editId: row.edit_id,
  };
  if (row.settled_at === null) return [act];
  return [act, { kind: 'settled', at: row.settled_at, messageId: row.message_id, operationId: row.operation_id }];
}

/** Oldest first; with a limit the latest. */
async function readAudits(database: Database, messageIds: readonly string[], limit?: number): Promise<AuditRow[]> {
  const query = database('audit_events')
    .whereIn('message_id', messageIds)
    .orderBy('id', 'desc')
    .select('message_id', 'at', 'actor_name', 'kind');
  if (limit !== undefined) void query.limit(limit);
  const rows: unknown = await query;
  return z.array(auditRow).parse(rows).reverse();
}

function toAudit(row: AuditRow): TimelineEntry {
  return { kind: 'audit', at: row.at, messageId: row.message_id, actor: row.actor_name, event: row.kind };
}
