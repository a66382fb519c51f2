import { setTimeout as wait } from 'node:timers/promises';
import type { ConsumeMessage } from 'amqplib';
import { bulkCancellationMessageSchema, cancellationSchema, refundSchema, stockSchema } from './cancellation.ts';
import type { Cancellation, Notice, Receipt, Refund, StockReturn } from './cancellation.ts';
import type { Faults } from './faults.ts';
import { readBody } from './message-body.ts';
import { cancelOrder } from './order-api.ts';
import { correlationOf, newMessage } from './outgoing.ts';
import type { Outgoing } from './publisher.ts';
import type { Names } from './topology.ts';
import type { Task } from './worker.ts';
import { WorkerError } from './worker-error.ts';

/** How long a refund waits for the ledger's row lock (ms). */
const LEDGER_LOCK_WAIT = 200;

export interface BusinessOptions {
  names: Names;
  faults: Faults;
  orderApiUrl: string;
}

/** What the business workers do: cancel orders, pay back, put goods back on sale. */
export function businessTasks({ names, faults, orderApiUrl }: BusinessOptions): Task[] {
  const { routes, deadQueues, delays } = names;

  const cancel: Task = {
    queue: routes.cancel.queue,
    deadQueue: deadQueues.orders,
    delays: delays.orders,
    prefetch: 20,
    handle: async (message) => {
      const cancellations = readCancellations(message, names, faults.isBroken('partner-parser'));
      for (const { orderId, centre } of cancellations) await cancelOrder(orderApiUrl, orderId, centre);
      return {
        orderIds: cancellations.map(({ orderId }) => orderId),
        next: cancellations.flatMap((cancellation) => afterCancel(cancellation, names, correlationOf(message))),
      };
    },
  };

  const refund: Task = {
    queue: routes.refund.queue,
    deadQueue: deadQueues.refunds,
    delays: delays.orders,
    prefetch: 20,
    handle: async (message) => {
      const body = readBody(message.content, refundSchema);
      if (body.refund.method === 'virtual-account' && faults.isBroken('ledger')) {
        await wait(LEDGER_LOCK_WAIT);
        throw new WorkerError('LedgerLockedError', 'requeue', `The ledger row of ${body.order.id} is locked`);
      }
      return { orderIds: [body.order.id], next: afterRefund(body, names, correlationOf(message)) };
    },
  };

  const stock: Task = {
    queue: routes.stock.queue,
    deadQueue: deadQueues.orders,
    delays: delays.orders,
    // Far more than its queue holds: whatever is resent at once is in hand before the queue's limit can drop it.
    prefetch: 1_000,
    enabled: () => !faults.isBroken('stock-worker'),
    handle: (message) => Promise.resolve({ orderIds: [readBody(message.content, stockSchema).orderId] }),
  };

  return [cancel, refund, stock];
}

function readCancellations(message: ConsumeMessage, names: Names, strict: boolean): Cancellation[] {
  const strictness = strict ? 'strict' : 'forgiving';
  if (message.fields.routingKey === names.routes.cancelBulk.routingKey || message.properties.type === BULK_TYPE) {
    return readBody(message.content, bulkCancellationMessageSchema, strictness).orders;
  }
  return [readBody(message.content, cancellationSchema, strictness)];
}

/** The type of a message that cancels several orders, for when its routing key was lost on the way. */
export const BULK_TYPE = 'order.cancel.bulk';

/** A cancelled order is paid back, its limited goods go back on sale, and its customer is told. */
function afterCancel(order: Cancellation, { routes }: Names, correlationId: string): Outgoing[] {
  const from = { from: 'cancel-worker', correlationId };
  const { customer, payment } = order;
  const refund: Refund = {
    order: { id: order.orderId },
    refund: payment,
    customer,
    items: order.items,
    receipt: order.receipt,
  };
  const notice: Notice = {
    orderId: order.orderId,
    template: customer.grade === 'vip' ? 'CANCEL_ACCEPTED_VIP' : 'CANCEL_ACCEPTED',
    locale: customer.locale,
    to: customer.phone,
    values: { name: customer.name, orderId: order.orderId },
  };
  const stock = order.items
    .filter((item) => item.limited)
    .map((item): StockReturn => ({ orderId: order.orderId, centre: order.centre, item }));
  return [
    newMessage(routes.refund, {
      ...from,
      type: 'order.refund.requested',
      body: refund,
      headers: { 'idempotency-key': `refund-${order.orderId}`, 'discount-rate': 0 },
    }),
    ...stock.map((body) =>
      newMessage(routes.stock, {
        ...from,
        type: 'order.stock.returned',
        body,
        headers: { 'order-id': order.orderId, limited: true },
      }),
    ),
    newMessage(routes.notice, { ...from, type: 'notice.requested', body: notice, headers: noticeHeaders(notice) }),
  ];
}

/** A refund is told to the customer, by talk message where they want that, and printed where they asked for it. */
function afterRefund(body: Refund, { routes }: Names, correlationId: string): Outgoing[] {
  const from = { from: 'refund-worker', correlationId };
  const { customer, refund } = body;
  const amount = new Intl.NumberFormat(customer.locale, { style: 'currency', currency: refund.currency });
  const notice: Notice = {
    orderId: body.order.id,
    template: 'REFUND_DONE',
    locale: customer.locale,
    to: customer.phone,
    values: { name: customer.name, orderId: body.order.id, amount: amount.format(refund.amount) },
  };
  const receipt: Receipt = {
    order: { id: body.order.id },
    lines: body.items.map((item) => `${item.name} × ${item.quantity}`),
  };
  return [
    newMessage(customer.contact === 'talk' ? routes.talk : routes.notice, {
      ...from,
      type: 'notice.requested',
      body: notice,
      headers: noticeHeaders(notice),
    }),
    ...(body.receipt ? [newMessage(routes.receipt, { ...from, type: 'order.receipt.requested', body: receipt })] : []),
  ];
}

function noticeHeaders(notice: Notice) {
  return {
    urgent: false,
    'send-after': { '!': 'timestamp', value: Math.floor(Date.now() / 1000) },
    language: notice.locale,
  };
}
