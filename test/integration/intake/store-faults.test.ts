import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

import type { Channel, ChannelModel } from 'amqplib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { amqplib } from '../../../server/amqp/typed-codec.ts';
import { connectDatabase } from '../../../server/database/connect.ts';
import { readContents } from '../../../server/messages/contents-store.ts';
import { openDeadQueue, type TestDeadQueue } from '../../support/dead-queue.ts';
import { openIntakeBench, type IntakeBench } from '../../support/intake.ts';
import { testServices, waitFor } from '../../support/services.ts';
import { openTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';

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

const numbers = (count: number) => Array.from({ length: count }, (_, index) => `order ${index}`);

async function queueIsEmpty(): Promise<void> {
  await waitFor(async () => (await channel.checkQueue(dead.name)).messageCount === 0, { deadlineMs: 20_000 });
}

/** A table that refuses one poisonous value, as a fault nobody thought of would. */
async function refuse(table: string, condition: string): Promise<void> {
  await bench.database.raw(
    `CREATE TRIGGER refuse_${table} BEFORE INSERT ON ${table} FOR EACH ROW
     IF ${condition} THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'poison'; END IF`,
  );
}
const POISON = { messageId: 'poison' };
const isPoison = "NEW.message_id = 'poison'";
const isPoisonousReject = "INSTR(NEW.envelope, 'poison') > 0";

describe('one bad message stops nothing', () => {
  test('it goes to the rejects with the reason; everything around it is stored', async () => {
    await refuse('failed_messages', isPoison);
    for (const [index, body] of numbers(100).entries()) await dead.bury({ body, ...(index === 37 ? POISON : {}) });
    await bench.start({ deadQueues: [dead.name] });
    expect((await bench.messages(99)).length).toBe(99);
    const [reject] = await waitFor(async () => {
      const rows = await bench
        .database('intake_rejects')
        .select<{ id: string; error_text: string; envelope: Buffer; body_size: string }[]>('*');
      return rows.length === 1 && rows;
    });
    expect(reject?.error_text).toBe('poison');
    expect(JSON.parse(reject?.envelope.toString() ?? '')).toMatchObject({ properties: POISON, routingKey: dead.name });
    const chunks = await bench.database('content_chunks').where({ content_id: reject?.id }).pluck<Buffer[]>('data');
    expect(Buffer.concat(chunks).toString()).toBe('order 37');
    await queueIsEmpty();
  });

  test('where the rejects refuse it too it goes to the journal, and is registered once that is possible', async () => {
    await refuse('failed_messages', isPoison);
    await refuse('intake_rejects', isPoisonousReject);
    const body = Buffer.alloc(700_000, '주문\u2028');
    await dead.bury({ body, ...POISON, headers: { note: 'line\u2028break' } });
    for (const good of numbers(5)) await dead.bury({ body: good });
    const first = await bench.start({ deadQueues: [dead.name] });
    await bench.messages(5);
    await waitFor(async () => (await readdir(bench.journalDir)).length === 1, { describe: 'the journal' });
    await queueIsEmpty();
    const unregistered = async (id: string) =>
      Number((await bench.database('instances').where({ id }).first<{ n: string }>('journal_unregistered AS n')).n);
    await waitFor(async () => (await unregistered(first.instance.id)) === 1, { describe: 'the journal to be counted' });
    await first.stop();
    expect((await channel.checkQueue(dead.name)).messageCount).toBe(0);

    await bench.database.raw('DROP TRIGGER refuse_failed_messages');
    const next = await bench.start();
    const messages = await bench.messages(6);
    const registered = messages.find(({ body_size: size }) => size === String(body.length));
    const { contents } = await readContents(bench.database, registered?.content_id ?? '');
    expect(contents.body.equals(body)).toBe(true);
    expect(contents.headers).toEqual([{ name: 'note', type: 'string', value: 'line\u2028break' }]);
    await waitFor(async () => (await readdir(bench.journalDir)).length === 0, {
      describe: 'the journal to be removed',
    });
    expect(await unregistered(next.instance.id)).toBe(0);
    expect((await bench.messages(6)).length).toBe(6);
  });
});

describe('MySQL away', () => {
  let proxy: TcpProxy;

  beforeEach(async () => {
    proxy = await openTcpProxy(testServices().databaseUrl);
  });
  afterEach(async () => {
    await proxy.close();
  });

  const state = async () => {
    const row = await bench.database('dead_queue_watches').first<{ state: string } | undefined>('state');
    return row?.state;
  };

  test('consuming stops, the messages stay in RabbitMQ, and it resumes alone: nothing lost, nothing doubled', async () => {
    const running = await bench.start({
      deadQueues: [dead.name],
      databaseUrl: proxy.through(bench.databaseUrl),
      settings: { prefetch: 20, batchMessages: 5 },
    });
    await dead.bury({ body: 'before' });
    await bench.messages(1);
    await proxy.refuse();
    proxy.cut();
    for (const body of numbers(50)) await dead.bury({ body });
    await waitFor(() => !running.intake.storing, { describe: 'the intake to notice' });
    await waitFor(async () => (await channel.checkQueue(dead.name)).consumerCount === 0, { describe: 'no consumer' });
    // What is in hand is bounded by the prefetch, and was not given back.
    expect((await channel.checkQueue(dead.name)).messageCount).toBeGreaterThanOrEqual(30);
    await proxy.accept();
    expect((await bench.messages(51)).length).toBe(51);
    await queueIsEmpty();
    await waitFor(async () => (await state()) === 'consuming', { describe: 'the watch to say so' });
    const redelivered = (await bench.messages(51)).filter((message) => message.redelivered !== 0);
    expect(redelivered).toEqual([]);
  });

  test('connections cut at any moment, also between a commit and its answer: each message once', async () => {
    await bench.start({
      deadQueues: [dead.name],
      databaseUrl: proxy.through(bench.databaseUrl),
      settings: { batchMessages: 5, batchMs: 5 },
    });
    const cuts = new AbortController();
    const cutting = (async () => {
      while (!cuts.signal.aborted) {
        const seen = proxy.bytes().toServer;
        const more = Math.random() * 30_000;
        await waitFor(() => cuts.signal.aborted || proxy.bytes().toServer > seen + more, { deadlineMs: 30_000 });
        proxy.cut();
      }
    })();
    for (const body of numbers(400)) await dead.bury({ body });
    cuts.abort();
    await cutting;
    const messages = await bench.messages(400);
    await queueIsEmpty();
    const stored = await Promise.all(
      messages.map(async ({ content_id: id }) => (await readContents(bench.database, id)).contents.body.toString()),
    );
    expect(stored.sort()).toEqual(numbers(400).sort());
  });

  test('a commit whose answer is lost is found out, not repeated', async () => {
    const swallowing = await openCommitSwallower(bench.databaseUrl);
    await bench.start({ deadQueues: [dead.name], databaseUrl: swallowing.url });
    for (const body of numbers(3)) await dead.bury({ body });
    await queueIsEmpty();
    await bench.messages(3);
    expect(swallowing.swallowed()).toBeGreaterThan(0);
    await bench.stopAll();
    // All of it was acked: nothing went back.
    expect((await channel.checkQueue(dead.name)).messageCount).toBe(0);
    expect((await bench.messages(3)).length).toBe(3);
    expect(await bench.database('intake_rejects')).toEqual([]);
    await swallowing.close();
  });
});

/** Lets every commit of a batch through to the server; instead of every second one's answer the connection is cut. */
async function openCommitSwallower(target: string) {
  const { hostname, port } = new URL(target);
  let commits = 0;
  let swallowed = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    let [swallow, batchIsIn] = [false, false];
    client.on('data', (chunk) => {
      if (chunk.includes('INTO failure_counts')) batchIsIn = true;
      if (batchIsIn && chunk.includes('COMMIT')) {
        swallow = commits++ % 2 === 0;
        batchIsIn = false;
      }
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (!swallow) client.write(chunk);
      else {
        swallowed += 1;
        client.resetAndDestroy();
      }
    });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(target);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    swallowed: () => swallowed,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

test('a deadlock or a lock wait is tried again', async () => {
  await bench.start({ deadQueues: [dead.name] });
  await dead.bury({ body: 'first' });
  await bench.messages(1);
  const blocker = connectDatabase({ url: bench.databaseUrl });
  const lock = await blocker.transaction();
  try {
    await lock('failure_counts').forUpdate();
    /** Seconds that the writer has been waiting by now. */
    const waited = async () => {
      const [rows] = (await bench.database.raw('SHOW PROCESSLIST')) as [
        { db: string | null; Time: number; Info: string | null }[],
      ];
      // Others write such rows on this server too.
      const own = rows.filter(({ db }) => db === new URL(bench.databaseUrl).pathname.slice(1));
      return own.find(({ Info: statement }) => statement?.includes('INTO failure_counts'))?.Time;
    };
    await dead.bury({ body: 'second' });
    let longest = await waitFor(waited, { describe: 'the writer to wait for the lock' });
    // It waits longer than the server lets it: its transaction is rolled back, and done again from the beginning.
    await waitFor(
      async () => {
        const seconds = (await waited()) ?? -1;
        if (seconds < longest) return true;
        longest = seconds;
        return false;
      },
      { deadlineMs: 25_000, describe: 'the lock wait to time out' },
    );
  } finally {
    await lock.rollback();
    await blocker.destroy();
  }
  expect((await bench.messages(2)).length).toBe(2);
  expect(await bench.database('intake_rejects')).toEqual([]);
});
