import { z } from 'zod';

import { FAILURE_REASONS, MESSAGE_STATUSES } from '../contract/messages.ts';
import type { Message } from '../contract/schemas/messages.ts';
import { limitToScope, withinScope } from '../access/within-scope.ts';
import type { Database, Transaction } from '../database/connect.ts';
import { countColumn, idColumn, nameColumn, timeColumn, nameListColumn } from '../database/columns.ts';
import { AppError } from '../web/app-error.ts';
import type { Scope } from '../web/route.ts';

/** A list shows this many characters of an error message. */
const ERROR_MESSAGE_LENGTH = 500;

/** Names that were listed as JSON by the intake. */

const row = z.object({
  id: idColumn,
  status: z.enum(MESSAGE_STATUSES),
  broker: nameColumn,
  dead_queue: nameColumn,
  queue: nameColumn.nullable(),
  exchange: nameColumn.nullable(),
  routing_key: nameColumn.nullable(),
  routing_keys: nameListColumn,
  reason: z.enum(FAILURE_REASONS),
  framework: z.string().nullable(),
  error_type: nameColumn.nullable(),
  error_message: z.string().nullable(),
  retry_count: countColumn.nullable(),
  failure_count: countColumn,
  group_id: idColumn,
  message_id: nameColumn.nullable(),
  correlation_id: nameColumn.nullable(),
  content_type: nameColumn.nullable(),
  body_size: countColumn,
  failed_at: timeColumn,
  occurred_at: timeColumn.nullable(),
  captured_at: timeColumn,
  resent_at: timeColumn.nullable(),
  possible_duplicate_of: idColumn.nullable(),
  copy_of: idColumn.nullable(),
  version: countColumn,
});

const keyRow = z.object({ message_id: idColumn, name: nameColumn, value: nameColumn });

/**
 * These messages as the API shows them in lists, in the order of the ids; ids that do not exist, or are not in scope, are
 * left out. Nor does one in scope tell of which message outside it is a copy.
 */
export async function readMessages(database: Database, ids: readonly string[], scope: Scope): Promise<Message[]> {
  if (ids.length === 0) return [];
  const [rows, keys] = await Promise.all([readRows(database, ids, scope), readKeys(database, ids)]);
  const originals = await inScope(
    database,
    rows.flatMap(({ copy_of, possible_duplicate_of }) => [copy_of, possible_duplicate_of]),
    scope,
  );
  const messages = new Map(rows.map((given) => [given.id, toMessage(given, keys.get(given.id) ?? {}, originals)]));
  return ids.flatMap((wanted) => messages.get(wanted) ?? []);
}

/** @throws AppError `message.notFound`, also for one outside the scope: the two cannot be told apart. */
export async function mustBeInScope(database: Database | Transaction, messageId: string, scope: Scope): Promise<void> {
  const within = withinScope('dead_queue_id', scope);
  const row: unknown = await database('failed_messages')
    .where('id', messageId)
    .whereRaw(within.sql, within.bindings)
    .first('id');
  if (row === undefined) throw new AppError('message.notFound');
}

const idRow = z.object({ id: idColumn });

/** Those of these messages that are in scope; null: all of them. */
async function inScope(
  database: Database,
  messageIds: readonly (string | null)[],
  scope: Scope,
): Promise<ReadonlySet<string> | null> {
  if (scope === null) return null;
  const ids = messageIds.filter((id) => id !== null);
  if (ids.length === 0) return new Set();
  const query = database('failed_messages').whereIn('id', ids);
  limitToScope(query, 'dead_queue_id', scope);
  const rows: unknown[] = await query.select('id');
  return new Set(
    z
      .array(idRow)
      .parse(rows)
      .map(({ id }) => id),
  );
}

async function readRows(database: Database, ids: readonly string[], scope: Scope): Promise<z.infer<typeof row>[]> {
  const within = withinScope('message.dead_queue_id', scope);
  const rows: unknown[] = await database('failed_messages AS message')
    .join('dead_queues AS dead_queue', 'dead_queue.id', 'message.dead_queue_id')
    .join('brokers AS broker', 'broker.id', 'message.broker_id')
    .join('fingerprints AS fingerprint', 'fingerprint.id', 'message.fingerprint_id')
    .join('deaths AS death', 'death.id', 'message.last_death_id')
    .join('contents AS content', 'content.id', 'death.content_id')
    .leftJoin('names AS queue', 'queue.id', 'message.queue_id')
    .leftJoin('names AS exchange', 'exchange.id', 'message.exchange_id')
    .leftJoin('names AS error_type', 'error_type.id', 'message.error_type_id')
    .whereIn('message.id', ids)
    .whereRaw(within.sql, within.bindings)
    .select(
      'message.id',
      'message.status',
      'message.routing_key',
      'message.reason',
      'message.framework',
      'message.failure_count',
      'message.message_id',
      'message.correlation_id',
      'message.failed_at',
      'message.captured_at',
      'message.resent_at',
      'message.possible_duplicate_of',
      'message.copy_of',
      'message.version',
      'broker.name AS broker',
      'dead_queue.name AS dead_queue',
      'queue.value AS queue',
      'exchange.value AS exchange',
      'error_type.value AS error_type',
      'fingerprint.group_id',
      'death.routing_keys',
      'death.retry_count',
      'death.occurred_at',
      database.raw('LEFT(death.error_message, ?) AS error_message', [ERROR_MESSAGE_LENGTH]),
      'content.content_type',
      'content.body_size',
    );
  return z.array(row).parse(rows);
}

/** Business keys per message: name → values. */
export async function readKeys(
  database: Database,
  ids: readonly string[],
): Promise<Map<string, Record<string, string[]>>> {
  const rows: unknown[] = await database('business_keys AS business_key')
    .join('names AS name', 'name.id', 'business_key.name_id')
    .whereIn('business_key.message_id', ids)
    .orderBy(['business_key.message_id', 'business_key.name_id', 'business_key.value'])
    .select('business_key.message_id', 'name.value AS name', 'business_key.value');
  const keys = new Map<string, Record<string, string[]>>();
  for (const { message_id, name, value } of z.array(keyRow).parse(rows)) {
    const own = keys.get(message_id) ?? {};
    keys.set(message_id, own);
    (own[name] ??= []).push(value);
  }
  return keys;
}

function toMessage(
  given: z.infer<typeof row>,
  keys: Record<string, string[]>,
  originals: ReadonlySet<string> | null,
): Message {
  const seen = (id: string | null) => (id === null || originals?.has(id) === false ? null : id);
  return {
    id: given.id,
    status: given.status,
    broker: given.broker,
    deadQueue: given.dead_queue,
    queue: given.queue,
    exchange: given.exchange,
    routingKey: given.routing_key,
    routingKeys: given.routing_keys,
    reason: given.reason,
    framework: given.framework,
    errorType: given.error_type,
    errorMessage: given.error_message,
    retryCount: given.retry_count,
    failureCount: given.failure_count,
    keys,
    groupId: given.group_id,
    messageId: given.message_id,
    correlationId: given.correlation_id,
    contentType: given.content_type,
    bodySize: given.body_size,
    failedAt: given.failed_at,
    occurredAt: given.occurred_at,
    capturedAt: given.captured_at,
    resentAt: given.resent_at,
    possibleDuplicateOf: seen(given.possible_duplicate_of),
    copyOf: seen(given.copy_of),
    version: given.version,
  };
}
