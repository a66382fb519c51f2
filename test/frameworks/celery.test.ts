import { afterAll, beforeAll, test } from 'vitest';

import { openFrameworkDesk, type FrameworkDesk } from '../support/frameworks/desk.ts';
import { roundTrip } from '../support/frameworks/round-trip.ts';

let desk: FrameworkDesk;
beforeAll(async () => {
  desk = await openFrameworkDesk({
    program: process.env['TEST_PYTHON'] ?? 'python3',
    script: 'celery_worker.py',
    deadQueues: ['*.dead'],
    queues: ['*.orders'],
    exchanges: ['*.shop', '*.dlx', '*.events', '*.control'],
  });
});
afterAll(async () => {
  await desk.close();
});

/** Celery publishes for a queue of a direct exchange through the default exchange. */
const rejected = () => ({
  framework: 'celery',
  reason: 'rejected' as const,
  errorType: null,
  errorMessage: null,
  exchange: '',
  routingKey: `${desk.name}.orders`,
  queue: `${desk.name}.orders`,
});

test('a task that Celery rejects has the broker’s reason, and no error is invented', async () => {
  await roundTrip(desk, {
    order: { orderId: 'ORD-1', task: 'shop.refund', note: '취소' },
    tries: 1,
    diagnosis: { ...rejected(), retryCount: 0 },
  });
});

test('a task that was retried before keeps its count: it is tried once more', async () => {
  await roundTrip(desk, {
    order: { orderId: 'ORD-2', task: 'shop.cancel' },
    tries: 3,
    triesAgain: 1,
    diagnosis: { ...rejected(), retryCount: 2 },
  });
});
