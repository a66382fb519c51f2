import { z } from 'zod';

import { ACTIONS, OUTCOMES } from '../contract/operations.ts';
import type { Message } from '../contract/schemas/messages.ts';
import type { LastEvent, OrderSummary } from '../contract/schemas/orders.ts';
import { idColumn, timeColumn } from '../database/columns.ts';
import { seenOperations } from '../access/within-scope.ts';
import type { Database } from '../database/connect.ts';
import { readMessages } from '../messages/message-rows.ts';
import { orderKeyId, storedOrderIds } from '../orders/order-ids.ts';
import type { Scope } from '../web/route.ts';

import { latestMessagesOf } from './order-history.ts';

/** Of each order, the newest messages that are looked at. */
const MESSAGES_OF_ONE = 100;
/** Orders that are looked up at the same time. */
const AT_ONCE = 5;

const itemRow = z.object({
  message_id: idColumn,
  operation_id: idColumn,
  at: timeColumn,
  actor_name: z.string(),
  action: z.enum(ACTIONS),
  outcome: z.enum(OUTCOMES).nullable(),
  settled_at: timeColumn.nullable(),
});

/** The orders in few words each, in the order given, a few at a time. */
export async function* summariseOrders(
  database: Database,
  orderIds: readonly string[],
  scope: Scope,
): AsyncGenerator<OrderSummary> {
  const keyId = await orderKeyId(database);
  for (let start = 0; start < orderIds.length; start += AT_ONCE) {
    yield* await Promise.all(
      orderIds.slice(start, start + AT_ONCE).map((orderId) => summarise(database, keyId, orderId, scope)),
    );
  }
}

async function summarise(
  database: Database,
  keyId: string | null,
  orderId: string,
  scope: Scope,
): Promise<OrderSummary> {
  const none: OrderSummary = {
    orderId,
    orderIds: [],
    messages: 0,
    isWhole: true,
    statuses: {},
    queues: [],
    lastStatus: null,
    lastEvent: null,
  };
  if (keyId === null) return none;
  const { ids, hasMore } = await latestMessagesOf(database, orderId, scope, MESSAGES_OF_ONE);
  if (ids.length === 0) return none;
  const [orderIds, messages, acts] = await Promise.all([
    storedOrderIds(database, keyId, orderId, scope),
    readMessages(database, ids, scope),
    readActs(database, ids, scope),
  ]);
  const statuses: OrderSummary['statuses'] = {};
  for (const { status } of messages) statuses[status] = (statuses[status] ?? 0) + 1;
  const lastEvent = latest([...messages.map(lastDeath), ...acts]);
  return {
    orderId,
    orderIds,
    messages: messages.length,
    isWhole: !hasMore,
    statuses,
    queues: [...new Set(messages.map(queueOf))],
    lastStatus: messages.find(({ id }) => id === lastEvent?.messageId)?.status ?? null,
    lastEvent,
  };
}

/** What operations did to these messages. */
async function readActs(database: Database, messageIds: readonly string[], scope: Scope): Promise<LastEvent[]> {
  const rows: unknown = await database('operation_items AS item')
    .join('operations AS operation', 'operation.id', 'item.operation_id')
    .whereIn('item.message_id', messageIds)
    .select(
      'item.message_id',
      'item.operation_id',
      database.raw('COALESCE(item.at, operation.created_at) AS at'),
      'operation.actor_name',
      'operation.action',
      'item.outcome',
      'item.settled_at',
    );
  const items = z.array(itemRow).parse(rows);
  const seen = await seenOperations(
    database,
    items.map(({ operation_id }) => operation_id),
    scope,
  );
  return items.flatMap((row): LastEvent[] => {
    const { message_id: messageId, at, actor_name: actor, action, outcome } = row;
    const operationId = seen?.has(row.operation_id) === false ? null : row.operation_id;
    const act: LastEvent = { kind: 'operation', at, messageId, operationId, action, outcome, actor };
    return row.settled_at === null ? [act] : [act, { kind: 'settled', at: row.settled_at, messageId, operationId }];
  });
}

function lastDeath(message: Message): LastEvent {
  const { id, failedAt, reason, errorType } = message;
  return { kind: 'died', at: failedAt, messageId: id, queue: queueOf(message), reason, errorType };
}

function latest(events: readonly LastEvent[]): LastEvent | null {
  return events.reduce<LastEvent | null>((last, event) => (last === null || event.at >= last.at ? event : last), null);
}

function queueOf({ queue, deadQueue }: Message): string {
  return queue ?? deadQueue;
}
