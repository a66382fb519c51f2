import { expect, test } from 'vitest';
import type { TypedValue } from '../../../../server/amqp/message.ts';
import { diagnose } from '../../../../server/diagnosis/index.ts';
import { deadMessage, diedOn4, header } from '../dead-messages.ts';
import { sneakersBody, sneakersHeaders } from './framework-messages.ts';

const errorQueue = { deadQueue: 'sms-error', exchange: 'sms-error', routingKey: 'sms' };
const failure = {
  framework: 'sneakers',
  reason: 'error',
  errorType: 'RuntimeError',
  errorMessage: 'SMS gateway said 503',
  retryCount: 3,
  occurredAt: new Date('2026-11-22T07:00:00Z'),
  origin: { exchange: null, routingKeys: [], queue: null },
  history: [],
  stripHeaders: [],
};

test('a message with its failure in a header; its own properties are not put back, so no origin is told', () => {
  expect(diagnose(deadMessage(sneakersHeaders, errorQueue))).toEqual({
    ...failure,
    stackTrace: "/app/lib/sms_worker.rb:42:in 'work'\n/usr/lib/ruby/gems/kicks/worker.rb:7:in 'process_work'",
  });
});

test('the message within a failure, of old versions', () => {
  const body = Buffer.from(JSON.stringify(sneakersBody));
  expect(diagnose(deadMessage([], { ...errorQueue, body }))).toEqual({
    ...failure,
    stackTrace: "/app/lib/sms_worker.rb:42:in `work'\n/usr/lib/ruby/gems/sneakers/worker.rb:7:in `process_work'",
  });
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

test('x-death of the error queue itself is history, and no way back either', () => {
  const died = diedOn4({ reason: 'expired', queue: 'errors', exchange: 'errors', keys: ['e'] });
  expect(diagnose(deadMessage([...died, ...sneakersHeaders], errorQueue))).toMatchObject({
    framework: 'sneakers',
    origin: { exchange: null, routingKeys: [], queue: null },
    history: [{ queue: 'errors' }],
  });
});
