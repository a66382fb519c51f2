import { afterEach, expect, test } from 'vitest';

import { openFrameworkDesk, type FrameworkDesk } from '../support/frameworks/desk.ts';
import { roundTrip } from '../support/frameworks/round-trip.ts';

let desk: FrameworkDesk;
afterEach(async () => {
  await desk.close();
});

const open = (serializer: 'json' | 'php') =>
  openFrameworkDesk({
    program: process.env['TEST_PHP'] ?? 'php',
    script: 'symfony_worker.php',
    more: [serializer],
    deadQueues: ['*.dead'],
    queues: ['*.orders'],
    exchanges: ['*.orders', '*.dead', '*.delays'],
  });

/** The failure transport does not say where a message came from: the operator enters it. */
const toTransport = () => ({ kind: 'custom' as const, exchange: `${desk.name}.orders`, routingKey: '' });

test('with the JSON serializer the failure transport tells the error, and a resent message has all its tries again', async () => {
  desk = await open('json');
  await roundTrip(desk, {
    order: { orderId: 'ORD-1', note: '취소' },
    tries: 3,
    diagnosis: {
      framework: 'symfony',
      reason: 'error',
      errorType: 'App\\OrderApiTimeout',
      errorMessage: 'The order API timed out',
      retryCount: 2,
      // It waited in a delay queue between its tries: that is not where it failed.
      exchange: null,
      routingKey: null,
      queue: null,
      contentType: 'application/json',
    },
    target: toTransport(),
    comesBackAs: 'copy',
  });
});

test('with the PHP serializer a resent message is done as it was', async () => {
  desk = await open('php');
  const order = { orderId: 'ORD-2', note: '취소' };
  desk.worker.send(order);
  const message = await desk.failed();
  console.log(message);
  expect(desk.tries(order)).toEqual([false, false, false]);
  desk.worker.mend(order);
  expect(await desk.resend(message.id, toTransport())).toMatchObject({ outcome: 'confirmed' });
  await desk.handled(order);
  expect(desk.tries(order)).toEqual([false, false, false, true]);
});
