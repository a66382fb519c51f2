import { expect, test } from 'vitest';
import { diagnose } from '../../../../server/diagnosis/index.ts';
import { deadMessage, diedOn4 } from '../dead-messages.ts';
import { easyNetQBody } from './framework-messages.ts';

const properties = { type: 'EasyNetQ.SystemMessages.Error, EasyNetQ', deliveryMode: 2 };
const dead = (body: string) => diagnose(deadMessage([], { properties, body: Buffer.from(body) }));

test('an error envelope is read, and the message in it is told with its origin', () => {
  expect(dead(JSON.stringify(easyNetQBody))).toEqual({
    framework: 'easynetq',
    reason: 'error',
    errorType: 'System.InvalidOperationException',
    errorMessage: 'No currency',
    stackTrace: easyNetQBody.Exception,
    retryCount: null,
    occurredAt: new Date('2026-11-22T07:00:00.123Z'),
    origin: { exchange: 'orders', routingKeys: ['order.created'], queue: 'orders.billing' },
    history: [],
    stripHeaders: [],
    inner: {
      contents: {
        properties: { type: 'Acme.OrderCreated, Acme', deliveryMode: 2 },
        body: Buffer.from('{"OrderId":"ORD-20261122-000123"}'),
      },
      inexactParts: [],
    },
  });
});

test('one that cannot be opened tells no origin: it must not be resent to where its message failed', () => {
  const { inner, origin } = dead(JSON.stringify({ ...easyNetQBody, BasicProperties: null }));
  expect({ inner, origin }).toEqual({ inner: undefined, origin: { exchange: null, routingKeys: [], queue: null } });
});

test('the origin is that of the message: through the default exchange, or with names in small letters', () => {
  const small = '{"message":"x","basicProperties":{},"exchange":"","routingKey":"billing","queue":"billing"}';
  expect(dead(small).origin).toEqual({ exchange: '', routingKeys: ['billing'], queue: 'billing' });
});

test('names without capital letters are read too', () => {
  expect(dead('{"exception":"a.BException: c","dateTime":"2026-11-22T07:00:00Z"}')).toMatchObject({
    errorType: 'a.BException',
    errorMessage: 'c',
    occurredAt: new Date('2026-11-22T07:00:00Z'),
  });
});

test.each(['', '[]', 'null', '{"Exception":7,"DateTime":{}}', '['.repeat(100_000), '{"Exception":"  "}'])(
  'an envelope that holds %.40j has an error that nobody described',
  (body) => {
    expect(dead(body)).toMatchObject({
      framework: 'easynetq',
      reason: 'error',
      errorType: null,
      errorMessage: null,
      stackTrace: null,
      occurredAt: null,
    });
  },
);

test('a body alone is no envelope', () => {
  const message = deadMessage([], { body: Buffer.from(JSON.stringify(easyNetQBody)) });
  expect(diagnose(message).framework).toBeNull();
});

test('x-death of the error queue itself is history, and neither a way back nor a count of tries', () => {
  const died = diedOn4({ reason: 'expired', queue: 'errors', exchange: 'errors', keys: ['e'] });
  expect(diagnose(deadMessage(died, { properties, body: Buffer.from(JSON.stringify(easyNetQBody)) }))).toMatchObject({
    framework: 'easynetq',
    origin: { exchange: 'orders', routingKeys: ['order.created'], queue: 'orders.billing' },
    retryCount: null,
    history: [{ queue: 'errors' }],
  });
});
