import { z } from 'zod';

import { FAILURE_REASONS, RECOGNISED_BY } from '../contract/messages.ts';
import type { Death } from '../contract/schemas/messages.ts';
import { seenOperations } from '../access/within-scope.ts';
import type { Database } from '../database/connect.ts';
import { countColumn, idColumn, nameColumn, timeColumn, nameListColumn } from '../database/columns.ts';
import type { Scope } from '../web/route.ts';

const row = z.object({
  id: idColumn,
  message_id: idColumn,
  arrived_at: timeColumn,
  occurred_at: timeColumn.nullable(),
  dead_queue_id: idColumn,
  dead_queue: nameColumn,
  queue: nameColumn.nullable(),
  exchange: nameColumn.nullable(),
  routing_keys: nameListColumn,
  reason: z.enum(FAILURE_REASONS),
  framework: z.string().nullable(),
  error_type: nameColumn.nullable(),
  error_message: z.string().nullable(),
  stack_trace: z.string().nullable(),
  retry_count: countColumn.nullable(),
  redelivered: countColumn,
  operation_id: idColumn.nullable(),
  recognised_by: z.enum(RECOGNISED_BY).nullable(),
});

/** A message that failed very often shows this many of its latest deaths. */
const MAX_DEATHS = 1000;
/** A table of all of them holds this many characters of an error message. */
const ERROR_MESSAGE_LENGTH = 2000;

export interface DeathOfMessage {
  messageId: string;
  death: Death;
}

/**
 * The deaths of these messages, oldest first; of very many the latest, and then `isWhole` is false. Of a death in a dead
 * queue outside the scope nothing is told but when it was.
 */
export async function readDeaths(
  database: Database,
  messageIds: readonly string[],
  scope: Scope,
): Promise<{ deaths: DeathOfMessage[]; isWhole: boolean }> {
  if (messageIds.length === 0) return { deaths: [], isWhole: true };
  const rows = await selectDeaths(database, messageIds)
    .select('death.stack_trace', 'death.error_message')
    .orderBy('death.id', 'desc')
    .limit(MAX_DEATHS + 1);
  const deaths = await asDeaths(database, rows, scope);
  return { deaths: deaths.slice(0, MAX_DEATHS).reverse(), isWhole: deaths.length <= MAX_DEATHS };
}

/** All deaths of these messages likewise, without stack traces and with long error messages cut. */
export async function readAllDeaths(
  database: Database,
  messageIds: readonly string[],
  scope: Scope,
): Promise<DeathOfMessage[]> {
  const all: DeathOfMessage[] = [];
  for (let after = '0'; messageIds.length > 0;) {
    const rows = await selectDeaths(database, messageIds)
      .select(
        database.raw('NULL AS stack_trace'),
        database.raw('LEFT(death.error_message, ?) AS error_message', [ERROR_MESSAGE_LENGTH]),
      )
      .where('death.id', '>', after)
      .orderBy('death.id')
      .limit(MAX_DEATHS);
    const deaths = await asDeaths(database, rows, scope);
    all.push(...deaths);
    const last = deaths.at(-1);
    if (last === undefined || deaths.length < MAX_DEATHS) break;
    after = last.death.id;
  }
  return all;
}

function selectDeaths(database: Database, messageIds: readonly string[]) {
  return database('deaths AS death')
    .join('dead_queues AS dead_queue', 'dead_queue.id', 'death.dead_queue_id')
    .leftJoin('names AS queue', 'queue.id', 'death.queue_id')
    .leftJoin('names AS exchange', 'exchange.id', 'death.exchange_id')
    .leftJoin('names AS error_type', 'error_type.id', 'death.error_type_id')
    .whereIn('death.message_id', messageIds)
    .select(
      'death.id',
      'death.message_id',
      'death.arrived_at',
      'death.occurred_at',
      'death.routing_keys',
      'death.reason',
      'death.framework',
      'death.retry_count',
      'death.redelivered',
      'death.operation_id',
      'death.recognised_by',
      'death.dead_queue_id',
      'dead_queue.name AS dead_queue',
      'queue.value AS queue',
      'exchange.value AS exchange',
      'error_type.value AS error_type',
    );
}

async function asDeaths(database: Database, rows: unknown, scope: Scope): Promise<DeathOfMessage[]> {
  const deaths = z.array(row).parse(rows);
  const operations = await seenOperations(
    database,
    deaths.map(({ operation_id }) => operation_id),
    scope,
  );
  return deaths.map((given) => {
    const death = toDeath(given);
    const shown = operations?.has(death.operationId ?? '') === false ? { ...death, operationId: null } : death;
    const isSeen = scope === null || scope.includes(given.dead_queue_id);
    return { messageId: given.message_id, death: isSeen ? shown : unseen(death) };
  });
}

/** A death in a dead queue that somebody does not see: its time alone, and that it came back, if it did. */
function unseen({ id, arrivedAt, recognisedBy }: Death): Death {
  return {
    id,
    arrivedAt,
    occurredAt: null,
    deadQueue: null,
    queue: null,
    exchange: null,
    routingKeys: [],
    reason: 'unknown',
    framework: null,
    errorType: null,
    errorMessage: null,
    stackTrace: null,
    retryCount: null,
    redelivered: false,
    operationId: null,
    recognisedBy,
  };
}

function toDeath(given: z.infer<typeof row>): Death {
  return {
    id: given.id,
    arrivedAt: given.arrived_at,
    occurredAt: given.occurred_at,
    deadQueue: given.dead_queue,
    queue: given.queue,
    exchange: given.exchange,
    routingKeys: given.routing_keys,
    reason: given.reason,
    framework: given.framework,
    errorType: given.error_type,
    errorMessage: given.error_message,
    stackTrace: given.stack_trace,
    retryCount: given.retry_count,
    redelivered: given.redelivered === 1,
    operationId: given.operation_id,
    recognisedBy: given.recognised_by,
  };
}
