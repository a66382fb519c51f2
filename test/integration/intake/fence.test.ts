import type { Channel, ChannelModel } from 'amqplib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { amqplib } from '../../../server/amqp/typed-codec.ts';
import { connectDatabase } from '../../../server/database/connect.ts';
import { readContents } from '../../../server/messages/contents-store.ts';
import { openDeadQueue, type TestDeadQueue } from '../../support/dead-queue.ts';
import {
  openIntakeBench,
  type IntakeBench,
  type RunningIntake,
  type StartOptions,
  type StoredMessage,
} from '../../support/intake.ts';
import { testServices, waitFor } from '../../support/services.ts';
import { openTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';

let bench: IntakeBench;
let dead: TestDeadQueue;
let proxy: TcpProxy;
let connection: ChannelModel;
let channel: Channel;

beforeAll(async () => {
  connection = await amqplib.connect(testServices().amqpUrl);
});
afterAll(async () => {
  await connection.close();
});

async function prepare(settings: Parameters<typeof openDeadQueue>[0]) {
  bench = await openIntakeBench();
  dead = await openDeadQueue(settings);
  proxy = await openTcpProxy(testServices().amqpUrl);
  channel = await connection.createChannel();
}

afterEach(async () => {
  proxy.flow();
  await channel.close();
  await bench.remove();
  await proxy.close();
  await dead.remove();
});

const watched = () => ({ deadQueues: [dead.name], amqpUrl: proxy.through(testServices().amqpUrl) });

async function consuming(instances = 1): Promise<void> {
  await waitFor(async () => (await channel.checkQueue(dead.name)).consumerCount === instances, {
    describe: `${instances} consumers`,
  });
}

const running = new Set<RunningIntake>();

async function start(options: StartOptions): Promise<RunningIntake> {
  const started = await bench.start(options);
  running.add(started);
  return started;
}

/**
 * Everything is taken in for good: with all instances stopped in order nothing is left in the queue. What was unacked
 * would be in it then; as long as there is any, an instance is started again.
 */
async function settled(): Promise<void> {
  for (let round = 0; round < 20; round += 1) {
    await waitFor(async () => (await channel.checkQueue(dead.name)).messageCount === 0, { deadlineMs: 30_000 });
    for (const one of running) await one.stop();
    running.clear();
    await consuming(0);
    if ((await channel.checkQueue(dead.name)).messageCount === 0) return;
    await start({ deadQueues: [dead.name] });
  }
  throw new Error('The queue does not become empty.');
}

async function bodiesOf(messages: readonly StoredMessage[]): Promise<string[]> {
  const stored = await Promise.all(messages.map(({ content_id: id }) => readContents(bench.database, id)));
  return stored.map(({ contents }) => contents.body.toString()).sort();
}

/** A batch of one message that was cut off has nothing to show whether it came back: then that one is kept, and marked. */
const isUnmarked = ({ possible_duplicate_of: original }: StoredMessage) => original === null;

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `order ${from + index}`);

describe.each([
  ['classic', {}],
  // RabbitMQ 4 drops by default what was returned twenty times, and every cut returns what is in hand.
  ['quorum', { arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000 } }],
])('one dead letter, one record: %s dead queue', (_, settings) => {
  beforeEach(() => prepare(settings));

  test('stored, and the connection lost before the ack reached the broker', async () => {
    await start({ ...watched(), settings: { batchMessages: 7 } });
    await consuming();
    proxy.stall('toServer');
    for (const body of numbers(40)) await dead.bury({ body });
    await bench.messages(40);
    proxy.cut();
    proxy.flow();
    await settled();
    const messages = await bench.messages(40);
    expect(await bodiesOf(messages.filter(isUnmarked))).toEqual(numbers(40).sort());
    // On a slow machine a batch can be of a single message: that one is kept, and marked.
    const marked = messages.length - 40;
    expect(marked).toBeLessThan(10);
    expect((await bench.database('recent_arrivals').whereNotNull('answered_by')).length).toBe(40 - marked);
  });

  test('the same again and again', async () => {
    await start({ ...watched(), settings: { batchMs: 400 } });
    await consuming();
    proxy.stall('toServer');
    for (const body of numbers(20)) await dead.bury({ body });
    await bench.messages(20);
    let answeredBy: string | null = null;
    for (let time = 0; time < 3; time += 1) {
      proxy.cut();
      proxy.flow();
      const before = proxy.bytes().toClient;
      await waitFor(() => proxy.bytes().toClient > before + 20 * 70, {
        describe: 'the messages to be delivered again',
      });
      // They are judged and stored as answers, but once more no ack gets through.
      proxy.stall('toServer');
      answeredBy = await waitFor<string | null | false | undefined>(
        async () => {
          const answers = await bench.database('recent_arrivals').distinct().pluck<(string | null)[]>('answered_by');
          return answers.length === 1 && answers[0] !== answeredBy && answers[0];
        },
        { describe: 'all to be answered by another batch' },
      );
    }
    proxy.cut();
    proxy.flow();
    await settled();
    expect(await bodiesOf(await bench.messages(20))).toEqual(numbers(20).sort());
  });

  test('identical twins without any id are a record each, also when some were stored and some were not', async () => {
    await start({ ...watched(), settings: { batchMessages: 5, writers: 1 } });
    await consuming();
    proxy.stall('toServer');
    for (let twin = 0; twin < 5; twin += 1) await dead.bury({ body: 'twin' });
    await bench.messages(5);
    const blocker = connectDatabase({ url: bench.databaseUrl });
    const lock = await blocker.transaction();
    await lock('id_sequences').where({ name: 'batches' }).forUpdate();
    try {
      const inHand = proxy.bytes().toClient;
      for (let twin = 0; twin < 7; twin += 1) await dead.bury({ body: 'twin' });
      await waitFor(() => proxy.bytes().toClient > inHand + 7 * 60, { describe: 'the other twins to be in hand' });
      proxy.cut();
      proxy.flow();
      await consuming();
    } finally {
      await lock.rollback();
      await blocker.destroy();
    }
    await settled();
    const messages = await bench.messages(12);
    expect(messages.length).toBe(12);
    // One that had arrived and was not read yet when the connection died cannot be told from the others.
    expect(messages.filter((one) => !isUnmarked(one)).length).toBeLessThanOrEqual(1);
  });

  test('a twin that was on its way when the connection died is not taken for one whose ack was processed', async () => {
    await start({ ...watched(), settings: { batchMs: 300 } });
    await consuming();
    const blocker = connectDatabase({ url: bench.databaseUrl });
    const lock = await blocker.transaction();
    await lock('id_sequences').where({ name: 'batches' }).forUpdate();
    try {
      for (const body of [...numbers(8), 'twin']) await dead.bury({ body });
      await waitFor(async () => (await channel.checkQueue(dead.name)).messageCount === 0);
      // The answers to its acks do not reach the office any more, nor does the other twin.
      proxy.stall('toClient');
      await dead.bury({ body: 'twin' });
    } finally {
      await lock.rollback();
      await blocker.destroy();
    }
    await bench.messages(9);
    await waitFor(async () => (await dead.unacked()) === 1, {
      deadlineMs: 20_000,
      describe: 'the acks to be processed',
    });
    proxy.cut();
    proxy.flow();
    await settled();
    const messages = await bench.messages(10);
    expect(await bodiesOf(messages)).toEqual([...numbers(8), 'twin', 'twin'].sort());
    expect(messages.filter((one) => !isUnmarked(one)).length).toBe(1);
  });

  test('stored after the broker had ended the consumer: the acks count as doubtful', async () => {
    // The third one waits for company, and keeps the channel open.
    await start({ ...watched(), settings: { batchMessages: 2, batchMs: 60_000 } });
    await consuming();
    const blocker = connectDatabase({ url: bench.databaseUrl });
    const lock = await blocker.transaction();
    await lock('id_sequences').where({ name: 'batches' }).forUpdate();
    try {
      for (const body of numbers(3)) await dead.bury({ body });
      await waitFor(async () => (await channel.checkQueue(dead.name)).messageCount === 0);
      await channel.deleteQueue(dead.name);
      await waitFor(async () => (await bench.database('dead_queue_watches').where({ state: 'missing' })).length === 1, {
        describe: 'the consumer to be ended',
      });
    } finally {
      await lock.rollback();
      await blocker.destroy();
    }
    expect(await bodiesOf(await bench.messages(2))).toEqual(numbers(2));
    await waitFor(async () => (await bench.database('intake_batches').where({ state: 'committed' })).length === 0, {
      describe: 'what became of the acks to be written down',
    });
    expect(await bench.database('intake_batches').where({ state: 'fenced' })).toEqual([]);
    await channel.assertQueue(dead.name, { durable: true, ...settings });
  });

  test('what was fenced does not come back, and a later twin is a new death', async () => {
    await start(watched());
    for (const body of numbers(10)) await dead.bury({ body });
    await bench.messages(10);
    await waitFor(async () => (await bench.database('intake_batches').whereNot({ state: 'fenced' })).length === 0);
    proxy.cut();
    for (const body of numbers(10)) await dead.bury({ body });
    await settled();
    expect((await bench.messages(20)).length).toBe(20);
    expect((await bench.database('recent_arrivals').whereNotNull('answered_by')).length).toBe(0);
  });

  test('cut anywhere, many times, while messages stream in: nothing is lost, nothing is doubled', async () => {
    await start({ ...watched(), settings: { batchMessages: 9, batchMs: 5, prefetch: 50 } });
    await consuming();
    const bodies = numbers(1_000);
    const cuts = new AbortController();
    const cutting = (async () => {
      while (!cuts.signal.aborted) {
        await waitFor(() => proxy.connections() > 0);
        const seen = proxy.bytes().toClient;
        const more = 500 + Math.random() * 9_000;
        await waitFor(() => cuts.signal.aborted || proxy.bytes().toClient > seen + more, { deadlineMs: 30_000 });
        proxy.cut();
      }
    })();
    for (const body of bodies) await dead.bury({ body });
    cuts.abort();
    await cutting;
    await settled();
    expect(await bodiesOf((await bench.messages(1_000)).filter(isUnmarked))).toEqual([...bodies].sort());
  });

  test('two instances, both cut again and again', async () => {
    const other = await openTcpProxy(testServices().amqpUrl);
    const common = { settings: { batchMessages: 9, batchMs: 5, prefetch: 30 } };
    await start({ ...watched(), ...common });
    await start({ ...watched(), ...common, amqpUrl: other.through(testServices().amqpUrl) });
    await consuming(2);
    const bodies = numbers(600);
    for (const [index, body] of bodies.entries()) {
      await dead.bury({ body });
      if (index % 60 === 59) [proxy, other][(index / 60) & 1]?.cut();
    }
    await settled();
    const messages = await bench.messages(600);
    expect(await bodiesOf(messages.filter(isUnmarked))).toEqual([...bodies].sort());
    await other.close();
  });

  test('an instance that ended between commit and ack: the next one knows what it had stored', async () => {
    const first = await start({ ...watched(), settings: { batchMessages: 7 } });
    await consuming();
    proxy.stall('toServer');
    for (const body of numbers(20)) await dead.bury({ body });
    await bench.messages(20);
    proxy.cut();
    proxy.flow();
    await first.kill();
    running.delete(first);
    await start(watched());
    await settled();
    // On a slow machine a batch can be of a single message.
    expect(await bodiesOf((await bench.messages(20)).filter(isUnmarked))).toEqual(numbers(20).sort());
  });

  test('of two twins that an instance had stored before it ended, one comes back', async () => {
    const twin = { body: 'twin', messageId: 'm-1' };
    const first = await start({ ...watched(), settings: { batchMessages: 1 } });
    await consuming();
    await dead.bury(twin);
    await waitFor(async () => (await bench.database('intake_batches').where({ state: 'fenced' })).length === 1);
    proxy.stall('toServer');
    await dead.bury(twin);
    await bench.messages(2);
    proxy.cut();
    proxy.flow();
    await first.kill();
    running.delete(first);
    await start(watched());
    await settled();
    const messages = await bench.messages(2);
    expect(messages.length).toBe(2);
    expect(messages.every(isUnmarked)).toBe(true);
  });
});
