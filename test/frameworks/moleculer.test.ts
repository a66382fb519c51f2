import { afterAll, beforeAll, expect, test } from 'vitest';

import { openFrameworkDesk, type FrameworkDesk } from '../support/frameworks/desk.ts';
import { roundTrip } from '../support/frameworks/round-trip.ts';

let desk: FrameworkDesk;
beforeAll(async () => {
  desk = await openFrameworkDesk({
    program: process.execPath,
    script: 'moleculer.mjs',
    deadQueues: ['*.dead'],
    queues: ['*.refunds.*.cancelled', '*.audit.*.cancelled'],
    exchanges: ['*.cancelled', '*.dlx'],
  });
});
afterAll(async () => {
  await desk.close();
});

test('what moleculer-channels gave up goes back to its consumer group alone, with its full budget', async () => {
  const order = { orderId: 'ORD-1', amount: 12_500 };
  await roundTrip(desk, {
    order,
    tries: 3,
    diagnosis: {
      framework: 'moleculer',
      reason: 'error',
      // This version tells that it failed, and nothing more.
      errorType: null,
      errorMessage: null,
      retryCount: null,
      exchange: '',
      routingKey: `${desk.name}.refunds.${desk.name}.cancelled`,
      queue: `${desk.name}.refunds.${desk.name}.cancelled`,
    },
    comesBackAs: 'stranger',
  });
  expect(await desk.tried({ ...order, group: 'audit' }, 1)).toEqual([true]);
});
