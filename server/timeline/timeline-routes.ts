import { z } from 'zod';

import { id } from '../contract/schemas/lists.ts';
import { timeline } from '../contract/schemas/messages.ts';
import {
  order,
  orderId,
  orderLookUp,
  orderLookUpRequest,
  orderSearch,
  orderSearchQuery,
  type OrderSummary,
} from '../contract/schemas/orders.ts';
import type { Database } from '../database/connect.ts';
import { searchOrderIds } from '../orders/order-ids.ts';
import { mustBeInScope } from '../messages/message-rows.ts';
import { route, type Route } from '../web/route.ts';

import { readOrder } from './order-history.ts';
import { summariseOrders } from './order-look-up.ts';
import { readTimeline } from './timeline-queries.ts';

/** The history of one message, of one order across all its messages, and the way to orders. */
export function timelineRoutes(database: Database): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/messages/:id/timeline',
      summary: 'Everything that happened to a message, oldest first',
      access: 'desk.read',
      params: z.strictObject({ id }),
      responses: { 200: { description: 'Deaths, operations and acts.', schema: timeline } },
      handle: async ({ params, principal: { scope } }) => {
        await mustBeInScope(database, params.id, scope);
        return { status: 200, body: { data: (await readTimeline(database, [params.id], scope)).entries } };
      },
    }),
    route({
      method: 'get',
      path: '/api/orders',
      summary: 'Order IDs that are like a text: with another prefix, beginning with it, or containing it',
      access: 'desk.read',
      query: orderSearchQuery,
      responses: { 200: { description: 'Best first, and how far was looked.', schema: orderSearch } },
      handle: async ({ query, principal }) => ({
        status: 200,
        body: await searchOrderIds(database, query.search.trim(), principal.scope),
      }),
    }),
    route({
      method: 'post',
      path: '/api/orders/look-up',
      summary: 'Several orders at once, each in one line. It changes nothing: the list is too long for an address',
      access: 'desk.read',
      body: orderLookUpRequest,
      responses: { 200: { description: 'In the order given, those without a message too.', schema: orderLookUp } },
      handle: async ({ body, principal: { scope } }) => {
        const data: OrderSummary[] = [];
        for await (const summary of summariseOrders(database, body.orderIds, scope)) data.push(summary);
        return { status: 200, body: { data } };
      },
    }),
    route({
      method: 'get',
      path: '/api/orders/:orderId',
      summary: 'All messages that carry an order ID, and what happened to them',
      access: 'desk.read',
      params: z.strictObject({ orderId }),
      responses: { 200: { description: 'The order, found with or without its prefix.', schema: order } },
      handle: async ({ params, principal }) => ({
        status: 200,
        body: await readOrder(database, params.orderId, principal.scope),
      }),
    }),
  ];
}
