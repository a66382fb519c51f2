import { expect, test } from 'vitest';
import { diagnose } from '../../../../server/diagnosis/index.ts';
import { deadMessage, diedOn4, header } from '../dead-messages.ts';
import { capHeaders } from './framework-messages.ts';

const expired = diedOn4({
  reason: 'expired',
  queue: 'orders.v1',
  exchange: 'cap.default.router',
  keys: ['order.created'],
});

test('a message that CAP’s queue let go has the broker’s reason and origin, and keeps all its headers', () => {
  expect(diagnose(deadMessage([...expired, ...capHeaders]))).toMatchObject({
    framework: 'cap',
    reason: 'expired',
    errorType: null,
    errorMessage: null,
    origin: { exchange: 'cap.default.router', routingKeys: ['order.created'], queue: 'orders.v1' },
    stripHeaders: [],
  });
});

test.each([
  ['SubscriberExecutionFailedException-->No currency', 'SubscriberExecutionFailedException', 'No currency'],
  ['no arrow', null, 'no arrow'],
  ['-->', null, null],
])(
  'the exception %j is read, and goes: with it the message would count as failed',
  (written, errorType, errorMessage) => {
    expect(diagnose(deadMessage([...expired, ...capHeaders, header('cap-exception', written)]))).toMatchObject({
      framework: 'cap',
      reason: 'error',
      errorType,
      errorMessage,
      origin: { queue: 'orders.v1' },
      stripHeaders: ['cap-exception'],
    });
  },
);

test('one of its headers alone is another application’s', () => {
  expect(diagnose(deadMessage([header('cap-msg-id', '1')])).framework).toBeNull();
});
