import type { Message, MessageDetail } from '../../../server/contract/schemas/messages.ts';

interface Kind extends Pick<
  Message,
  'queue' | 'exchange' | 'routingKey' | 'deadQueue' | 'reason' | 'errorType' | 'errorMessage'
> {
  stack: boolean;
}

const KINDS: readonly Kind[] = [
  {
    queue: 'orders.cancel',
    exchange: 'orders',
    routingKey: 'order.cancel',
    deadQueue: 'orders.dead',
    reason: 'rejected',
    errorType: 'TimeoutError',
    errorMessage: 'Order API timed out after 3000 ms',
    stack: true,
  },
  {
    queue: 'notice.send',
    exchange: 'notice',
    routingKey: 'notice.send',
    deadQueue: 'notice.dead',
    reason: 'error',
    errorType: 'com.example.notice.TemplateError',
    errorMessage: 'Unknown template TMS-301: 알 수 없는 템플릿입니다',
    stack: true,
  },
  {
    queue: 'refunds.process',
    exchange: 'orders',
    routingKey: 'refund.requested',
    deadQueue: 'orders.dead',
    reason: 'expired',
    errorType: null,
    errorMessage: null,
    stack: false,
  },
  {
    queue: null,
    exchange: null,
    routingKey: null,
    deadQueue: 'orders.dead',
    reason: 'unknown',
    errorType: null,
    errorMessage: null,
    stack: false,
  },
];

/** One failed message, different from its neighbours and the same each time. `failedAt` falls with the number. */
export function fakeMessage(
  number: number,
  over: Partial<Message> = {},
  newest = Date.UTC(2026, 10, 22, 3, 10, 42),
): Message {
  const { stack: _stack, ...kind } = KINDS[number % KINDS.length] as Kind;
  const failedAt = new Date(newest - number * 47_000).toISOString();
  const orderIds = Array.from({ length: number % 5 === 0 ? 3 : 1 }, (_, index) => orderId(number * 3 + index));
  return {
    id: String(88_000 + 1000 - number),
    status: 'pending',
    broker: 'main',
    ...kind,
    routingKeys: kind.routingKey === null ? [] : [kind.routingKey],
    framework: 'dead-letter-office',
    retryCount: number % 4,
    failureCount: (number % 3) + 1,
    keys: { orderId: orderIds },
    groupId: String((number % KINDS.length) + 1),
    messageId: `m-${number}`,
    correlationId: null,
    contentType: 'application/json',
    bodySize: 214,
    failedAt,
    occurredAt: failedAt,
    capturedAt: failedAt,
    resentAt: null,
    possibleDuplicateOf: null,
    copyOf: null,
    version: 1,
    ...over,
  };
}

export function orderId(number: number): string {
  return `ORD-20261122-${String(number).padStart(6, '0')}`;
}

/** The whole of a message as the office shows it on its own page. */
export function fakeDetail(message: Message): MessageDetail {
  const body = JSON.stringify({ orderId: message.keys['orderId']?.[0], customer: '김하늘', amount: 48_900 }).replace(
    '48900',
    '9007199254740993',
  );
  return {
    ...message,
    stackTrace:
      message.errorType === null
        ? null
        : `${message.errorType}: ${message.errorMessage ?? ''}\n    at cancelOrder (workers/cancel.ts:48:11)`,
    properties: {
      contentType: 'application/json',
      deliveryMode: 2,
      ...(message.messageId === null ? {} : { messageId: message.messageId }),
    },
    headers: { 'x-attempt': 3 },
    headersTyped: [
      { name: 'x-attempt', type: 'int64', value: '9007199254740993' },
      { name: '__proto__', type: 'string', value: 'just a name' },
      { name: 'trace', type: 'table', value: [{ name: 'id', type: 'bytes', value: 'AAEC' }] },
      ...(message.errorType === null
        ? []
        : [{ name: 'x-failure-type', type: 'string' as const, value: message.errorType }]),
      { name: 'x-delivery-count', type: 'int8', value: 4 },
    ],
    headerSources: [
      'application',
      'application',
      'application',
      ...(message.errorType === null ? [] : ['framework' as const]),
      'broker',
    ],
    envelope:
      message.framework === 'easynetq'
        ? {
            framework: message.framework,
            properties: { type: 'EasyNetQ.SystemMessages.Error, EasyNetQ', deliveryMode: 2 },
            headers: {},
            headersTyped: [],
            contentType: 'application/json',
            bodySize: 2048,
          }
        : null,
    inexactParts: message.framework === 'easynetq' ? ['header retries', 'body'] : [],
    bodyPreview: { encoding: 'utf8', text: body, truncated: false },
    deaths: Array.from({ length: message.failureCount }, (_, index) => ({
      id: `${message.id}${index}`,
      arrivedAt: new Date(Date.parse(message.failedAt) - (message.failureCount - 1 - index) * 420_000).toISOString(),
      occurredAt: null,
      deadQueue: message.deadQueue,
      queue: message.queue,
      exchange: message.exchange,
      routingKeys: message.routingKeys,
      reason: message.reason,
      framework: message.framework,
      errorType: message.errorType,
      errorMessage: message.errorMessage,
      stackTrace: null,
      retryCount: message.retryCount,
      redelivered: false,
      operationId: null,
      recognisedBy: null,
    })),
    resendable: message.exchange === null ? { ok: false, code: 'item.originUnknown' } : { ok: true },
    edits: [],
    masked: { count: 0, rules: [], body: null },
  };
}
