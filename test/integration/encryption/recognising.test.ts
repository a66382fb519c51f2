import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { brokerAddress, ensureBroker, ensureDeadQueues } from '../../../server/dead-queues/dead-queue-store.ts';
import { connectDatabase, type Database } from '../../../server/database/connect.ts';
import { registerInstance } from '../../../server/database/instance.ts';
import { ContentCipher } from '../../../server/encryption/content-cipher.ts';
import { openContentKeys } from '../../../server/encryption/open-content-keys.ts';
import { readContents } from '../../../server/messages/contents-store.ts';
import { rotateContents } from '../../../server/rotation/rotate-contents.ts';
import { contentKeys } from '../../support/content-keys.ts';
import { openDeadQueue, type TestDeadQueue } from '../../support/dead-queue.ts';
import { openIntakeBench, type IntakeBench } from '../../support/intake.ts';
import { columnsWith } from '../../support/marker-search.ts';
import { testServices, waitFor } from '../../support/services.ts';
import { openTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { silentLogger } from '../../support/wire.ts';

let bench: IntakeBench;
let dead: TestDeadQueue;
let store: TcpProxy;
const cleanUp: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  bench = await openIntakeBench();
  dead = await openDeadQueue();
  store = await openTcpProxy(testServices().databaseUrl);
});
afterEach(async () => {
  await store.accept();
  for (const step of cleanUp.splice(0).reverse()) await step();
  await bench.remove();
  await dead.remove();
  await store.close();
});

const start = (ids: readonly string[], broker?: TcpProxy) =>
  bench.start({
    deadQueues: [dead.name],
    ...(broker === undefined ? {} : { amqpUrl: broker.through(testServices().amqpUrl) }),
    databaseUrl: store.through(bench.databaseUrl),
    contentKeys: contentKeys(...ids),
    settings: { batchMs: 300 },
  });

/** A handle that reads, and is registered as an instance, with these keys. */
async function keyed(...ids: string[]): Promise<{ database: Database; instanceId: string }> {
  const database = connectDatabase({
    url: bench.databaseUrl,
    poolSize: 2,
    contentCipher: new ContentCipher(contentKeys(...ids)),
  });
  const instance = await registerInstance({ database, logger: silentLogger });
  cleanUp.push(async () => {
    await instance.stop();
    await database.destroy();
  });
  return { database, instanceId: instance.id };
}

async function rotate(target: string | null, ...ids: string[]): Promise<void> {
  const { database, instanceId } = await keyed(...ids);
  await openContentKeys(database, instanceId);
  const end = await rotateContents(database, {
    instanceId,
    target,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  expect(end).toMatchObject({ done: true, unreadable: 0, encrypting: [] });
  await cleanUp.pop()?.();
}

const bodies = (from: number) => Array.from({ length: 10 }, (_, index) => `order ${from + index}`);

it('what was stored and not acked is recognised by its contents, whatever keys there are when it comes again', async () => {
  const expected: string[] = [];
  const steps: [keys: string[], before: () => Promise<void>][] = [
    [[], () => Promise.resolve()],
    [['a'], () => Promise.resolve()],
    [['b', 'a'], () => Promise.resolve()],
    [['b'], () => rotate('b', 'b', 'a')],
    [[], () => rotate(null, 'b')],
    [['c'], () => Promise.resolve()],
  ];
  for (const [index, [keys, before]] of steps.entries()) {
    await before();
    const broker = await openTcpProxy(testServices().amqpUrl);
    const running = await start(keys, broker);
    // What the one before had stored is there again.
    await waitFor(
      async () => {
        const answered = await bench.database('recent_arrivals').whereNotNull('answered_by');
        return answered.length === expected.length;
      },
      { describe: () => `answers to ${expected.length} redeliveries` },
    );
    await waitFor(async () => (await dead.consumers()) === 1, { describe: 'a consumer' });
    broker.stall('toServer');
    for (const body of bodies(10 * index)) await dead.bury({ body });
    expected.push(...bodies(10 * index));
    await bench.messages(expected.length);
    await broker.refuse();
    broker.cut();
    // Its end takes a while, and changes nothing any more.
    const killed = running.kill();
    await bench.database('instances').where('id', running.instance.id).update({ stopped_at: bench.database.fn.now() });
    cleanUp.push(async () => {
      broker.flow();
      await killed;
      await broker.close();
    });
  }
  const { database, instanceId } = await keyed('c');
  await openContentKeys(database, instanceId);
  await start(['c']);
  await waitFor(async () => (await bench.database('recent_arrivals').whereNull('answered_by')).length === 0);
  const messages = await bench.messages(expected.length);
  const stored = await Promise.all(messages.map(({ content_id: id }) => readContents(database, id)));
  expect(stored.map(({ contents }) => contents.body.toString()).sort()).toEqual(expected.sort());
  expect(messages.filter((message) => message.possible_duplicate_of !== null)).toEqual([]);
}, 60_000);

describe('the intake journal', () => {
  it('shows nothing of the messages in it, and is registered with the keys of then', async () => {
    const row = await ensureBroker(bench.database, brokerAddress(testServices().amqpUrl));
    await ensureDeadQueues(bench.database, row, [dead.name]);
    await bench.database('dead_queues').update({ when_away: 'journal' });
    const first = await start(['a']);
    await dead.bury({ body: 'one that is stored' });
    await bench.messages(1);
    await store.refuse();
    store.cut();
    const marker = 'MARKER-4711';
    const large = Buffer.concat([Buffer.from(marker), Buffer.alloc(600 * 1024, 'x')]);
    for (const body of [Buffer.from(marker), large]) {
      await dead.bury({ body, appId: marker, headers: { h: marker } });
    }
    const text = await waitFor(
      async () => {
        const files = await readdir(bench.journalDir);
        const texts = await Promise.all(files.map((file) => readFile(path.join(bench.journalDir, file), 'utf8')));
        const all = texts.join('\n');
        return all.split('"entry"').length === 3 && all.length > large.length ? all : null;
      },
      { describe: 'two messages in the journal' },
    );
    for (const shown of [marker, Buffer.from(marker).toString('base64').slice(0, 12)])
      expect(text).not.toContain(shown);
    await first.kill();
    // It could not say goodbye.
    await bench.database('instances').where('id', first.instance.id).update({ stopped_at: bench.database.fn.now() });
    await store.accept();

    // Without the key they wait, and say which one is missing.
    await bench.database('content_keys').insert({
      key_id: 'b',
      ...(await wrapped('b')),
      first_used_at: bench.database.fn.now(),
    });
    const other = await start(['b']);
    await other.intake.manual.registrar.refresh();
    const [entry] = other.intake.manual.journal.index.entries();
    const by = { actor: { userId: null, username: 'test' }, requestId: 'test' };
    expect(await other.intake.manual.registrar.registerByHand([entry?.id ?? ''], by)).toEqual([
      { outcome: 'refused', reason: expect.objectContaining({ code: 'line.keyMissing' }) as unknown },
    ]);
    await other.stop();

    await start(['b', 'a']);
    const messages = await bench.messages(3);
    const { database } = await keyed('b', 'a');
    const stored = await Promise.all(messages.map(({ content_id: id }) => readContents(database, id)));
    expect(stored.map(({ contents }) => contents.body.length).sort((a, b) => a - b)).toEqual([11, 18, large.length]);
    expect(stored.find(({ contents }) => contents.body.length === large.length)?.contents).toMatchObject({
      properties: { appId: marker },
      headers: [{ name: 'h', type: 'string', value: marker }],
      body: large,
    });
    expect(await columnsWith(bench.databaseUrl, marker)).toEqual([]);
  }, 60_000);
});

/** The hash key as a further key of this id would have it. */
async function wrapped(id: string): Promise<{ hash_key: Buffer }> {
  const [row] = await bench.database('content_keys').where('key_id', 'a').select<{ hash_key: Buffer }[]>('hash_key');
  const cipher = new ContentCipher(contentKeys('a', id));
  const hashKey = cipher.unwrapHashKey('a', row?.hash_key ?? Buffer.alloc(0));
  if (hashKey === null) throw new Error('The hash key cannot be opened.');
  return { hash_key: cipher.wrapHashKey(id, hashKey) };
}

describe('keys that do not fit', () => {
  const open = async (...ids: string[]) => {
    const { database, instanceId } = await keyed(...ids);
    return await openContentKeys(database, instanceId, { othersWithinMs: 100 });
  };

  it('are told of before anything is written', async () => {
    expect(await open('a')).toEqual([]);
    await expect(open()).rejects.toThrow('encrypted with the key a, and CONTENT_KEYS is not set');
    await cleanUp.pop()?.();
    await expect(open('b')).rejects.toThrow('encrypted with the key a, and CONTENT_KEYS has none of these keys');
    const wrong = new ContentCipher([{ id: 'a', secret: Buffer.alloc(32, 1) }]);
    const database = connectDatabase({ url: bench.databaseUrl, poolSize: 2, contentCipher: wrong });
    cleanUp.push(() => database.destroy());
    await expect(openContentKeys(database, '0')).rejects.toThrow('The key a in CONTENT_KEYS is not the one');
    expect(await open('b', 'a')).toEqual([]);
    expect(await open('b')).toEqual(['a']);
  });

  it('an office with keys waits for those without to end, and says so when they do not', async () => {
    await open();
    await expect(open('a')).rejects.toThrow('not in other instances of the office that are running');
  });
});
