import { expect, test } from 'vitest';
import type { TypedValue } from '../../../../server/amqp/message.ts';
import { diagnose } from '../../../../server/diagnosis/index.ts';
import { deadMessage, diedOn4, header } from '../dead-messages.ts';
import { sneakersBody, sneakersHeaders } from './framework-messages.ts';

const errorQueue = { deadQueue: 'sms-error', exchange: 'sms-error', routingKey: 'sms.sent' };
const failure = {
  framework: 'sneakers',
  reason: 'error',
  errorType: 'RuntimeError',
  errorMessage: 'SMS gateway said 503',
  retryCount: 3,
  occurredAt: new Date('2026-11-22T07:00:00Z'),
  origin: { exchange: 'sms-retry-requeue', routingKeys: ['sms.sent'], queue: 'sms' },
  history: [],
  stripHeaders: ['retry_info'],
};
const nowhere = { exchange: null, routingKeys: [], queue: null };

test('a message with its failure in a header, and its own properties there too', () => {
  expect(diagnose(deadMessage(sneakersHeaders, errorQueue))).toEqual({
    ...failure,
    stackTrace: "/app/lib/sms_worker.rb:42:in 'work'\n/usr/lib/ruby/gems/kicks/worker.rb:7:in 'process_work'",
    inner: {
      contents: {
        properties: { contentType: 'application/json' },
        headers: [header('tenant', 'acme')],
        body: deadMessage([]).body,
      },
      inexactParts: [],
    },
  });
});

test('the message within a failure, of old versions', () => {
  const body = Buffer.from(JSON.stringify(sneakersBody));
  expect(diagnose(deadMessage([], { ...errorQueue, body }))).toEqual({
    ...failure,
    stackTrace: "/app/lib/sms_worker.rb:42:in `work'\n/usr/lib/ruby/gems/sneakers/worker.rb:7:in `process_work'",
    inner: {
      contents: {
        properties: { contentType: 'application/json' },
        body: Buffer.from('{"orderId":"ORD-20261122-000123"}'),
      },
      inexactParts: [],
    },
  });
});

test('where the queue’s name is not that of an error queue, nobody knows where it is from', () => {
  expect(diagnose(deadMessage(sneakersHeaders, { ...errorQueue, deadQueue: 'failures' })).origin).toEqual(nowhere);
  expect(diagnose(deadMessage(sneakersHeaders, { ...errorQueue, deadQueue: '-error' })).origin).toEqual(nowhere);
  // The queue is known, and an exchange of that name cannot be.
  const queue = 'q'.repeat(245);
  expect(diagnose(deadMessage(sneakersHeaders, { ...errorQueue, deadQueue: `${queue}-error` })).origin).toEqual({
    ...nowhere,
    queue,
  });
});

test('where its properties cannot be read, no way back is told', () => {
  const unread = [header('retry_info', '{"num_attempts":1}')];
  expect(diagnose(deadMessage(unread, errorQueue))).toMatchObject({ framework: 'sneakers', origin: nowhere });
});

test('of several failures the latest is told', () => {
  const list = '[{"num_attempts":2,"error_class":"Late"},{"num_attempts":1,"error_class":"Early"}]';
  expect(diagnose(deadMessage([header('retry_info', list)]))).toMatchObject({ errorType: 'Late', retryCount: 1 });
});

test('values of other types are not read', () => {
  const odd = '{"num_attempts":-1,"error_class":{},"error_message":[],"backtrace":[1,null],"failed_at":7}';
  expect(diagnose(deadMessage([header('retry_info', odd)]))).toMatchObject({
    framework: 'sneakers',
    errorType: null,
    errorMessage: null,
    stackTrace: null,
    retryCount: null,
    occurredAt: null,
  });
});

test.each<TypedValue | string>(['', '{', '[]', '[7]', '{"tries":3}', { type: 'table', value: [] }])(
  'another application’s `retry_info` (%j) is its own',
  (value) => {
    expect(diagnose(deadMessage([header('retry_info', value)])).framework).toBeNull();
  },
);

test('x-death of the error queue itself is history, and no way back', () => {
  const died = diedOn4({ reason: 'expired', queue: 'errors', exchange: 'errors', keys: ['e'] });
  expect(diagnose(deadMessage([...died, ...sneakersHeaders], errorQueue))).toMatchObject({
    framework: 'sneakers',
    origin: failure.origin,
    retryCount: 3,
    history: [{ queue: 'errors' }],
  });
});
