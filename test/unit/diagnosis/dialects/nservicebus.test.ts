import { expect, test } from 'vitest';
import type { HeaderTable, TypedValue } from '../../../../server/amqp/message.ts';
import { headersForResend } from '../../../../server/diagnosis/broker-headers.ts';
import { diagnose } from '../../../../server/diagnosis/index.ts';
import { deadMessage, diedOn310, header } from '../dead-messages.ts';
import { nServiceBusHeaders } from './framework-messages.ts';

const changed = (name: string, value: TypedValue | string): HeaderTable =>
  nServiceBusHeaders.map((known) => (known.name === name ? header(name, value) : known));

test('a message in the error queue', () => {
  const { stripHeaders, ...diagnosis } = diagnose(deadMessage(nServiceBusHeaders, { deadQueue: 'error' }));
  expect(diagnosis).toEqual({
    framework: 'nservicebus',
    reason: 'error',
    errorType: 'System.Exception',
    errorMessage: 'boom',
    stackTrace: 'System.Exception: boom\n   at Acme.PlaceOrderHandler.Handle(PlaceOrder message)',
    retryCount: null,
    occurredAt: new Date('2026-11-22T07:00:00.123Z'),
    origin: { exchange: '', routingKeys: ['Sales'], queue: 'Sales' },
    history: [],
  });
  expect(headersForResend(nServiceBusHeaders, stripHeaders).map(({ name }) => name)).toEqual([
    'NServiceBus.MessageId',
    'NServiceBus.MessageIntent',
    'NServiceBus.EnclosedMessageTypes',
    'NServiceBus.ContentType',
    'NServiceBus.ProcessingEndpoint',
  ]);
});

test('what is stripped are the names that this message has', () => {
  const headers = [
    header('NServiceBus.FailedQ', 'Sales'),
    header('NServiceBus.ExceptionInfo.Data.OrderId', '7'),
    header('NServiceBus.ExceptionInfoOfMine', 'kept'),
    header('ServiceControl.EditOf', 'x'),
    header('ServiceControl.Retry.UniqueMessageId', 'kept'),
  ];
  expect(diagnose(deadMessage(headers)).stripHeaders).toEqual([
    'NServiceBus.FailedQ',
    'NServiceBus.ExceptionInfo.Data.OrderId',
    'ServiceControl.EditOf',
  ]);
});

test.each<[TypedValue | string, string | null]>([
  ['Sales@WEB-1', 'Sales'],
  ['주문.취소', '주문.취소'],
  ['', null],
  ['@WEB-1', null],
  ['q'.repeat(256), null],
  [{ type: 'table', value: [] }, null],
])('the failed queue %j is %s', (written, queue) => {
  expect(diagnose(deadMessage(changed('NServiceBus.FailedQ', written))).origin).toEqual({
    exchange: queue === null ? null : '',
    routingKeys: queue === null ? [] : [queue],
    queue,
  });
});

test.each<[TypedValue | string, string | null]>([
  ['2026-11-22 07:00:00:123456 Z', '2026-11-22T07:00:00.123Z'],
  ['2026-11-22 07:00:00:000000 Z', '2026-11-22T07:00:00.000Z'],
  ['2026-11-22T07:00:00Z', '2026-11-22T07:00:00.000Z'],
  ['2026-11-22 07:00:00:12 Z', null],
  ['2026-13-22 07:00:00:123456 Z', null],
  [{ type: 'void', value: null }, null],
])('the time of failure %j is %s', (written, expected) => {
  const { occurredAt } = diagnose(deadMessage(changed('NServiceBus.TimeOfFailure', written)));
  expect(occurredAt?.toISOString() ?? null).toBe(expected);
});

test('its delays are no retries, and no origin', () => {
  const delayed = diedOn310({
    reason: 'expired',
    queue: 'nsb.v2.delay-level-03',
    exchange: 'nsb.v2.delay-level-03',
    keys: ['0.0.0.1.Sales'],
  });
  expect(diagnose(deadMessage([...delayed, ...nServiceBusHeaders]))).toMatchObject({
    framework: 'nservicebus',
    retryCount: null,
    origin: { exchange: '', routingKeys: ['Sales'], queue: 'Sales' },
  });
});

test('a message that NServiceBus only sent has not failed in it', () => {
  const headers = nServiceBusHeaders.filter(({ name }) => name !== 'NServiceBus.FailedQ');
  expect(diagnose(deadMessage(headers))).toMatchObject({ framework: null, reason: 'unknown', stripHeaders: [] });
});
