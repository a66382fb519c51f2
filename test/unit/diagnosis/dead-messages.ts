import type { Header, HeaderTable, TypedValue } from '../../../server/amqp/message.ts';
import type { DeadMessage } from '../../../server/diagnosis/diagnosis.ts';

/** Dead messages as RabbitMQ 3.10 and 4.x deliver them, in the wire types that both were seen to write. */

export const string = (value: string): TypedValue => ({ type: 'string', value });
export const int64 = (value: number | string): TypedValue => ({ type: 'int64', value: String(value) });
export const array = (...value: TypedValue[]): TypedValue => ({ type: 'array', value });
export const header = (name: string, value: TypedValue | string): Header => ({
  name,
  ...(typeof value === 'string' ? string(value) : value),
});
export const table = (entries: Record<string, TypedValue | string>): TypedValue => ({
  type: 'table',
  value: Object.entries(entries).map(([name, value]) => header(name, value)),
});

export function deadMessage(headers: HeaderTable, rest: Partial<DeadMessage> = {}): DeadMessage {
  return {
    deadQueue: 'orders.dead',
    exchange: 'dlx',
    routingKey: 'orders.dead',
    properties: { contentType: 'application/json', deliveryMode: 2 },
    headers,
    body: Buffer.from('{"orderId":"ORD-20261122-000123"}'),
    ...rest,
  };
}

interface Death {
  reason: string;
  queue: string;
  exchange?: string;
  keys?: string[];
  count?: number;
  /** Seconds since 1970. */
  time?: number;
  originalExpiration?: string;
}

const entry = ({
  reason,
  queue,
  exchange = 'orders',
  keys = ['order.cancel'],
  count = 1,
  ...rest
}: Death): TypedValue =>
  table({
    ...(rest.originalExpiration === undefined ? {} : { 'original-expiration': rest.originalExpiration }),
    count: int64(count),
    reason,
    queue,
    time: { type: 'timestamp', value: String(rest.time ?? 1795333648) },
    exchange,
    'routing-keys': array(...keys.map(string)),
  });

/** RabbitMQ 3.10: no `x-last-death-*`. Deaths are given most recent first; the first one is the last of them. */
export function diedOn310(...deaths: [Death, ...Death[]]): HeaderTable {
  const first = deaths.at(-1) ?? deaths[0];
  return [
    header('x-death', array(...deaths.map(entry))),
    header('x-first-death-exchange', first.exchange ?? 'orders'),
    header('x-first-death-queue', first.queue),
    header('x-first-death-reason', first.reason),
  ];
}

/** RabbitMQ 4.x. */
export function diedOn4(...deaths: [Death, ...Death[]]): HeaderTable {
  const last = deaths[0];
  return [
    ...diedOn310(...deaths),
    header('x-last-death-exchange', last.exchange ?? 'orders'),
    header('x-last-death-queue', last.queue),
    header('x-last-death-reason', last.reason),
  ];
}

/** What a worker of our own convention adds when it publishes to the dead exchange. */
export const conventionHeaders: HeaderTable = [
  header('x-failure-reason', 'error'),
  header('x-failure-type', 'OrderApiTimeout'),
  header('x-failure-message', '주문 ORD-20261122-000123 취소 API가 3000ms 안에 응답하지 않았습니다'),
  header('x-failure-stack', 'Error: x\n    at OrderWorker.cancel (/app/src/order-worker.js:42:7)'),
  header('x-failure-time', '2026-11-22T07:18:00.123Z'),
  header('x-failure-exchange', 'orders'),
  header('x-failure-routing-key', 'order.cancel'),
  header('x-failure-queue', 'orders.business'),
  header('x-failure-retries', { type: 'int32', value: 3 }),
];
