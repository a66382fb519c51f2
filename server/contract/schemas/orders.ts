import { z } from 'zod';

import { FAILURE_REASONS, MESSAGE_STATUSES } from '../messages.ts';
import { ACTIONS, OUTCOMES } from '../operations.ts';
import { MAX_ORDER_ID_BYTES, MAX_ORDERS, ORDER_MATCHES } from '../orders.ts';
import { id, time } from './lists.ts';
import { message, seenOperationId, timelineEntry } from './messages.ts';

export const orderId = z.string().min(1).max(MAX_ORDER_ID_BYTES);

export const order = z
  .strictObject({
    orderId: z.string().meta({ description: 'As it was asked for.' }),
    orderIds: z.array(z.string()).meta({
      description:
        'The IDs that were found for it, as the messages hold them: with or without a prefix. More than one may be several orders.',
    }),
    messages: z.array(message),
    messagesTotal: z.number().int(),
    timeline: z.array(timelineEntry),
    isWhole: z
      .boolean()
      .meta({ description: 'False where older messages or events were left out; the export holds all of them.' }),
  })
  .meta({ id: 'Order' });
export type Order = z.infer<typeof order>;

export const orderSearchQuery = z.strictObject({ search: orderId });

export const orderSearch = z
  .strictObject({
    data: z.array(z.strictObject({ orderId: z.string(), match: z.enum(ORDER_MATCHES) })),
    lookedThrough: z
      .strictObject({ entries: z.number().int(), all: z.boolean(), since: time.nullable() })
      .nullable()
      .meta({
        description:
          'Order IDs that only contain the text have no index: so many newest entries were read, back to `since`. Null where the index had enough.',
      }),
  })
  .meta({ id: 'OrderSearch' });
export type OrderSearch = z.infer<typeof orderSearch>;

export const orderLookUpRequest = z.strictObject({ orderIds: z.array(orderId).min(1).max(MAX_ORDERS) });
export const ordersExportRequest = orderLookUpRequest.extend({
  content: z.enum(['orders', 'timeline']).meta({ description: 'One line an order, or one line an event.' }),
});
export type OrdersExportRequest = z.infer<typeof ordersExportRequest>;

/** The last thing that happened to one of an order's messages. */
const lastEvent = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('died'),
    at: time,
    messageId: id,
    queue: z.string(),
    reason: z.enum(FAILURE_REASONS),
    errorType: z.string().nullable(),
  }),
  z.strictObject({
    kind: z.literal('operation'),
    at: time,
    messageId: id,
    operationId: seenOperationId,
    action: z.enum(ACTIONS),
    outcome: z.enum(OUTCOMES).nullable(),
    actor: z.string(),
  }),
  z.strictObject({ kind: z.literal('settled'), at: time, messageId: id, operationId: seenOperationId }),
]);
export type LastEvent = z.infer<typeof lastEvent>;

export const orderSummary = z
  .strictObject({
    orderId: z.string().meta({ description: 'As it was asked for.' }),
    orderIds: z.array(z.string()),
    messages: z.number().int(),
    isWhole: z.boolean().meta({ description: 'False where only the newest messages were looked at.' }),
    statuses: z.partialRecord(z.enum(MESSAGE_STATUSES), z.number().int()),
    queues: z.array(z.string()),
    lastStatus: z
      .enum(MESSAGE_STATUSES)
      .nullable()
      .meta({ description: 'The state of the message of the last event.' }),
    lastEvent: lastEvent.nullable(),
  })
  .meta({ id: 'OrderSummary', description: 'No message carries an order ID for which `messages` is 0.' });
export type OrderSummary = z.infer<typeof orderSummary>;
export const orderLookUp = z.strictObject({ data: z.array(orderSummary) });
