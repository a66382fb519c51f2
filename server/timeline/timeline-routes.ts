import { z } from 'zod';

import { MESSAGE_STATUSES } from '../contract/messages.ts';
import { id } from '../contract/schemas/lists.ts';
import { order, timeline, type Order } from '../contract/schemas/messages.ts';
import type { Database } from '../database/connect.ts';
import { resolveFilter } from '../messages/message-filter.ts';
import { readMessages } from '../messages/message-rows.ts';
import { countMessages, searchMessages } from '../messages/message-search.ts';
import { AppError } from '../web/app-error.ts';
import { route, type Route } from '../web/route.ts';

import { readTimeline } from './timeline-queries.ts';

/** An order shows this many of its latest messages. */
const MAX_ORDER_MESSAGES = 500;

/** The history of one message, and of one order across all its messages. */
export function timelineRoutes(database: Database): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/messages/:id/timeline',
      summary: 'Everything that happened to a message, oldest first',
      access: 'viewer',
      params: z.strictObject({ id }),
      responses: { 200: { description: 'Deaths, operations and acts.', schema: timeline } },
      handle: async ({ params }) => {
        if ((await database('failed_messages').where('id', params.id).first('id')) === undefined) {
          throw new AppError('message.notFound');
        }
        return { status: 200, body: { data: await readTimeline(database, [params.id]) } };
      },
    }),
    route({
      method: 'get',
      path: '/api/orders/:orderId',
      summary: 'All messages that carry an order ID, and what happened to them',
      access: 'viewer',
      params: z.strictObject({ orderId: z.string().min(1).max(191) }),
      responses: { 200: { description: 'The order, found with or without its prefix.', schema: order } },
      handle: async ({ params }) => ({ status: 200, body: await readOrder(database, params.orderId) }),
    }),
  ];
}

async function readOrder(database: Database, orderId: string): Promise<Order> {
  const filter = await resolveFilter(database, { orderId: [orderId], status: [...MESSAGE_STATUSES] });
  const { found } = await searchMessages(database, { filter, sort: '-failedAt', limit: MAX_ORDER_MESSAGES, offset: 0 });
  if (found.length === 0) throw new AppError('order.notFound');
  const ids = found.slice(0, MAX_ORDER_MESSAGES).map((message) => message.id);
  const [messages, entries, count] = await Promise.all([
    readMessages(database, ids),
    readTimeline(database, ids),
    countMessages(database, filter, '-failedAt'),
  ]);
  return { orderId, messages, messagesTotal: count.counted, timeline: entries };
}
