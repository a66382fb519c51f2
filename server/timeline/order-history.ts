import { MESSAGE_STATUSES } from '../contract/messages.ts';
import type { Order } from '../contract/schemas/orders.ts';
import type { Database } from '../database/connect.ts';
import { resolveFilter } from '../messages/message-filter.ts';
import { readMessages } from '../messages/message-rows.ts';
import { countMessages, searchMessages } from '../messages/message-search.ts';
import { orderKeyId, storedOrderIds } from '../orders/order-ids.ts';
import { AppError } from '../web/app-error.ts';
import type { Scope } from '../web/route.ts';

import { readTimeline } from './timeline-queries.ts';

/** An order shows this many of its latest messages. */
const MAX_ORDER_MESSAGES = 500;

/**
 * An order as the screen shows it: its latest messages in scope, deleted ones too, and what happened to them.
 *
 * @throws AppError `order.notFound`, also where all its messages are outside the scope.
 */
export async function readOrder(database: Database, orderId: string, scope: Scope): Promise<Order> {
  const keyId = await orderKeyId(database);
  const { ids, hasMore } = await latestMessagesOf(database, orderId, scope, MAX_ORDER_MESSAGES);
  if (keyId === null || ids.length === 0) throw new AppError('order.notFound');
  const [orderIds, messages, { entries, isWhole }, messagesTotal] = await Promise.all([
    storedOrderIds(database, keyId, orderId, scope),
    readMessages(database, ids, scope),
    readTimeline(database, ids, scope),
    hasMore ? countOf(database, orderId, scope) : ids.length,
  ]);
  return { orderId, orderIds, messages, messagesTotal, timeline: entries, isWhole: isWhole && !hasMore };
}

/** The ids of an order's messages, newest failure first. */
export async function latestMessagesOf(
  database: Database,
  orderId: string,
  scope: Scope,
  most: number,
): Promise<{ ids: string[]; hasMore: boolean }> {
  const { found } = await searchMessages(database, {
    filter: await filterOf(database, orderId, scope),
    sort: '-failedAt',
    limit: most,
    offset: 0,
  });
  return { ids: found.slice(0, most).map(({ id }) => id), hasMore: found.length > most };
}

/** Capped, as every count of a list. */
async function countOf(database: Database, orderId: string, scope: Scope): Promise<number> {
  return (await countMessages(database, await filterOf(database, orderId, scope), '-failedAt')).counted;
}

function filterOf(database: Database, orderId: string, scope: Scope) {
  return resolveFilter(database, { orderId: [orderId], status: [...MESSAGE_STATUSES] }, scope);
}
