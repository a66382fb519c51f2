import { expect, test } from 'vitest';
import type { HeaderTable } from '../../../../server/amqp/message.ts';
import { headersForResend } from '../../../../server/diagnosis/broker-headers.ts';
import { diagnose } from '../../../../server/diagnosis/index.ts';
import { deadMessage, diedOn4, header, int64 } from '../dead-messages.ts';
import { springHeaders, springTrace } from './framework-messages.ts';

const without = (...names: string[]): HeaderTable => springHeaders.filter(({ name }) => !names.includes(name));

test('a message that Spring AMQP recovered by publishing it again', () => {
  expect(diagnose(deadMessage(springHeaders, { exchange: 'errors', routingKey: 'error.order.created' }))).toEqual({
    framework: 'spring-amqp',
    reason: 'error',
    errorType: 'java.lang.IllegalStateException',
    errorMessage: 'Order 42 has no currency',
    stackTrace: springTrace,
    retryCount: 3,
    occurredAt: null,
    origin: { exchange: 'orders', routingKeys: ['order.created'], queue: null },
    history: [],
    stripHeaders: [
      'x-exception-message',
      'x-exception-stacktrace',
      'x-original-exchange',
      'x-original-routingKey',
      'retry-count',
    ],
  });
});

test("the Cloud Stream binder's dead queue tells the queue that it belongs to", () => {
  const message = deadMessage(springHeaders, {
    deadQueue: 'orders.billing.dlq',
    exchange: 'DLX',
    routingKey: 'orders.billing',
  });
  expect(diagnose(message).origin).toEqual({
    exchange: 'orders',
    routingKeys: ['order.created'],
    queue: 'orders.billing',
  });
});

test('the queue is not guessed from a dead queue of another name', () => {
  const message = deadMessage(springHeaders, { deadQueue: 'orders.dlq', routingKey: 'orders.billing' });
  expect(diagnose(message).origin.queue).toBeNull();
  expect(diagnose(deadMessage(springHeaders, { deadQueue: '.dlq', routingKey: '' })).origin.queue).toBeNull();
});

test("what the application wrote, Spring's type headers too, is resent", () => {
  const headers = [...diedOn4({ reason: 'rejected', queue: 'q' }), ...springHeaders, header('order-id', 'ORD-1')];
  const resent = headersForResend(headers, diagnose(deadMessage(headers)).stripHeaders);
  expect(resent).toEqual([header('__TypeId__', 'com.acme.OrderCreated'), header('order-id', 'ORD-1')]);
});

test('without a stack trace nobody wrote what kind of exception it was', () => {
  expect(diagnose(deadMessage(without('x-exception-stacktrace')))).toMatchObject({
    framework: 'spring-amqp',
    errorType: null,
    errorMessage: 'Order 42 has no currency',
    stackTrace: null,
  });
});

test('an exception without a message has none', () => {
  const headers = [...without('x-exception-message'), header('x-exception-message', { type: 'void', value: null })];
  expect(diagnose(deadMessage(headers)).errorMessage).toBeNull();
});

test.each([
  ['com.acme.NoStock: 0 left\n\tat com.acme.Stock.take(Stock.java:3)', 'com.acme.NoStock'],
  ['com.acme.NoStock\n\tat com.acme.Stock.take(Stock.java:3)', 'com.acme.NoStock'],
  ['a.A: x\n\tat a.B.c(B.java:1)\n\tSuppressed: s.S: y\n\tCaused by: s.T: z\nCaused by: b.B: w\n\t... 3 more', 'b.B'],
  ['a.A: x\nCaused by: b.B: y\n\tat b.B.c(B.java:1)\nCaused by: com.acme.Cut', 'b.B'],
  ['an exception happened', null],
])('the kind of error in %j is %s', (trace, expected) => {
  const headers = [...without('x-exception-stacktrace'), header('x-exception-stacktrace', trace)];
  expect(diagnose(deadMessage(headers)).errorType).toBe(expected);
});

test('the root cause is found beyond what is kept of a long trace', () => {
  const trace = `a.A: x\n${'\tat a.b.C.d(C.java:1)\n'.repeat(4000)}Caused by: b.Root: y\n\tat b.C.d(C.java:1)`;
  const headers = [...without('x-exception-stacktrace'), header('x-exception-stacktrace', trace)];
  const diagnosis = diagnose(deadMessage(headers));
  expect(diagnosis.errorType).toBe('b.Root');
  expect(diagnosis.stackTrace).toHaveLength(64 * 1024);
});

test('the default exchange is an exchange', () => {
  const headers = [...without('x-original-exchange'), header('x-original-exchange', '')];
  expect(diagnose(deadMessage(headers)).origin.exchange).toBe('');
});

test('the key in other letters, or one header of the two, is somebody else', () => {
  const other = [...without('x-original-routingKey'), header('x-original-routingkey', 'order.created')];
  expect(diagnose(deadMessage(other)).framework).toBeNull();
  expect(diagnose(deadMessage(without('x-original-exchange')))).toMatchObject({ framework: null, stripHeaders: [] });
});

test('a native rejection by a Spring listener has no reason but the broker’s', () => {
  const headers = [...diedOn4({ reason: 'rejected', queue: 'orders' }), header('__TypeId__', 'com.acme.OrderCreated')];
  expect(diagnose(deadMessage(headers))).toMatchObject({
    framework: 'rabbitmq',
    reason: 'rejected',
    errorMessage: null,
  });
});

test('with x-death of the hop before, the origin is the one that Spring wrote', () => {
  const headers = [
    ...diedOn4({ reason: 'expired', queue: 'orders.wait', exchange: 'wait', keys: ['w'] }),
    ...without('retry-count'),
    header('retry-count', int64('9223372036854775807')),
  ];
  expect(diagnose(deadMessage(headers))).toMatchObject({
    framework: 'spring-amqp',
    reason: 'error',
    retryCount: null,
    origin: { exchange: 'orders', routingKeys: ['order.created'], queue: null },
    history: [{ queue: 'orders.wait' }],
  });
});
