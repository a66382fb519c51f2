import { expect, test } from 'vitest';
import type { HeaderTable, TypedValue } from '../../../../server/amqp/message.ts';
import { headersForResend } from '../../../../server/diagnosis/broker-headers.ts';
import { diagnose } from '../../../../server/diagnosis/index.ts';
import { deadMessage, diedOn4, header } from '../dead-messages.ts';
import { symfonyHeaders } from './framework-messages.ts';

const changed = (kind: string, value: TypedValue | string): HeaderTable =>
  symfonyHeaders.map((known) => (known.name.endsWith(`\\${kind}Stamp`) ? header(known.name, value) : known));

test('a message on the failure transport, serialised as JSON', () => {
  const { stripHeaders, ...diagnosis } = diagnose(deadMessage(symfonyHeaders, { deadQueue: 'failed' }));
  expect(diagnosis).toEqual({
    framework: 'symfony',
    reason: 'error',
    errorType: 'RuntimeException',
    errorMessage: 'SMS gateway said 503',
    stackTrace: '#0 /app/src/SmsHandler.php(42): App\\SmsGateway->send()',
    retryCount: 3,
    occurredAt: new Date('2026-11-22T07:00:00Z'),
    origin: { exchange: null, routingKeys: [], queue: null },
    history: [],
  });
  expect(headersForResend(symfonyHeaders, stripHeaders)).toEqual(symfonyHeaders.slice(0, 2));
});

test('a message that was rejected with its stamps has no reason but the broker’s, and keeps them', () => {
  const headers = [...diedOn4({ reason: 'rejected', queue: 'messages' }), ...symfonyHeaders.slice(0, 2)];
  expect(diagnose(deadMessage(headers))).toMatchObject({
    framework: 'symfony',
    reason: 'rejected',
    errorMessage: null,
    origin: { queue: 'messages' },
    stripHeaders: [],
  });
});

test('the delay queue in which it waited between two tries is not where it failed', () => {
  const waited = { reason: 'expired', queue: 'delay_messages_messages_1000_retry', exchange: 'delays' };
  expect(diagnose(deadMessage([...diedOn4(waited), ...symfonyHeaders]))).toMatchObject({
    framework: 'symfony',
    reason: 'error',
    origin: { exchange: null, routingKeys: [], queue: null },
    history: [{ queue: waited.queue }],
  });
});

test.each<TypedValue | string>([
  '',
  '[',
  '{}',
  'null',
  '[null, 1, []]',
  '[{"exceptionClass":7,"exceptionMessage":{},"flattenException":[]}]',
  '['.repeat(100_000),
  { type: 'table', value: [] },
])('stamps that hold %j are not read', (value) => {
  expect(diagnose(deadMessage(changed('ErrorDetails', value)))).toMatchObject({
    framework: 'symfony',
    reason: 'error',
    errorType: null,
    errorMessage: null,
    stackTrace: null,
  });
  expect(diagnose(deadMessage(changed('Redelivery', value)))).toMatchObject({ retryCount: null, occurredAt: null });
});
