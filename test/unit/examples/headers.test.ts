import { describe, expect, it } from 'vitest';
import { failureHeaders, ownHeaders, ownProperties, retriesOf } from '../../../examples/orders/headers.ts';
import { WorkerError } from '../../../examples/orders/worker-error.ts';
import { CONVENTION_HEADERS } from '../../../server/diagnosis/convention.ts';

describe('what a worker writes when it passes a message on', () => {
  it('leaves the broker’s headers behind and keeps the application’s', () => {
    const own = ownHeaders({
      'x-death': [{ queue: 'q' }],
      'x-first-death-queue': 'q',
      'x-last-death-reason': 'expired',
      'x-delivery-count': 2,
      'x-acquired-count': 2,
      'x-dead-letter-office-id': 'mark',
      'order-id': 'ORD-20261122-000123',
    });
    expect(own).toEqual({ 'x-dead-letter-office-id': 'mark', 'order-id': 'ORD-20261122-000123' });
  });

  it('says the wire types of its own numbers again, in nested tables too', () => {
    const sentAt = { '!': 'timestamp', value: 1_795_333_648 };
    const received = { 'customer-number': 7, 'discount-rate': 0, client: { build: 5, beta: false }, sentAt };
    expect(ownHeaders(received)).toEqual({
      'customer-number': { '!': 'int64', value: 7 },
      'discount-rate': { '!': 'double', value: 0 },
      client: { build: { '!': 'int32', value: 5 }, beta: false },
      sentAt,
    });
  });

  it('keeps absent properties absent', () => {
    const none = Object.fromEntries(
      [
        'contentType',
        'contentEncoding',
        'headers',
        'deliveryMode',
        'priority',
        'correlationId',
        'replyTo',
        'expiration',
      ].map((name) => [name, undefined]),
    );
    const received = { ...none, messageId: 'm-1', deliveryMode: 2, userId: 'guest', expiration: '60000' };
    expect(ownProperties(received as unknown as Parameters<typeof ownProperties>[0])).toEqual({
      messageId: 'm-1',
      deliveryMode: 2,
    });
  });
});

describe('the failure convention', () => {
  const where = { exchange: 'orders', routingKey: 'order.cancel.requested', queue: 'orders.cancel', retries: 3 };

  it('is written whole, and with the office’s own names', () => {
    const error = new WorkerError('OrderApiTimeoutError', 'retry', 'no answer within 800 ms');
    const headers = failureHeaders(error, where, new Date('2026-11-22T07:18:00Z'));
    expect(Object.keys(headers).sort()).toEqual([...CONVENTION_HEADERS].sort());
    expect(headers).toMatchObject({
      'x-failure-reason': 'error',
      'x-failure-type': 'OrderApiTimeoutError',
      'x-failure-message': 'no answer within 800 ms',
      'x-failure-time': '2026-11-22T07:18:00.000Z',
      'x-failure-queue': 'orders.cancel',
      'x-failure-retries': { '!': 'int32', value: 3 },
    });
    expect(headers['x-failure-stack']).toMatch(/^OrderApiTimeoutError: no answer within 800 ms\n\s+at /);
  });

  it('stays small, whatever the error says', () => {
    const headers = failureHeaders(new Error('한'.repeat(100_000)), where);
    expect(Buffer.byteLength(JSON.stringify(headers))).toBeLessThan(20_000);
  });

  it('counts nothing that is not a count', () => {
    expect(retriesOf(undefined)).toBe(0);
    for (const odd of ['3', -1, 1.5, null, { '!': 'int32', value: 3 }]) {
      expect(retriesOf({ 'x-failure-retries': odd })).toBe(0);
    }
    expect(retriesOf({ 'x-failure-retries': 2 })).toBe(2);
  });
});
