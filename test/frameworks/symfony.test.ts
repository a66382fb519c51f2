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

const failed = {
  framework: 'symfony',
  reason: 'error' as const,
  errorType: 'App\\OrderApiTimeout',
  errorMessage: 'The order API timed out',
  retryCount: 2,
  // It waited in a delay queue between its tries: that is not where it failed.
  exchange: null,
  routingKey: null,
  queue: null,
};

/** The failure transport does not say where a message came from: the operator enters it. */
const toTransport = () => ({ kind: 'custom' as const, exchange: `${desk.name}.orders`, routingKey: '' });

test('with the JSON serializer the failure transport tells the error, and a resent message has all its tries again', async () => {
  desk = await open('json');
  await roundTrip(desk, {
    order: { orderId: 'ORD-1', note: '취소' },
    tries: 3,
    diagnosis: { ...failed, contentType: 'application/json' },
    target: toTransport(),
    comesBackAs: 'copy',
  });
});

test('with the PHP serializer a resent message is the same too, but Symfony drops what fails again', async () => {
  desk = await open('php');
  const [order, next] = [
    { orderId: 'ORD-2', note: '취소' },
    { orderId: 'ORD-3', note: '' },
  ];
  const resend = async (id: string) => {
    expect(await desk.resend(id, toTransport())).toMatchObject({ outcome: 'confirmed' });
  };
  desk.worker.send(order);
  const message = await desk.failed();
  expect(message).toMatchObject({ ...failed, contentType: 'text/plain' });
  await resend(message.id);
  const broken = Array<boolean>(6).fill(false);
  expect(await desk.tried(order, 6)).toEqual(broken);
  // The body says that it was on the failure transport: Symfony does not send it there again.
  desk.worker.send(next);
  expect((await desk.failed()).id).not.toBe(message.id);
  expect(await desk.tried(next, 3)).toEqual([false, false, false]);
  expect(await desk.message(message.id)).toMatchObject({ status: 'resent', failureCount: 1 });

  desk.worker.mend(order);
  await resend(message.id);
  expect(await desk.tried(order, 7)).toEqual([...broken, true]);
});
