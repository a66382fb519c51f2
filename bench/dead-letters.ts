import { setTimeout as pause } from 'node:timers/promises';

import type { RowDataPacket } from 'mysql2';
import { z } from 'zod';

import { waitFor } from '../test/support/services.ts';

import { failedOrders } from './failed-orders.ts';
import type { Pipeline } from './pipeline.ts';
import type { RunningOffice } from './setting.ts';

const FILL_WITHIN_MS = 120_000;
const TAKE_IN_WITHIN_MS = 300_000;

/** A new dead queue with so many dead letters of that run in it. */
export async function fillDeadQueue(pipeline: Pipeline, run: string, count: number): Promise<string> {
  const [queue] = await fillDeadQueues(pipeline, run, count, 1);
  return queue ?? '';
}

/** Several that have the same dead letters in them. */
export async function fillDeadQueues(
  pipeline: Pipeline,
  run: string,
  count: number,
  several: number,
): Promise<string[]> {
  const queues = await pipeline.newDeadQueues(several);
  await pipeline.publish(failedOrders(run, count));
  const held = await pipeline.hold(count);
  held.rejectAll();
  for (const queue of queues) {
    await waitFor(async () => (await pipeline.depth(queue)) === count, {
      deadlineMs: FILL_WITHIN_MS,
      describe: 'the dead letters to be in the dead queue',
    });
  }
  await held.close();
  return queues;
}

/** The moment (`performance.now()`) when somebody begins to take out of a queue that had so many in it. */
export async function firstTaken(pipeline: Pipeline, queue: string, count: number): Promise<number> {
  while ((await pipeline.depth(queue)) >= count) await pause(2);
  return performance.now();
}

const watched = z.object({ id: z.string() });

/** Lets the office watch a queue. It begins within two seconds. */
export async function watch(office: RunningOffice, queue: string): Promise<string> {
  return (await office.client.post('/api/dead-queues', { name: queue }, watched)).id;
}

/** Waits until the office has committed so many messages of a dead queue. */
export async function untilStored(office: RunningOffice, deadQueueId: string, count: number): Promise<void> {
  const deadline = performance.now() + TAKE_IN_WITHIN_MS;
  for (;;) {
    const [rows] = await office.database.query<RowDataPacket[]>(
      'SELECT SUM(message_count) AS stored FROM intake_batches WHERE dead_queue_id = ?',
      [deadQueueId],
    );
    if (Number(rows[0]?.['stored'] ?? 0) >= count) return;
    if (performance.now() > deadline) throw new Error(`The office has not stored ${count} messages in time.`);
    await pause(20);
  }
}

/** Lets the office leave a queue alone again, and makes sure that nothing came back from it: all was acked. */
export async function unwatch(
  { office, pipeline }: { office: RunningOffice; pipeline: Pipeline },
  queue: string,
  deadQueueId: string,
): Promise<void> {
  await office.client.delete(`/api/dead-queues/${deadQueueId}`);
  await waitFor(async () => (await pipeline.channel.checkQueue(queue)).consumerCount === 0, {
    deadlineMs: 30_000,
    describe: 'the office to leave the dead queue',
  });
  const left = await pipeline.depth(queue);
  if (left > 0) throw new Error(`${left} messages were not acked.`);
}
