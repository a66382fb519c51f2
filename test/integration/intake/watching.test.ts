import type { Channel, ChannelModel } from 'amqplib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { amqplib } from '../../../server/amqp/typed-codec.ts';
import type { WatchState } from '../../../server/contract/dead-queues.ts';
import { openIntakeBench, type IntakeBench } from '../../support/intake.ts';
import { testServices, uniqueName, waitFor } from '../../support/services.ts';

let bench: IntakeBench;
let connection: ChannelModel;
let channel: Channel;
let queue: string;

beforeAll(async () => {
  connection = await amqplib.connect(testServices().amqpUrl);
});
afterAll(async () => {
  await connection.close();
});
beforeEach(async () => {
  bench = await openIntakeBench();
  channel = await connection.createChannel();
  queue = uniqueName('test.dead');
});
afterEach(async () => {
  await channel.deleteQueue(queue);
  await channel.close();
  await bench.remove();
});

interface WatchRow {
  state: WatchState;
  depth: string | null;
  consumers: string | null;
  last_error: string | null;
  last_message_at: Date | null;
}

async function seen(state: WatchState): Promise<WatchRow> {
  let row: WatchRow | undefined;
  return await waitFor(
    async () => {
      row = await bench.database('dead_queue_watches').first<WatchRow | undefined>('*');
      return row?.state === state && row;
    },
    { deadlineMs: 25_000, describe: () => `the watch to be ${state}; it is ${row?.state ?? 'absent'}` },
  );
}

const bury = (body: string) => channel.sendToQueue(queue, Buffer.from(body));

describe('what is not there is said, and picked up when it comes', () => {
  test('a queue that is missing, appears, is deleted while watched, and comes back', async () => {
    await bench.start({ deadQueues: [queue] });
    expect((await seen('missing')).last_error).toContain('no queue');
    // Looking for a queue must not make it: still missing for whoever asks.
    await channel.assertQueue(queue);
    await seen('consuming');
    bury('first');
    await bench.messages(1);
    await channel.deleteQueue(queue);
    await seen('missing');
    await channel.assertQueue(queue);
    await seen('consuming');
    bury('second');
    expect((await bench.messages(2)).length).toBe(2);
  });

  test('a queue that somebody else has for himself', async () => {
    await channel.assertQueue(queue);
    const { consumerTag } = await channel.consume(queue, () => undefined, { exclusive: true });
    await bench.start({ deadQueues: [queue] });
    expect((await seen('exclusive')).last_error).toContain('exclusive');
    await channel.cancel(consumerTag);
    await seen('consuming');
  });
});

describe('depth and consumers', () => {
  test('are asked again and again', async () => {
    await channel.assertQueue(queue);
    await bench.start({ deadQueues: [queue] });
    await seen('consuming');
    const others = await Promise.all([
      channel.consume(queue, () => undefined),
      channel.consume(queue, () => undefined),
    ]);
    await waitFor(async () => Number((await seen('consuming')).consumers) === 3, {
      describe: 'three consumers to be seen',
    });
    for (const { consumerTag } of others) await channel.cancel(consumerTag);
    await waitFor(async () => Number((await seen('consuming')).consumers) === 1);
    expect(Number((await seen('consuming')).depth)).toBe(0);
    bury('now');
    await waitFor(async () => (await seen('consuming')).last_message_at !== null, { describe: 'the last message' });
  });
});

describe('the registry is followed', () => {
  const rowOf = () => bench.database('dead_queues').where({ name: Buffer.from(queue) });

  test('a queue that is switched off is left alone, and taken up again when it is switched on', async () => {
    await channel.assertQueue(queue);
    await bench.start({ deadQueues: [queue] });
    await seen('consuming');
    await rowOf().update({ watched: 0 });
    await waitFor(async () => (await channel.checkQueue(queue)).consumerCount === 0, { describe: 'no consumer' });
    bury('waits');
    await waitFor(async () => (await bench.database('dead_queue_watches')).length === 0, { describe: 'no watch' });
    await rowOf().update({ watched: 1 });
    expect((await bench.messages(1)).length).toBe(1);
  });

  test('a queue that is removed is not watched, and its messages stay', async () => {
    await channel.assertQueue(queue);
    await bench.start({ deadQueues: [queue] });
    bury('stays');
    await bench.messages(1);
    await rowOf().update({ removed_at: new Date() });
    await waitFor(async () => (await channel.checkQueue(queue)).consumerCount === 0, { describe: 'no consumer' });
    expect((await bench.messages(1)).length).toBe(1);
  });

  test('a changed prefetch takes effect', async () => {
    await channel.assertQueue(queue);
    await bench.start({ deadQueues: [queue], settings: { batchMs: 60_000, batchMessages: 10_000 } });
    await seen('consuming');
    for (let number = 0; number < 10; number += 1) bury(String(number));
    await waitFor(async () => (await channel.checkQueue(queue)).messageCount === 0, { describe: 'all to be in hand' });
    await rowOf().update({ prefetch: 3 });
    // Stopping the old consumer stores what it had in hand; the new one takes three at a time.
    await bench.messages(10);
    for (let number = 0; number < 10; number += 1) bury(String(number));
    await waitFor(async () => (await channel.checkQueue(queue)).messageCount === 7, {
      describe: 'three to be in hand',
    });
  });
});

test('stopping in order stores, acks and fences what is in hand', async () => {
  await channel.assertQueue(queue);
  const running = await bench.start({ deadQueues: [queue], settings: { batchMs: 60_000 } });
  await seen('consuming');
  for (let number = 0; number < 20; number += 1) bury(String(number));
  await waitFor(async () => (await channel.checkQueue(queue)).messageCount === 0, { describe: 'all to be in hand' });
  await running.stop();
  expect((await bench.messages(20)).length).toBe(20);
  expect((await channel.checkQueue(queue)).messageCount).toBe(0);
  expect(await bench.database('intake_batches').pluck<string[]>('state')).toEqual(['fenced']);
});

test('memory is bounded in bytes: large bodies wait in RabbitMQ, and all of them get through', async () => {
  await channel.assertQueue(queue);
  const body = Buffer.alloc(3 * 1024 * 1024, 'x');
  for (let number = 0; number < 12; number += 1) channel.sendToQueue(queue, body);
  await bench.start({ deadQueues: [queue], byteBudget: 4 * 1024 * 1024 });
  expect((await bench.messages(12)).length).toBe(12);
});
