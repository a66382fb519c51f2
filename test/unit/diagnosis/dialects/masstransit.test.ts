import { expect, test } from 'vitest';
import type { HeaderTable, TypedValue } from '../../../../server/amqp/message.ts';
import { headersForResend } from '../../../../server/diagnosis/broker-headers.ts';
import { diagnose } from '../../../../server/diagnosis/index.ts';
import { deadMessage, diedOn4, header } from '../dead-messages.ts';
import { massTransitHeaders } from './framework-messages.ts';

const changed = (name: string, value: TypedValue | string): HeaderTable =>
  massTransitHeaders.map((known) => (known.name === name ? header(name, value) : known));
const errorQueue = { deadQueue: 'order-service_error', exchange: 'order-service_error', routingKey: '' };

test('a message that a consumer failed', () => {
  const { stripHeaders, ...diagnosis } = diagnose(deadMessage(massTransitHeaders, errorQueue));
  expect(diagnosis).toEqual({
    framework: 'masstransit',
    reason: 'error',
    errorType: 'System.InvalidOperationException',
    errorMessage: 'No currency',
    stackTrace: '   at Acme.OrderConsumer.Consume(ConsumeContext`1 context) in /src/OrderConsumer.cs:line 42',
    retryCount: 3,
    occurredAt: new Date('2026-11-22T07:00:00.123Z'),
    origin: { exchange: '', routingKeys: ['order-service'], queue: 'order-service' },
    history: [],
  });
  expect(headersForResend(massTransitHeaders, stripHeaders)).toEqual(
    massTransitHeaders.filter(({ name }) => name === 'MT-Activity-Id' || name === 'tenant'),
  );
});

test('faults that a later version adds are stripped by their names; the sender’s host is kept', () => {
  const headers = [
    ...massTransitHeaders,
    header('MT-Fault-Extra', 'x'),
    header('MT-Host-Info', '{"machineName":"web-2"}'),
    header('MT-Redelivery-Count', { type: 'int32', value: 1 }),
  ];
  const { stripHeaders } = diagnose(deadMessage(headers, errorQueue));
  expect(stripHeaders).toContain('MT-Fault-Extra');
  expect(headersForResend(headers, stripHeaders).map(({ name }) => name)).toEqual([
    'MT-Activity-Id',
    'tenant',
    'MT-Host-Info',
  ]);
});

test.each<[TypedValue | string, number | null]>([
  [{ type: 'int64', value: '3' }, 3],
  ['3', 3],
  ['three', null],
  [{ type: 'int32', value: -3 }, null],
])('the retry count %j is %s', (written, expected) => {
  expect(diagnose(deadMessage(changed('MT-Fault-RetryCount', written), errorQueue)).retryCount).toBe(expected);
});

test('redeliveries are counted where no retries are', () => {
  const headers = [
    ...massTransitHeaders.filter(({ name }) => name !== 'MT-Fault-RetryCount'),
    header('MT-Redelivery-Count', { type: 'int32', value: 2 }),
  ];
  expect(diagnose(deadMessage(headers, errorQueue)).retryCount).toBe(2);
});

test.each<[TypedValue | string, string | null]>([
  ['rabbitmq://rabbit/orders', 'orders'],
  ['rabbitmqs://rabbit:5671/prod/orders?temporary=true&prefetch=16', 'orders'],
  ['amqps://rabbit.example.com/%2Fprod/%EC%A3%BC%EB%AC%B8', '주문'],
  ['rabbitmq://rabbit/prod/', 'order-service'],
  ['rabbitmq://rabbit', 'order-service'],
  ['rabbitmq://rabbit/prod/%E0%A4%A', 'order-service'],
  [`rabbitmq://rabbit/${'q'.repeat(256)}`, 'order-service'],
  ['nonsense', 'order-service'],
  [{ type: 'int32', value: 1 }, 'order-service'],
])('the input address %j means the queue %s', (address, queue) => {
  expect(diagnose(deadMessage(changed('MT-Fault-InputAddress', address), errorQueue)).origin).toEqual({
    exchange: '',
    routingKeys: [queue],
    queue,
  });
});

test('without an address and in a dead queue of another name the origin is unknown', () => {
  expect(diagnose(deadMessage(changed('MT-Fault-InputAddress', ''))).origin).toEqual({
    exchange: null,
    routingKeys: [],
    queue: null,
  });
});

test.each(['dead-letter', 'Unspecified', ''])(
  'a skipped message (%j) has no reason, and none is invented',
  (reason) => {
    const message = deadMessage([header('MT-Reason', reason), header('MT-Host-MachineName', 'web-1')], {
      deadQueue: 'order-service_skipped',
    });
    expect(diagnose(message)).toMatchObject({
      framework: 'masstransit',
      reason: 'unknown',
      errorType: null,
      errorMessage: null,
      origin: { exchange: '', routingKeys: ['order-service'], queue: 'order-service' },
    });
  },
);

test('a reason in words of its own is told', () => {
  expect(diagnose(deadMessage([header('MT-Reason', 'Schema 7 is not supported')]))).toMatchObject({
    reason: 'error',
    errorMessage: 'Schema 7 is not supported',
  });
});

test('with x-death of another hop, MassTransit’s queue wins and nothing is mixed', () => {
  const died = diedOn4({ reason: 'expired', queue: 'order-service_delay', exchange: 'Acme:OrderCreated', keys: [''] });
  expect(diagnose(deadMessage([...died, ...massTransitHeaders]))).toMatchObject({
    framework: 'masstransit',
    origin: { exchange: '', routingKeys: ['order-service'], queue: 'order-service' },
    history: [{ queue: 'order-service_delay' }],
  });
});

test('a forged flood of names leaves a bounded list, with the true ones in it', () => {
  const flood = Array.from({ length: 10_000 }, (_, at) => header(`MT-Fault-${at}`, 'x'));
  const { stripHeaders } = diagnose(deadMessage([...massTransitHeaders, ...flood]));
  expect(stripHeaders.length).toBeLessThan(300);
  expect(stripHeaders).toEqual(expect.arrayContaining(['MT-Reason', 'MT-Fault-Message', 'MT-Host-MachineName']));
});
