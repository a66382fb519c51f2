import { expect, test } from 'vitest';
import type { HeaderTable, TypedValue } from '../../../../server/amqp/message.ts';
import { headersForResend } from '../../../../server/diagnosis/broker-headers.ts';
import { diagnose } from '../../../../server/diagnosis/index.ts';
import { deadMessage, diedOn4, header, int64, table } from '../dead-messages.ts';
import { rascalHeaders } from './framework-messages.ts';

const notes = (entries: Record<string, TypedValue | string>): HeaderTable => [header('rascal', table(entries))];
const encryption = table({ name: 'orders', iv: '6c9d', originalContentType: 'application/json' });

test('a message that a subscription republished, nacked and let die', () => {
  const headers = [...rascalHeaders, ...diedOn4({ reason: 'rejected', queue: 'orders.business', exchange: '' })];
  const { history, ...diagnosis } = diagnose(deadMessage(headers));
  expect(diagnosis).toEqual({
    framework: 'rascal',
    reason: 'error',
    errorType: 'ECONNREFUSED',
    errorMessage: 'connect ECONNREFUSED 10.0.0.7:443',
    stackTrace: null,
    retryCount: 5,
    occurredAt: null,
    origin: { exchange: 'orders', routingKeys: ['order.cancel'], queue: 'orders.business' },
    stripHeaders: ['rascal'],
  });
  expect(history).toHaveLength(1);
  expect(headersForResend(headers, diagnosis.stripHeaders)).toEqual([header('tenant', 'acme')]);
});

test('the recovery of a queue is found by its whole name too', () => {
  const recovery = table({ 'orders.business': table({ republished: { type: 'int8', value: 2 } }) });
  expect(diagnose(deadMessage(notes({ originalQueue: 'orders.business', recovery }))).retryCount).toBe(2);
});

test('how an encrypted message is to be read stays; the notes of its failure go, `immediateNack` above all', () => {
  const recovery = table({ orders: table({ immediateNack: { type: 'boolean', value: true } }) });
  const headers = notes({ originalQueue: 'orders', recovery, error: table({ message: 'x' }), encryption, mine: '1' });
  const before = structuredClone(headers);
  const { stripHeaders } = diagnose(deadMessage(headers));
  expect(stripHeaders).toEqual(['rascal.error', 'rascal.recovery', 'rascal.originalQueue']);
  expect(headersForResend(headers, stripHeaders)).toEqual(notes({ encryption, mine: '1' }));
  expect(headers).toEqual(before);
});

test('a dot in a name is a letter everywhere else', () => {
  const headers = [
    header('rascal.error', 'a header of that name'),
    header('order', table({ error: '1' })),
    header('rascal', table({ 'error.code': '1', error: '2' })),
  ];
  expect(headersForResend(headers, ['order.error'])).toEqual(headers);
  expect(headersForResend(headers, ['rascal.error'])).toEqual([
    header('order', table({ error: '1' })),
    header('rascal', table({ 'error.code': '1' })),
  ]);
  expect(headersForResend([header('rascal', 'text')], ['rascal.error'])).toEqual([header('rascal', 'text')]);
});

test('a message that was only nacked has no reason but the broker’s', () => {
  const headers = [...notes({ encryption }), ...diedOn4({ reason: 'rejected', queue: 'orders.business' })];
  expect(diagnose(deadMessage(headers))).toMatchObject({
    framework: 'rascal',
    reason: 'rejected',
    errorType: null,
    errorMessage: null,
    occurredAt: new Date(1795333648_000),
    origin: { exchange: 'orders', routingKeys: ['order.cancel'], queue: 'orders.business' },
    stripHeaders: [],
  });
});

test('values of other types are not read', () => {
  const headers = notes({
    error: table({ message: int64(1), code: { type: 'void', value: null } }),
    recovery: 'x',
    originalQueue: { type: 'int32', value: 1 },
    originalExchange: table({}),
    originalRoutingKey: { type: 'void', value: null },
  });
  expect(diagnose(deadMessage(headers))).toMatchObject({
    framework: 'rascal',
    reason: 'error',
    errorType: null,
    errorMessage: null,
    retryCount: null,
  });
  expect(diagnose(deadMessage([header('rascal', 'text')])).framework).toBeNull();
});
