import { expect, test } from 'vitest';
import { diagnose } from '../../../../server/diagnosis/index.ts';
import { deadMessage, diedOn4 } from '../dead-messages.ts';
import { dramatiqBody, dramatiqTraceback } from './framework-messages.ts';

const rejected = diedOn4({ reason: 'rejected', queue: 'orders', exchange: '', keys: ['orders'] });
const dead = (changes: Record<string, unknown> = {}) =>
  diagnose(deadMessage(rejected, { body: Buffer.from(JSON.stringify({ ...dramatiqBody, ...changes })) }));

test('a message that used up its retries', () => {
  const { history, ...diagnosis } = dead();
  expect(diagnosis).toEqual({
    framework: 'dramatiq',
    reason: 'error',
    errorType: 'orders.errors.NoCurrency',
    errorMessage: 'order 42 has no currency',
    stackTrace: dramatiqTraceback,
    retryCount: 3,
    occurredAt: new Date(1795333648_000),
    origin: { exchange: '', routingKeys: ['orders'], queue: 'orders' },
    stripHeaders: [],
  });
  expect(history).toHaveLength(1);
});

test.each(['orders.DQ', 'orders.XQ'])('the queue behind %s is meant', (queue) => {
  expect(dead({ queue_name: queue }).origin).toEqual({ exchange: '', routingKeys: ['orders'], queue: 'orders' });
});

test('without a traceback the reason is the broker’s', () => {
  expect(dead({ options: {} })).toMatchObject({
    framework: 'dramatiq',
    reason: 'rejected',
    errorType: null,
    errorMessage: null,
    stackTrace: null,
    retryCount: 0,
  });
});

test.each([
  ['Traceback:\n  File "a.py", line 1, in a\nKeyError', 'KeyError', null],
  ['Traceback:\n  File "a.py", line 1, in a\nValueError: one\ntwo', 'ValueError', 'one\ntwo'],
  ['  only frames', null, null],
  ['no error at all', null, null],
])('the error of %j is %s', (traceback, errorType, errorMessage) => {
  expect(dead({ options: { traceback } })).toMatchObject({ reason: 'error', errorType, errorMessage });
});

test('values of other types are not read', () => {
  expect(dead({ queue_name: 7, options: { retries: '3', traceback: [] } })).toMatchObject({
    reason: 'rejected',
    retryCount: 0,
    origin: { exchange: '', routingKeys: ['orders'], queue: 'orders' },
  });
  expect(dead({ queue_name: 'q'.repeat(256) }).origin.queue).toBe('orders');
});

test.each(['[]', '{"queue_name":"q","actor_name":"a"', 'x'.repeat(600_000)])('%.40j is no message of it', (body) => {
  expect(diagnose(deadMessage(rejected, { body: Buffer.from(body) })).framework).toBe('rabbitmq');
});
