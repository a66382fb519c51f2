import { afterAll, beforeAll, expect, test } from 'vitest';

import { openFrameworkDesk, type FrameworkDesk } from '../support/frameworks/desk.ts';
import { roundTrip } from '../support/frameworks/round-trip.ts';

let desk: FrameworkDesk;
beforeAll(async () => {
  desk = await openFrameworkDesk({
    program: process.env['TEST_RUBY'] ?? 'ruby',
    script: 'bunny_worker.rb',
    deadQueues: ['*.dead'],
    queues: ['*.orders'],
    exchanges: ['*.shop', '*.dlx'],
  });
});
afterAll(async () => {
  await desk.close();
});

test('what a client without a framework rejects has RabbitMQ’s own history', async () => {
  const message = await roundTrip(desk, {
    order: { orderId: 'ORD-1', note: '취소' },
    tries: 1,
    diagnosis: {
      framework: 'rabbitmq',
      reason: 'rejected',
      errorType: null,
      errorMessage: null,
      retryCount: 0,
      exchange: `${desk.name}.shop`,
      routingKey: 'order.cancel',
      queue: `${desk.name}.orders`,
      messageId: 'ORD-1',
    },
  });
  expect(message.keys).toEqual({ orderId: ['ORD-1'] });
});
