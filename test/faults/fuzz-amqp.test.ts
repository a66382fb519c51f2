import { afterAll, beforeAll, expect, it } from 'vitest';

import { connectDatabase, type Database } from '../../server/database/connect.ts';
import { FuzzRandom, fuzzSeed } from '../support/fuzz-random.ts';
import { fuzzMessage } from '../support/fuzz-messages.ts';
import { deskOf } from '../support/office-desk.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { openRawPeer, RawRefusal, type RawPeer } from '../support/raw-peer.ts';
import { uniqueName, waitFor } from '../support/services.ts';

/** How many messages; `npm run fuzz` makes it 50 000. */
const MESSAGES = Number(process.env['FUZZ_MESSAGES'] ?? 4000);
const PEERS = 6;
/** One of so many is published twice, byte for byte. */
const TWIN_EVERY = 50;

let peer: RawPeer;
let office: TestOffice;
let database: Database;
const exchange = uniqueName('fuzz.dead');
const dead = uniqueName('fuzz.dead');
const workExchange = uniqueName('fuzz.work');
const work = uniqueName('fuzz.work');

beforeAll(async () => {
  peer = await openRawPeer();
  await peer.declareExchange(exchange, 'topic');
  await peer.declareQueue(dead);
  await peer.bind(dead, exchange, '#');
  // What comes here dies at once, with the routing key that it came with.
  await peer.declareExchange(workExchange, 'topic');
  await peer.declareQueue(work, { exchange, messageTtlMs: 0 });
  await peer.bind(work, workExchange, '#');
  office = await startOffice({ deadQueues: [dead] });
  database = connectDatabase({ url: office.databaseUrl, poolSize: 2 });
});

afterAll(async () => {
  await database.destroy();
  await office.remove();
  for (const queue of [dead, work]) await peer.deleteQueue(queue);
  for (const name of [exchange, workExchange]) await peer.deleteExchange(name);
  await peer.close();
});

/** What became of the publishing of one number. */
type Published = { times: number } | { refused: number };

/** Publishes the numbers from one up to another; a broker that hangs up is called again. */
async function publishAll(seed: number): Promise<Map<number, Published>> {
  const published = new Map<number, Published>();
  let next = 0;
  const worker = async (): Promise<void> => {
    let own = await openRawPeer();
    while (next < MESSAGES) {
      const number = next++;
      const random = new FuzzRandom(seed + number * 104_729);
      const dies = random.chance(0.4);
      const message = fuzzMessage(random, dies ? 'withoutBrokers' : 'all');
      const target = dies ? workExchange : exchange;
      const odd = random.chance(0.3) ? Buffer.concat([Buffer.from('.'), random.bytes(random.int(60))]) : '';
      const routingKey = Buffer.concat([Buffer.from(String(number)), Buffer.from(odd)]);
      const times = number % TWIN_EVERY === 0 ? 2 : 1;
      try {
        for (let time = 0; time < times; time += 1) await own.publish({ exchange: target, routingKey, ...message });
        published.set(number, { times });
      } catch (error) {
        // The broker does not take it, so nobody has to account for it. It closed the channel, or hung up.
        if (!(error instanceof RawRefusal)) throw error;
        published.set(number, { refused: error.code });
        if (error.closed === 'connection') own = await openRawPeer();
      }
    }
    await own.close();
  };
  await Promise.all(Array.from({ length: PEERS }, worker));
  return published;
}

/** How often each number is there, in the deaths and in the rejects. */
async function storedNumbers(): Promise<Map<number, number>> {
  const found = new Map<number, number>();
  const count = (rows: { number: string; n: string | number }[]) => {
    for (const { number, n } of rows) found.set(Number(number), (found.get(Number(number)) ?? 0) + Number(n));
  };
  const numberOf = "CONVERT(SUBSTRING_INDEX(routing_key, '.', 1) USING ascii)";
  const [deaths] = (await database.raw(
    `SELECT ${numberOf} AS number, COUNT(*) AS n FROM deaths JOIN contents ON contents.id = deaths.content_id GROUP BY 1`,
  )) as [{ number: string; n: string }[]];
  const [rejects] = (await database.raw(
    `SELECT ${numberOf} AS number, COUNT(*) AS n FROM intake_rejects GROUP BY 1`,
  )) as [{ number: string; n: string }[]];
  count(deaths);
  count(rejects);
  return found;
}

const countOf = async (table: string): Promise<number> => {
  const [row] = await database(table).count<{ n: string }[]>('* AS n');
  return Number(row?.n);
};

it(
  `takes in ${MESSAGES} generated messages, each exactly once, and stands`,
  async () => {
    const seed = fuzzSeed();
    process.stdout.write(`AMQP fuzz: seed ${seed} (FUZZ_SEED repeats it), ${MESSAGES} messages\n`);
    const published = await publishAll(seed);
    const expected = new Map<number, number>();
    const refusals = new Map<number, number>();
    for (const [number, what] of published) {
      if ('times' in what) expected.set(number, what.times);
      else refusals.set(what.refused, (refusals.get(what.refused) ?? 0) + 1);
    }
    const taken = [...expected.values()].reduce((sum, times) => sum + times, 0);
    let stored = 0;
    await waitFor(
      async () => {
        stored = (await countOf('deaths')) + (await countOf('intake_rejects'));
        return stored >= taken;
      },
      { deadlineMs: 60_000 + MESSAGES * 5, describe: () => `${taken} messages to be stored; there are ${stored}` },
    );
    const found = await storedNumbers();
    const lost = [...expected].filter(([number, times]) => (found.get(number) ?? 0) < times);
    const doubled = [...found].filter(([number, times]) => times > (expected.get(number) ?? 0));
    const rejects = await countOf('intake_rejects');
    process.stdout.write(
      `AMQP fuzz: ${taken} taken by the broker (refused: ${[...refusals].map(([code, n]) => `${code}: ${n}`).join(', ') || 'none'}), ` +
        `${stored - rejects} deaths, ${rejects} rejects, ${lost.length} lost, ${doubled.length} doubled\n`,
    );
    expect({ lost, doubled }).toEqual({ lost: [], doubled: [] });
    const queue = await waitFor(
      async () => {
        const now = await deskOf(office).deadQueue(dead);
        return now.depth === 0 ? now : null;
      },
      { describe: 'the dead queue is empty' },
    );
    expect([queue.state, queue.lastError]).toEqual(['consuming', null]);

    // The queue still flows.
    await peer.publish({
      exchange,
      routingKey: String(MESSAGES),
      header: Buffer.from([0, 0]),
      body: Buffer.from('{}'),
    });
    await waitFor(async () => (await countOf('deaths')) + (await countOf('intake_rejects')) === taken + 1, {
      describe: 'one more message',
    });
    await looksAtAll();
  },
  120_000 + MESSAGES * 10,
);

/** Whatever was stored can be listed and shown. */
async function looksAtAll(): Promise<void> {
  let after: string | undefined;
  let shown = 0;
  do {
    const list = await office.api
      .get('/api/messages')
      .query({ perPage: 500, sort: 'id', ...(after === undefined ? {} : { after }) })
      .expect(200);
    const { data, pageInfo } = list.body as {
      data: { id: string }[];
      pageInfo: { hasNextPage: boolean; after?: string };
    };
    for (const { id } of data.filter((_message, index) => index % 20 === 0)) {
      await office.api.get(`/api/messages/${id}`).expect(200);
      await office.api.get(`/api/messages/${id}/timeline`).expect(200);
      shown += 1;
    }
    after = pageInfo.hasNextPage ? pageInfo.after : undefined;
  } while (after !== undefined);
  expect(shown).toBeGreaterThan(0);
}
