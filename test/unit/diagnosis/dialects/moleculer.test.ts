import { expect, test } from 'vitest';
import type { HeaderTable, TypedValue } from '../../../../server/amqp/message.ts';
import { headersForResend } from '../../../../server/diagnosis/broker-headers.ts';
import { diagnose } from '../../../../server/diagnosis/index.ts';
import { deadMessage, header } from '../dead-messages.ts';
import { moleculerHeaders } from './framework-messages.ts';

const changed = (name: string, value: TypedValue | string): HeaderTable =>
  moleculerHeaders.map((known) => (known.name === name ? header(name, value) : known));

test('a message of a channel that its group failed', () => {
  const { stripHeaders, ...diagnosis } = diagnose(deadMessage(moleculerHeaders, { deadQueue: 'FAILED_MESSAGES' }));
  expect(diagnosis).toEqual({
    framework: 'moleculer',
    reason: 'error',
    errorType: 'MoleculerError',
    errorMessage: 'Mail server said no',
    stackTrace: 'MoleculerError: 메일\n    at send (/app/mail.js:4:2)',
    retryCount: 3,
    occurredAt: new Date(1795330800123),
    origin: { exchange: '', routingKeys: ['notifications.order.cancelled'], queue: 'notifications.order.cancelled' },
    history: [],
  });
  expect(headersForResend([...moleculerHeaders, header('x-error-mine', '1')], stripHeaders)).toEqual([
    header('x-error-mine', '1'),
  ]);
});

test.each<[TypedValue | string, string | null]>([
  ['Error: not base64', 'Error: not base64'],
  ['', null],
  ['ICAg', null],
  [{ type: 'int32', value: 1 }, null],
])('the stack %j is %j', (written, expected) => {
  expect(diagnose(deadMessage(changed('x-error-stack', written))).stackTrace).toBe(expected);
});

test.each<[string, TypedValue | string]>([
  ['x-original-group', ''],
  ['x-original-group', 'g'.repeat(250)],
  ['x-original-channel', { type: 'void', value: null }],
])('with %s %j the origin is unknown', (name, value) => {
  expect(diagnose(deadMessage(changed(name, value))).origin).toEqual({ exchange: null, routingKeys: [], queue: null });
});
