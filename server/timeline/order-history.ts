import { MESSAGE_STATUSES } from '../contract/messages.ts';
import type { Order } from '../contract/schemas/orders.ts';
import type { Database } from '../database/connect.ts';
import { resolveFilter } from '../messages/message-filter.ts';
import { readMessages } from '../messages/message-rows.ts';
import { countMessages, searchMessages } from '../messages/message-search.ts';
import { orderKeyId, storedOrderIds } from '../orders/order-ids.ts';
import { AppError } from '../web/app-error.ts';

import { readTimeline } from './timeline-queries.ts';

/** An order shows this many of its latest messages. */
const MAX_ORDER_MESSAGES = 500;

/**
 * An order as the screen shows it: its latest messages, deleted ones too, and what happened to them.
 *
 * @throws AppError `order.notFound`.
 */
export async function readOrder(database: Database, orderId: string): Promise<Order> {
  const keyId = await orderKeyId(database);
  const { ids, hasMore } = await latestMessagesOf(database, orderId, MAX_ORDER_MESSAGES);
  if (keyId === null || ids.length === 0) throw new AppError('order.notFound');
  const [orderIds, messages, { entries, isWhole }, messagesTotal] = await Promise.all([
    storedOrderIds(database, keyId, orderId),
    readMessages(database, ids),
    readTimeline(database, ids),
    hasMore ? countOf(database, orderId) : ids.length,
  ]);
  return { orderId, orderIds, messages, messagesTotal, timeline: entries, isWhole: isWhole && !hasMore };
}

/** The ids of an order's messages, newest failure first. */
export async function latestMessagesOf(
  database: Database,
  orderId: string,
  most: number,
): Promise<{ ids: string[]; hasMore: boolean }> {
  const { found } = await searchMessages(database, {
    filter: await filterOf(database, orderId),
    sort: '-failedAt',
    limit: most,
    offset: 0,
  });
  return { ids: found.slice(0, most).map(({ id }) => id), hasMore: found.length > most };
}

/** Capped, as every count of a list. */
async function countOf(database: Database, orderId: string): Promise<number> {
  return (await countMessages(database, await filterOf(database, orderId), '-failedAt')).counted;
}

function filterOf(database: Database, orderId: string) {
  return resolveFilter(database, { orderId: [orderId], status: [...MESSAGE_STATUSES] });
}
