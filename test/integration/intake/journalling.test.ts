import { appendFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { Channel, ChannelModel } from 'amqplib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { amqplib } from '../../../server/amqp/typed-codec.ts';
import { brokerAddress, ensureBroker, ensureDeadQueues } from '../../../server/dead-queues/dead-queue-store.ts';
import { readContents } from '../../../server/messages/contents-store.ts';
import { openDeadQueue, type TestDeadQueue } from '../../support/dead-queue.ts';
import { openIntakeBench, type IntakeBench, type StoredMessage } from '../../support/intake.ts';
import { testServices, waitFor } from '../../support/services.ts';
import { openTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';

let bench: IntakeBench;
let dead: TestDeadQueue;
let connection: ChannelModel;
let channel: Channel;
let database: TcpProxy;
let broker: TcpProxy;

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
  database = await openTcpProxy(testServices().databaseUrl);
  broker = await openTcpProxy(testServices().amqpUrl);
  const { amqpUrl } = testServices();
  const row = await ensureBroker(bench.database, brokerAddress(amqpUrl));
  await ensureDeadQueues(bench.database, row, [dead.name]);
  await bench.database('dead_queues').update({ when_away: 'journal' });
});
afterEach(async () => {
  await database.accept();
  await broker.accept();
  await channel.close();
  await bench.remove();
  await dead.remove();
  await database.close();
  await broker.close();
});

const numbers = (count: number) => Array.from({ length: count }, (_, index) => `order ${index}`);

const start = (options: Parameters<IntakeBench['start']>[0] = {}) =>
  bench.start({
    databaseUrl: database.through(bench.databaseUrl),
    amqpUrl: broker.through(testServices().amqpUrl),
    settings: { batchMessages: 5, batchMs: 5 },
    ...options,
  });

async function databaseAway(): Promise<void> {
  await database.refuse();
  database.cut();
}

async function waiting(): Promise<number> {
  return (await channel.checkQueue(dead.name)).messageCount;
}

const files = async () => (await readdir(bench.journalDir)).sort();

async function bodiesOf(messages: readonly StoredMessage[]): Promise<string[]> {
  const bodies = await Promise.all(
    messages.map(async ({ content_id: id }) => (await readContents(bench.database, id)).contents.body.toString()),
  );
  return bodies.sort();
}

const marked = (messages: readonly StoredMessage[]) =>
  messages.filter((message) => message.possible_duplicate_of !== null);

async function journalIsGone(): Promise<void> {
  await waitFor(async () => (await files()).length === 0, {
    deadlineMs: 20_000,
    describe: 'the journal to be registered',
  });
}

describe('a dead queue that does not wait for the database', () => {
  test('is emptied into the journal, and all of it is registered by itself, once', async () => {
    const running = await start();
    await dead.bury({ body: 'before' });
    await bench.messages(1);
    await databaseAway();
    for (const body of numbers(200)) await dead.bury({ body });
    await waitFor(async () => !running.intake.storing && (await waiting()) === 0, { describe: 'an empty queue' });
    // Acked: nothing is in hand any more.
    await waitFor(async () =>
      (await readFile(path.join(bench.journalDir, (await files())[0] ?? ''))).includes('acked'),
    );
    await database.accept();
    const messages = await bench.messages(201);
    await journalIsGone();
    expect(await bodiesOf(await bench.messages(201))).toEqual([...numbers(200), 'before'].sort());
    expect(marked(messages)).toEqual([]);
    await running.stop();
    expect(await waiting()).toBe(0);
    const event = await bench
      .database('audit_events')
      .where({ kind: 'journal.registered' })
      .first<{ details: string }>();
    expect(event.details).toContain('messages');
  });

  test('with the broker cut again and again meanwhile: each message once, none marked', async () => {
    await start();
    await dead.bury({ body: 'before' });
    await bench.messages(1);
    await databaseAway();
    for (const [index, body] of numbers(300).entries()) {
      await dead.bury({ body, messageId: body });
      if (index % 30 === 29) broker.cut();
    }
    await waitFor(async () => (await waiting()) === 0, { deadlineMs: 20_000, describe: 'an empty queue' });
    // What came again before its ack had arrived is there once.
    await waitFor(async () => (await journalled()) >= 300, { describe: 'all of it to be in the journal' });
    expect(await journalled()).toBe(300);
    await database.accept();
    await bench.messages(301);
    await journalIsGone();
    const messages = await bench.messages(301);
    expect(await bodiesOf(messages)).toEqual([...numbers(300), 'before'].sort());
    expect(marked(messages)).toEqual([]);
  });

  test('what comes again alone, without an id, is kept and marked; with an id it is known', async () => {
    await start();
    await waitFor(async () => (await channel.checkQueue(dead.name)).consumerCount === 1, { describe: 'a consumer' });
    await databaseAway();
    // The acks are lost on their way, so each comes again.
    const twice = async (message: Parameters<TestDeadQueue['bury']>[0], before: number) => {
      broker.stall('toServer');
      await dead.bury(message);
      await waitFor(async () => (await journalled()) === before + 1, { deadlineMs: 20_000, describe: 'its entry' });
      broker.cut();
      broker.flow();
      await waitFor(async () => (await dead.unacked()) === 0, { deadlineMs: 20_000, describe: 'its second ack' });
    };
    await twice({ body: 'without' }, 0);
    await waitFor(async () => (await journalled()) === 2, { deadlineMs: 20_000, describe: 'it to be there twice' });
    await twice({ body: 'with', messageId: 'order 1' }, 2);
    await waitFor(async () => (await waiting()) === 0, { deadlineMs: 20_000, describe: 'an empty queue' });
    expect(await journalled()).toBe(3);
    await database.accept();
    await bench.messages(3);
    await journalIsGone();
    const messages = await bench.messages(3);
    expect(await bodiesOf(messages)).toEqual(['with', 'without', 'without']);
    expect(await bodiesOf(marked(messages))).toEqual(['without']);
  });

  test('a twin that was on its way when the connection died is not taken for one whose ack was processed', async () => {
    await start({ settings: { batchMessages: 20, batchMs: 500 } });
    await waitFor(async () => (await channel.checkQueue(dead.name)).consumerCount === 1, { describe: 'a consumer' });
    await databaseAway();
    for (const body of [...numbers(8), 'twin']) await dead.bury({ body });
    await waitFor(async () => (await waiting()) === 0, { describe: 'all of them to be on their way' });
    // The answers to its acks do not reach the office any more, nor does the other twin.
    broker.stall('toClient');
    await dead.bury({ body: 'twin' });
    await waitFor(async () => (await journalled()) === 9, { describe: 'nine messages in the journal' });
    await waitFor(async () => (await dead.unacked()) === 1, {
      deadlineMs: 20_000,
      describe: 'the acks to be processed',
    });
    broker.cut();
    broker.flow();
    await waitFor(async () => (await journalled()) === 10, { deadlineMs: 20_000, describe: 'the twin in the journal' });
    await database.accept();
    await bench.messages(10);
    await journalIsGone();
    const messages = await bench.messages(10);
    expect(await bodiesOf(messages)).toEqual([...numbers(8), 'twin', 'twin'].sort());
    expect(marked(messages).length).toBe(1);
  });

  test('identical twins without ids are a record each', async () => {
    await start();
    await waitFor(async () => (await channel.checkQueue(dead.name)).consumerCount === 1, { describe: 'a consumer' });
    await databaseAway();
    for (let count = 0; count < 40; count += 1) await dead.bury({ body: 'twin' });
    await waitFor(async () => (await journalled()) === 40, { describe: 'all of them to be in the journal' });
    broker.cut();
    await waitFor(async () => (await waiting()) === 0, { deadlineMs: 20_000, describe: 'an empty queue' });
    await database.accept();
    await bench.messages(40);
    await journalIsGone();
    const messages = await bench.messages(40);
    expect(messages.length).toBe(40);
    expect(marked(messages)).toEqual([]);
  });

  test('an instance that ended before the acks reached the broker: the next one knows what is in the journal', async () => {
    const first = await start();
    await waitFor(async () => (await channel.checkQueue(dead.name)).consumerCount === 1, { describe: 'a consumer' });
    await databaseAway();
    // What is acked from now on never arrives.
    broker.stall('toServer');
    for (const body of numbers(20)) await dead.bury({ body });
    await waitFor(async () => (await journalled()) === 20, { describe: '20 messages in the journal' });
    await broker.refuse();
    broker.cut();
    broker.flow();
    await first.kill();
    await waitFor(async () => (await waiting()) === 20, { describe: 'all of it to be back in the queue' });
    await bench.database('instances').update({ stopped_at: bench.database.raw('UTC_TIMESTAMP(3)') });
    await database.accept();
    await broker.accept();
    await start();
    await waitFor(async () => (await waiting()) === 0, { describe: 'an empty queue' });
    await bench.messages(20);
    await journalIsGone();
    const messages = await bench.messages(20);
    expect(await bodiesOf(messages)).toEqual(numbers(20).sort());
    expect(marked(messages)).toEqual([]);
  });

  test('is bounded: what the journal has no room for stays in RabbitMQ', async () => {
    await start({ journalLimits: { mostBytes: 20_000 }, settings: { batchMessages: 5, batchMs: 5, prefetch: 5 } });
    await waitFor(async () => (await channel.checkQueue(dead.name)).consumerCount === 1, { describe: 'a consumer' });
    await databaseAway();
    for (const body of numbers(200)) await dead.bury({ body });
    await waitFor(async () => (await channel.checkQueue(dead.name)).consumerCount === 0, { describe: 'no consumer' });
    expect(await waiting()).toBeGreaterThan(50);
    await database.accept();
    await bench.messages(200);
    await journalIsGone();
    expect(await bodiesOf(await bench.messages(200))).toEqual(numbers(200).sort());
  });

  test('whose journal cannot be written waits in RabbitMQ: nothing is lost, nothing is doubled', async () => {
    await start({ settings: { batchMessages: 5, batchMs: 5, prefetch: 20 } });
    await waitFor(async () => (await channel.checkQueue(dead.name)).consumerCount === 1, { describe: 'a consumer' });
    await rm(bench.journalDir, { recursive: true });
    await writeFile(bench.journalDir, 'a file where the directory should be');
    await databaseAway();
    for (const body of numbers(100)) await dead.bury({ body });
    await waitFor(async () => (await channel.checkQueue(dead.name)).consumerCount === 0, { describe: 'no consumer' });
    expect(await waiting()).toBeGreaterThanOrEqual(80);
    await database.accept();
    await bench.messages(100);
    await waitFor(async () => (await waiting()) === 0, { describe: 'an empty queue' });
    expect(await bodiesOf(await bench.messages(100))).toEqual(numbers(100).sort());
  });

  test('is written to a new file when one is full', async () => {
    await start({ journalLimits: { fileBytes: 5_000 } });
    await waitFor(async () => (await channel.checkQueue(dead.name)).consumerCount === 1, { describe: 'a consumer' });
    await databaseAway();
    for (const body of numbers(100)) await dead.bury({ body });
    await waitFor(async () => (await waiting()) === 0 && (await journalled()) === 100, { describe: 'the journal' });
    expect((await files()).length).toBeGreaterThan(3);
    for (const name of await files()) expect(name).toMatch(/^intake-\d+-\d+\.ndjson$/);
    await database.accept();
    await bench.messages(100);
    await journalIsGone();
    expect((await bench.messages(100)).length).toBe(100);
  });
});

describe('a journal that was left behind', () => {
  /** Fills a journal with so many messages, and ends the process; the database stays away until then. */
  async function leaveJournal(count: number): Promise<string> {
    const first = await start();
    await waitFor(async () => (await channel.checkQueue(dead.name)).consumerCount === 1, { describe: 'a consumer' });
    await databaseAway();
    for (const body of numbers(count)) await dead.bury({ body });
    await waitFor(async () => (await waiting()) === 0 && (await journalled()) === count, { describe: 'the journal' });
    await first.stop();
    const [name = ''] = await files();
    await database.accept();
    await bench.database('instances').update({ stopped_at: bench.database.raw('UTC_TIMESTAMP(3)') });
    return path.join(bench.journalDir, name);
  }

  test('with a last line that was torn off: what is whole is registered, the rest was never acked', async () => {
    const file = await leaveJournal(10);
    const whole = await readFile(file, 'utf8');
    const line = whole.split('\n').find((text) => text.includes('"entry"')) ?? '';
    await appendFile(file, line.replace(/"entry":"[^"]+"/, '"entry":"torn"').slice(0, -40));
    await start();
    await bench.messages(10);
    await journalIsGone();
    expect(await bodiesOf(await bench.messages(10))).toEqual(numbers(10).sort());
  });

  test('registered, and killed before that was noted: registered once', async () => {
    const file = await leaveJournal(10);
    const before = await readFile(file);
    const second = await start();
    await bench.messages(10);
    await journalIsGone();
    await second.stop();
    await writeFile(file, before);
    const third = await start();
    await journalIsGone();
    await third.stop();
    expect((await bench.messages(10)).length).toBe(10);
  });

  test('with lines that this version does not know is kept', async () => {
    const file = await leaveJournal(3);
    await appendFile(file, `${JSON.stringify({ later: 'than this version' })}\n`);
    await start();
    await bench.messages(3);
    await waitFor(async () =>
      (await readFile(`${file}.closing`, 'utf8').catch(() => readFile(file, 'utf8'))).includes('registered'),
    );
    expect((await files()).length).toBe(1);
  });

  test('in the words of the version before is read as it was', async () => {
    await bench.database('instances').insert({
      id: 77,
      host: 'gone',
      pid: 1,
      started_at: new Date(0),
      last_seen_at: new Date(0),
    });
    const id = await bench.database('dead_queues').first<{ id: string }>('id');
    const lines = [
      {
        entry: 'a-1',
        at: new Date().toISOString(),
        deadQueue: { id: id.id, name: dead.name },
        batchId: '4711',
        code: 'ER_X',
        exchange: '',
        routingKey: dead.name,
        properties: { messageId: 'm-1' },
        headers: [{ name: 'n', type: 'int64', value: '5' }],
        bodyParts: 2,
      },
      { of: 'a-1', data: Buffer.from('order ').toString('base64') },
      { of: 'a-1', data: Buffer.from('old').toString('base64') },
    ];
    await writeFile(
      path.join(bench.journalDir, 'intake-77.ndjson'),
      lines.map((line) => JSON.stringify(line)).join('\n') + '\n',
    );
    await start();
    const [message] = await bench.messages(1);
    const { contents } = await readContents(bench.database, message?.content_id ?? '');
    expect(contents).toEqual({
      properties: { messageId: 'm-1' },
      headers: [{ name: 'n', type: 'int64', value: '5' }],
      body: Buffer.from('order old'),
    });
    await journalIsGone();
  });
});

/** Messages in all files. */
async function journalled(): Promise<number> {
  let count = 0;
  for (const name of await files()) {
    const text = await readFile(path.join(bench.journalDir, name), 'utf8');
    count += text.split('\n').filter((line) => line.startsWith('{"entry"') && line.endsWith('}')).length;
  }
  return count;
}
