import { afterAll, beforeAll, expect, test } from 'vitest';

import { openFrameworkDesk, type FrameworkDesk } from '../support/frameworks/desk.ts';
import { roundTrip } from '../support/frameworks/round-trip.ts';

let desk: FrameworkDesk;
beforeAll(async () => {
  desk = await openFrameworkDesk({
    program: process.execPath,
    script: 'rascal.mjs',
    deadQueues: ['*.dead'],
    queues: ['*.nacked', '*.republished', '*.noted', '*.forwarded'],
    exchanges: ['*.orders', '*.dlx', '*.failed'],
  });
});
afterAll(async () => {
  await desk.close();
});

const failed = {
  framework: 'rascal',
  reason: 'error' as const,
  errorType: 'ETIMEDOUT',
  errorMessage: 'The order API timed out',
};
const origin = (queue: string, routingKey: string) => ({
  exchange: `${desk.name}.orders`,
  routingKey,
  queue: `${desk.name}.${queue}`,
});

test('what Rascal nacks has the broker’s reason', async () => {
  await roundTrip(desk, {
    order: { orderId: 'ORD-1', how: 'nack' },
    tries: 1,
    diagnosis: {
      framework: 'rabbitmq',
      reason: 'rejected',
      errorType: null,
      retryCount: 0,
      ...origin('nacked', 'order.nack'),
    },
  });
});

test('what it republished twice and then nacked has its error, and is tried three times again', async () => {
  await roundTrip(desk, {
    order: { orderId: 'ORD-2', how: 'republish' },
    tries: 3,
    diagnosis: { ...failed, retryCount: 2, ...origin('republished', 'order.republish') },
  });
});

test('what it nacks unseen, to have its error in the dead queue, is seen again after a resend', async () => {
  await roundTrip(desk, {
    order: { orderId: 'ORD-3', how: 'note' },
    tries: 1,
    diagnosis: { ...failed, ...origin('noted', 'order.note') },
  });
});

test('what it forwarded to a dead queue goes back to where it was first', async () => {
  const message = await roundTrip(desk, {
    order: { orderId: 'ORD-4', how: 'forward' },
    tries: 1,
    diagnosis: { ...failed, ...origin('forwarded', 'order.forward') },
  });
  expect(message.keys).toEqual({ orderId: ['ORD-4'] });
});
