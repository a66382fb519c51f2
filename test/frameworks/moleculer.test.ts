import { afterAll, beforeAll, test } from 'vitest';

import { openFrameworkDesk, type FrameworkDesk } from '../support/frameworks/desk.ts';
import { roundTrip } from '../support/frameworks/round-trip.ts';

let desk: FrameworkDesk;
beforeAll(async () => {
  desk = await openFrameworkDesk({
    program: process.execPath,
    script: 'moleculer.mjs',
    deadQueues: ['*.dead'],
    queues: ['*.refunds.*.cancelled'],
    exchanges: ['*.cancelled', '*.dlx'],
  });
});
afterAll(async () => {
  await desk.close();
});

test('what moleculer-channels gave up goes back to its consumer group alone, with its full budget', async () => {
  await roundTrip(desk, {
    order: { orderId: 'ORD-1', amount: 12_500 },
    tries: 3,
    diagnosis: {
      framework: 'moleculer',
      reason: 'error',
      exchange: '',
      routingKey: `${desk.name}.refunds.${desk.name}.cancelled`,
      queue: `${desk.name}.refunds.${desk.name}.cancelled`,
    },
    comesBackAs: 'stranger',
  });
});
