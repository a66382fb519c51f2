/** A message as a worker published it before it died: about 1 KiB of JSON, ten headers. */
export interface FailedOrder {
  routingKey: string;
  body: Buffer;
  properties: { messageId: string; correlationId: string; contentType: string; type: string; appId: string };
  /** What the application wrote. A resend carries these. */
  ownHeaders: Record<string, string | number>;
  /** What the worker wrote because it failed. A resend leaves these out. */
  failureHeaders: Record<string, string | number>;
}

const FAILURES = [
  { type: 'OrderApiTimeout', message: (order: string) => `POST /orders/${order}/cancel: no answer within 3000 ms` },
  { type: 'RuleViolation', message: (order: string) => `주문 ${order}: 이미 배송이 시작되어 취소할 수 없습니다` },
  { type: 'TemplateNotFound', message: (order: string) => `알림 템플릿 cancel-vip-ko 를 찾을 수 없습니다 (${order})` },
  { type: 'PaymentRefused', message: (order: string) => `Refund of ${order} was refused: card expired` },
  { type: 'StockServiceError', message: (order: string) => `503 from stock service while returning items of ${order}` },
] as const;
const KEYS = ['order.cancel.requested', 'order.cancel.partner', 'order.refund.requested'] as const;
const GOODS = ['제주 유기농 녹차 100g', '러닝화 270mm', 'Canvas tote bag', '무드등 (따뜻한 빛)', 'Wireless headphones'];

/** `count` different messages; another `run` gives other order and message ids, and nothing else. */
export function* failedOrders(run: string, count: number): Generator<FailedOrder> {
  for (let number = 0; number < count; number += 1) yield failedOrder(run, number);
}

export function failedOrder(run: string, number: number): FailedOrder {
  const orderId = `ORD-${run}-${String(number).padStart(6, '0')}`;
  const failure = FAILURES[number % FAILURES.length] ?? FAILURES[0];
  const trace = (number * 2_654_435_761).toString(16).padStart(16, '0');
  return {
    routingKey: KEYS[number % KEYS.length] ?? KEYS[0],
    body: Buffer.from(JSON.stringify(bodyOf(orderId, number))),
    properties: {
      messageId: `${run}-${trace}`,
      correlationId: `req-${trace}`,
      contentType: 'application/json',
      type: 'OrderCancellation',
      appId: 'order-worker',
    },
    ownHeaders: {
      'order-id': orderId,
      tenant: `shop-${number % 7}`,
      traceparent: `00-${trace}${trace}-${trace}-01`,
      'schema-version': 3,
      attempt: 1 + (number % 3),
    },
    failureHeaders: {
      'x-failure-type': failure.type,
      'x-failure-message': failure.message(orderId),
      'x-failure-stack': stackOf(failure.type),
      'x-failure-time': new Date(1_790_000_000_000 + number).toISOString(),
      'x-failure-retries': 3,
    },
  };
}

function bodyOf(orderId: string, number: number): unknown {
  return {
    orderId,
    customer: { name: '김민준', phone: `010-1234-${String(number % 10_000).padStart(4, '0')}`, locale: 'ko' },
    payment: { method: 'card', amount: 18_900 + number, currency: 'KRW', approval: `A${number}` },
    reason: '다른 상품으로 재주문',
    items: GOODS.slice(0, 4).map((name, line) => ({
      sku: `SKU-${line}-${(number * 7919) % 100_000}`,
      name,
      quantity: 1 + ((number + line) % 3),
      price: 10_000 + ((number * 31 + line) % 90_000),
      warehouse: 'ICN-1',
    })),
    delivery: { address: '서울특별시 강남구 테헤란로 123, 4층', carrier: 'CJ', tracking: `6${number}`, started: false },
    note: 'Please refund to the card that was used; the customer asked twice by phone. 고객이 두 번 전화했습니다.',
    history: ['requested', 'checked', 'sent to the business worker', 'retried 3 times'].map((step) => ({
      step,
      by: 'order-api',
    })),
    requestedAt: '2026-11-22T07:18:00.000Z',
  };
}

function stackOf(type: string): string {
  return [
    `${type}: cancelled`,
    '    at CancelOrder.handle (/app/src/orders/cancel-order.ts:118:11)',
    '    at async Worker.process (/app/src/workers/worker.ts:64:7)',
    '    at async Retry.attempt (/app/src/workers/retry.ts:31:5)',
    '    at async Consumer.onMessage (/app/node_modules/queue/consumer.js:210:9)',
  ].join('\n');
}
