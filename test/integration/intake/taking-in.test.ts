import { randomBytes } from 'node:crypto';

import type { Channel, ChannelModel } from 'amqplib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { amqplib } from '../../../server/amqp/typed-codec.ts';
import { readContents } from '../../../server/messages/contents-store.ts';
import { openDeadQueue, type TestDeadQueue } from '../../support/dead-queue.ts';
import { openIntakeBench, type IntakeBench } from '../../support/intake.ts';
import { testServices, uniqueName, waitFor } from '../../support/services.ts';

let bench: IntakeBench;
let dead: TestDeadQueue;
let connection: ChannelModel;
let channel: Channel;

beforeAll(async () => {
  connection = await amqplib.connect(testServices().amqpUrl);
});
afterAll(async () => {
  await connection.close();
});
beforeEach(async () => {
  bench = await openIntakeBench();
  dead = await openDeadQueue();
  channel = await connection.createChannel();
});
afterEach(async () => {
  await channel.close();
  await bench.remove();
  await dead.remove();
});

/** A work queue whose failures go to the dead queue, bound to an exchange of its own. */
async function workQueue(args: Record<string, unknown> = {}) {
  const [exchange, queue] = [uniqueName('test.orders'), uniqueName('test.work')];
  await channel.assertExchange(exchange, 'direct', { durable: false, autoDelete: true });
  await channel.assertQueue(queue, {
    durable: true,
    arguments: { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': dead.name, ...args },
  });
  await channel.bindQueue(queue, exchange, 'order.cancel');
  return { exchange, queue, remove: () => channel.deleteQueue(queue) };
}

describe('every reason for which RabbitMQ buries a message is told, with where it came from', () => {
  const origin = (exchange: string, queue: string) => ({ exchange, queue, routing_key: 'order.cancel' });

  test('rejected', async () => {
    const { exchange, queue, remove } = await workQueue();
    await bench.start({ deadQueues: [dead.name] });
    channel.publish(exchange, 'order.cancel', Buffer.from('{"orderId":"ORD-1"}'));
    await channel.consume(queue, (message) => {
      if (message) channel.reject(message, false);
    });
    const [message] = await bench.messages(1);
    expect(message).toMatchObject({ reason: 'rejected', status: 'pending', ...origin(exchange, queue) });
    await remove();
  });

  test('expired', async () => {
    const { exchange, queue, remove } = await workQueue();
    await bench.start({ deadQueues: [dead.name] });
    channel.publish(exchange, 'order.cancel', Buffer.from('{}'), { expiration: '5' });
    expect((await bench.messages(1))[0]).toMatchObject({ reason: 'expired', ...origin(exchange, queue) });
    await remove();
  });

  test('maxlen', async () => {
    const { exchange, queue, remove } = await workQueue({ 'x-max-length': 1 });
    await bench.start({ deadQueues: [dead.name] });
    for (const body of ['first', 'second']) channel.publish(exchange, 'order.cancel', Buffer.from(body));
    expect((await bench.messages(1))[0]).toMatchObject({ reason: 'maxlen', ...origin(exchange, queue) });
    await remove();
  });

  test('delivery_limit', async () => {
    const { exchange, queue, remove } = await workQueue({ 'x-queue-type': 'quorum', 'x-delivery-limit': 1 });
    await bench.start({ deadQueues: [dead.name] });
    await channel.consume(queue, (message) => {
      if (message) channel.reject(message, true);
    });
    channel.publish(exchange, 'order.cancel', Buffer.from('{}'), { persistent: true });
    expect((await bench.messages(1))[0]).toMatchObject({ reason: 'delivery_limit', ...origin(exchange, queue) });
    await remove();
  });

  test('our own convention', async () => {
    await bench.start({ deadQueues: [dead.name] });
    await dead.bury({
      headers: {
        'x-failure-reason': 'error',
        'x-failure-type': 'OrderApiTimeout',
        'x-failure-message': '주문 API 시간초과 after 3000 ms',
        'x-failure-exchange': 'orders',
        'x-failure-routing-key': 'order.cancel',
        'x-failure-queue': 'orders.business',
      },
    });
    expect((await bench.messages(1))[0]).toMatchObject({
      reason: 'error',
      error_type: 'OrderApiTimeout',
      error_message: '주문 API 시간초과 after 3000 ms',
      exchange: 'orders',
      queue: 'orders.business',
    });
  });

  test('nothing that is known', async () => {
    await bench.start({ deadQueues: [dead.name] });
    await dead.bury({ body: 'who am I' });
    expect((await bench.messages(1))[0]).toMatchObject({ reason: 'unknown', framework: null, queue: null });
  });
});

describe('whatever a message holds, it is stored as it is', () => {
  const deep = '['.repeat(50_000) + ']'.repeat(50_000);
  const bodies: [string, Buffer][] = [
    ['empty', Buffer.alloc(0)],
    ['no JSON', Buffer.from('{"orderId": ')],
    ['deeply nested', Buffer.from(deep)],
    ['binary', Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))],
    ['15 MiB', randomBytes(15 * 1024 * 1024)],
  ];

  test('bodies', async () => {
    await bench.start({ deadQueues: [dead.name] });
    for (const [, body] of bodies) await dead.bury({ body });
    const messages = await bench.messages(bodies.length);
    const stored = await Promise.all(messages.map(({ content_id: id }) => readContents(bench.database, id)));
    for (const [name, body] of bodies) {
      expect(
        stored.some(({ contents }) => contents.body.equals(body)),
        name,
      ).toBe(true);
    }
  });

  test('20 MiB, where the broker takes it', async () => {
    const body = randomBytes(20 * 1024 * 1024);
    const publisher = await connection.createConfirmChannel();
    publisher.on('error', () => undefined);
    const taken = await new Promise<boolean>((resolve) => {
      publisher.once('close', () => {
        resolve(false);
      });
      publisher.sendToQueue(dead.name, body, {}, (error) => {
        resolve(error === null);
      });
    });
    if (!taken) return;
    await publisher.close();
    await bench.start({ deadQueues: [dead.name], byteBudget: 8 * 1024 * 1024 });
    const [message] = await bench.messages(1);
    const { contents } = await readContents(bench.database, message?.content_id ?? '');
    expect(contents.body.equals(body)).toBe(true);
  });

  test('header names that mean something to JavaScript, and values of any type', async () => {
    await bench.start({ deadQueues: [dead.name] });
    const headers = {
      ['__proto__']: 'polluted?',
      constructor: null,
      list: [1, 'two', { three: true }],
      long: { '!': 'int64', value: 9007199254740993n },
      bytes: Buffer.from([0, 255]),
      at: { '!': 'timestamp', value: 1_700_000_000 },
      empty: '',
    };
    await dead.bury({ headers: Object.fromEntries(Object.entries(headers)) });
    const [message] = await bench.messages(1);
    const { contents } = await readContents(bench.database, message?.content_id ?? '');
    const byName = new Map(contents.headers?.map(({ name, ...typed }) => [name, typed]));
    expect(byName.get('long')).toEqual({ type: 'int64', value: '9007199254740993' });
    expect(byName.get('bytes')).toEqual({ type: 'bytes', value: 'AP8=' });
    expect(byName.get('at')).toEqual({ type: 'timestamp', value: '1700000000' });
    expect(byName.get('constructor')).toEqual({ type: 'void', value: null });
    expect(byName.get('empty')).toEqual({ type: 'string', value: '' });
    expect(byName.get('list')).toMatchObject({ type: 'array' });
  });

  test('texts longer than their columns', async () => {
    await bench.start({ deadQueues: [dead.name] });
    await dead.bury({
      headers: {
        'x-failure-reason': 'error',
        'x-failure-type': 'T'.repeat(2_000),
        'x-failure-message': '시'.repeat(20_000),
        'x-failure-time': '+275760-09-13T00:00:00.000Z',
        'x-failure-retries': 2 ** 40,
      },
      messageId: '😀'.repeat(63),
    });
    expect((await bench.messages(1))[0]).toMatchObject({ reason: 'error' });
  });
});

describe('what a message is found by is stored with it', () => {
  test('several order IDs of one message, with and without prefix', async () => {
    await bench.start({ deadQueues: [dead.name] });
    await dead.bury({
      body: '{"orderIds":["ORD-20261122-000123","ORD-20261122-000124"]}',
      headers: { 'order-id': 'A7' },
    });
    await bench.messages(1);
    const rows = await bench
      .database('business_keys')
      .join('names', 'names.id', 'business_keys.name_id')
      .select<{ name: Buffer; value: Buffer; tail: Buffer }[]>('names.value AS name', 'business_keys.value', 'tail');
    expect(rows.map(({ name, value, tail }) => [name, value, tail].map(String)).sort()).toEqual([
      ['orderId', 'A7', '7'],
      ['orderId', 'ORD-20261122-000123', '20261122-000123'],
      ['orderId', 'ORD-20261122-000124', '20261122-000124'],
    ]);
  });

  test('failures that are alike are one group, and are counted', async () => {
    await bench.start({ deadQueues: [dead.name] });
    for (const order of [1, 2, 3]) {
      await dead.bury({
        headers: {
          'x-failure-reason': 'error',
          'x-failure-type': 'Timeout',
          'x-failure-message': `order ${order} timed out`,
        },
      });
    }
    await dead.bury({ headers: { 'x-failure-reason': 'error', 'x-failure-type': 'Refused' } });
    const messages = await bench.messages(4);
    expect(new Set(messages.map(({ group_id: id }) => id)).size).toBe(2);
    const counts = await bench.database('failure_counts').select<{ arrived: string }[]>('arrived');
    expect(counts.map(({ arrived }) => Number(arrived)).sort()).toEqual([1, 3]);
  });
});

describe('batches', () => {
  test('are closed by count, and everything of a burst is taken in once, in order', async () => {
    for (let number = 0; number < 250; number += 1) await dead.bury({ body: `{"orderId":"ORD-${number}"}` });
    await bench.start({
      deadQueues: [dead.name],
      settings: { batchMessages: 20, batchMs: 5_000, prefetch: 60, writers: 1 },
    });
    // The last ten wait for no more: their time is over first.
    const messages = await bench.messages(240);
    expect(messages.length).toBe(240);
    const batches = await bench.database('intake_batches').pluck<number[]>('message_count');
    expect(batches).toEqual(Array.from({ length: 12 }, () => 20));
    const bodies = await Promise.all(messages.map(({ content_id: id }) => readContents(bench.database, id)));
    expect(bodies.map(({ contents }) => contents.body.toString())).toEqual(
      Array.from({ length: 240 }, (_, number) => `{"orderId":"ORD-${number}"}`),
    );
  });

  test('are closed by bytes, and a message larger than a batch is one of its own', async () => {
    for (const size of [600, 600, 600, 5_000, 10]) await dead.bury({ body: Buffer.alloc(size, 'x') });
    await bench.start({
      deadQueues: [dead.name],
      settings: { batchBytes: 3_000, batchMs: 300, prefetch: 100, writers: 1 },
    });
    await bench.messages(5);
    const batches = await bench.database('intake_batches').orderBy('id').pluck<number[]>('message_count');
    // Each message weighs some 530 bytes more than its body.
    expect(batches).toEqual([2, 1, 1, 1]);
  });

  test('are closed by time', async () => {
    await bench.start({ deadQueues: [dead.name], settings: { batchMs: 20 } });
    await dead.bury({ body: 'alone' });
    const began = performance.now();
    await bench.messages(1);
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  test('once stored, they are acked, fenced, and the queue is empty', async () => {
    const running = await bench.start({ deadQueues: [dead.name] });
    for (let number = 0; number < 30; number += 1) await dead.bury({ body: String(number) });
    await bench.messages(30);
    await waitFor(async () => (await bench.database('intake_batches').whereNot('state', 'fenced')).length === 0, {
      describe: 'all batches to be fenced',
    });
    await running.stop();
    expect((await channel.checkQueue(dead.name)).messageCount).toBe(0);
  });
});
