import { expect, test } from 'vitest';
import type { HeaderTable } from '../../../../server/amqp/message.ts';
import { headersForResend } from '../../../../server/diagnosis/broker-headers.ts';
import { diagnose } from '../../../../server/diagnosis/index.ts';
import { deadMessage, diedOn4, header } from '../dead-messages.ts';
import { wolverineHeaders } from './framework-messages.ts';

const only = (...names: string[]): HeaderTable => wolverineHeaders.filter(({ name }) => names.includes(name));

test('a dead letter with the exception in its headers', () => {
  const { stripHeaders, ...diagnosis } = diagnose(deadMessage(wolverineHeaders));
  expect(diagnosis).toEqual({
    framework: 'wolverine',
    reason: 'error',
    errorType: 'System.InvalidOperationException',
    errorMessage: 'No currency',
    stackTrace: '   at Acme.OrderHandler.Handle(OrderCreated message)... (truncated)',
    retryCount: 2,
    occurredAt: new Date(1795330800123),
    origin: { exchange: '', routingKeys: ['orders'], queue: 'orders' },
    history: [],
  });
  expect(headersForResend(wolverineHeaders, stripHeaders)).toEqual(only('message-type'));
});

test('an older version writes type and message only, into its own queue; the origin is unknown', () => {
  const headers = only('exception-type', 'exception-message');
  expect(diagnose(deadMessage(headers, { deadQueue: 'wolverine-dead-letter-queue' }))).toMatchObject({
    framework: 'wolverine',
    errorMessage: 'No currency',
    occurredAt: null,
    origin: { exchange: null, routingKeys: [], queue: null },
  });
});

test('another application’s `exception-type` and `attempts` are its own', () => {
  const headers = [...only('exception-type', 'exception-message', 'attempts'), header('original-destination', 'Seoul')];
  expect(diagnose(deadMessage(headers))).toMatchObject({ framework: null, stripHeaders: [] });
});

test('in its native mode there is nothing but x-death', () => {
  const headers = [...diedOn4({ reason: 'rejected', queue: 'orders' }), ...only('message-type', 'attempts')];
  expect(diagnose(deadMessage(headers, { deadQueue: 'wolverine-dead-letter-queue' }))).toMatchObject({
    framework: 'rabbitmq',
    reason: 'rejected',
    stripHeaders: [],
  });
});
