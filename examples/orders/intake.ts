import { createHash, randomUUID } from 'node:crypto';
import type { Cancellation } from './cancellation.ts';
import type { Headers } from './headers.ts';
import { newMessage } from './outgoing.ts';
import type { Outgoing } from './publisher.ts';
import { BULK_TYPE } from './business-tasks.ts';
import type { Names } from './topology.ts';

/** The messages that the HTTP API queues for what it has taken in. */

export function cancellationMessage(names: Names, order: Cancellation): Outgoing {
  return newMessage(names.routes.cancel, {
    type: 'order.cancel.requested',
    from: 'cancellation-api',
    correlationId: `cxl-${randomUUID()}`,
    body: order,
    headers: requestHeaders(order, 'mobile'),
  });
}

export function bulkMessage(names: Names, orders: [Cancellation, ...Cancellation[]]): Outgoing {
  return newMessage(names.routes.cancelBulk, {
    type: BULK_TYPE,
    from: 'cancellation-api',
    correlationId: `cxl-${randomUUID()}`,
    body: { orderIds: orders.map(({ orderId }) => orderId), orders },
    headers: { ...requestHeaders(orders[0], 'back-office'), 'bulk-size': { '!': 'uint16', value: orders.length } },
  });
}

/** A partner's text is queued as it came: only its order ID is known, from the request's header. */
export function partnerMessage(names: Names, orderId: string, text: string): Outgoing {
  return newMessage(names.routes.cancel, {
    type: 'order.cancel.requested',
    from: 'partner-gateway',
    correlationId: `cxl-${randomUUID()}`,
    body: text,
    headers: { 'order-id': orderId, partner: 'hallyu-mall', signature: createHash('sha256').update(text).digest() },
  });
}

/** Headers of many wire types, as a grown application has them. */
function requestHeaders(order: Cancellation, device: string): Headers {
  return {
    'customer-number': customerNumber(order.customer.phone),
    'vip-customer': order.customer.grade === 'vip',
    'requested-at': { '!': 'timestamp', value: Math.floor(Date.now() / 1000) },
    client: { device, build: 4_210, beta: false, language: order.customer.locale },
    tags: ['cancellation', order.centre],
  };
}

/** Past 32 bits, so that it travels as an int64. */
function customerNumber(phone: string): number {
  return 1_000_000_000_000 + Number(phone.replace(/\D/g, '').slice(-8));
}
