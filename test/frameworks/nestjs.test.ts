import { afterAll, beforeAll, test } from 'vitest';

import { openFrameworkDesk, type FrameworkDesk } from '../support/frameworks/desk.ts';
import { roundTrip } from '../support/frameworks/round-trip.ts';

let desk: FrameworkDesk;
beforeAll(async () => {
  desk = await openFrameworkDesk({
    program: process.execPath,
    script: 'nestjs.mjs',
    deadQueues: ['*.dead'],
    queues: ['*.orders'],
  });
});
afterAll(async () => {
  await desk.close();
});

const rejected = () => ({
  framework: 'nestjs',
  reason: 'rejected' as const,
  errorType: null,
  errorMessage: null,
  exchange: '',
  routingKey: `${desk.name}.orders`,
  queue: `${desk.name}.orders`,
});

test('what a NestJS handler rejects has the broker’s reason, and no error is invented', async () => {
  await roundTrip(desk, { order: { orderId: 'ORD-1', pattern: 'order.cancel' }, tries: 1, diagnosis: rejected() });
});

test('what it has no handler for is done once there is one', async () => {
  // Without a handler nothing of the worker is called.
  await roundTrip(desk, { order: { orderId: 'ORD-2', pattern: 'order.return' }, tries: 0, diagnosis: rejected() });
});
