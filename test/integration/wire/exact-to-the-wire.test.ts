import { randomBytes } from 'node:crypto';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { DeadQueue } from '../../../server/contract/schemas/dead-queues.ts';
import type { List } from '../../../server/contract/schemas/lists.ts';
import type { Message } from '../../../server/contract/schemas/messages.ts';
import type { Operation } from '../../../server/contract/schemas/operations.ts';
import { startOffice, type TestOffice } from '../../support/office.ts';
import { openRawPeer, type RawMessage, type RawPeer } from '../../support/raw-peer.ts';
import { uniqueName, waitFor } from '../../support/services.ts';
import {
  array,
  double,
  entriesOf,
  float,
  headerBytes,
  int,
  long,
  propertiesIn,
  short,
  string,
  table,
  tableOf,
  uint8,
  value,
  withoutEntries,
  type EntryBytes,
  type HeaderBytes,
} from '../../support/wire-bytes.ts';

let peer: RawPeer;
let office: TestOffice;
let deadQueueId: string;
const [exchange, deadExchange] = [uniqueName('test.exact'), uniqueName('test.exact.dead')];
const [keyed, copies] = [uniqueName('test.exact.keyed'), uniqueName('test.exact.copies')];
const [work, dead, witness] = [uniqueName('test.exact.work'), uniqueName('test.exact.dead'), uniqueName('test.exact')];

beforeAll(async () => {
  peer = await openRawPeer();
  await peer.declareExchange(exchange, 'topic');
  await peer.declareExchange(deadExchange, 'fanout');
  await peer.declareQueue(work, { exchange: deadExchange });
  await peer.bind(work, exchange, 'case.#');
  // Another one, whose dead letters lose the key, and on RabbitMQ 3.12 and older the CC too.
  await peer.declareQueue(keyed, { exchange: deadExchange, routingKey: 'gone' });
  await peer.bind(keyed, exchange, 'keyed.#');
  await peer.declareQueue(copies);
  await peer.bind(copies, exchange, 'copy');
  // The broker puts the same bytes into both: one is emptied by the office, the other one is read here.
  for (const queue of [dead, witness]) {
    await peer.declareQueue(queue);
    await peer.bind(queue, deadExchange, '#');
  }
  office = await startOffice({ deadQueues: [dead] });
  const { body } = (await office.api.get('/api/dead-queues').expect(200)) as { body: List<DeadQueue> };
  deadQueueId = body.data[0]?.id ?? '';
});
afterAll(async () => {
  await office.remove();
  for (const queue of [work, keyed, copies, dead, witness]) await peer.deleteQueue(queue);
  for (const one of [exchange, deadExchange]) await peer.deleteExchange(one);
  await peer.close();
});

interface Given {
  header: HeaderBytes;
  body: Buffer;
}
/** One message at the three places where its bytes can be seen. */
interface Seen {
  published: Given;
  /** As the broker put it into the dead queues. */
  died: RawMessage;
  resent: RawMessage;
  messageId: string;
}

let cases = 0;
const BROKERS_OWN = /^x-(death|(first|last)-death-(exchange|queue|reason))$/;
const FAILURE_HEADER = /^x-failure-/;
const OFFICE_HEADER = 'x-dead-letter-office-id';
const isNamed = (name: RegExp) => (entry: EntryBytes) => name.test(entry.name.toString('latin1'));

async function take(queue: string, count: number): Promise<RawMessage[]> {
  const taken: RawMessage[] = [];
  await waitFor(
    async () => {
      for (let got = await peer.get(queue); got !== null; got = await peer.get(queue)) taken.push(got);
      return taken.length >= count;
    },
    { deadlineMs: 20_000, describe: () => `${count} messages in ${queue}; there are ${taken.length}` },
  );
  return taken;
}

const byKey = (messages: readonly RawMessage[]) => new Map(messages.map((one) => [one.routingKey, one]));
function known<K, V>(map: Map<K, V>, key: K): V {
  const found = map.get(key);
  if (found === undefined) throw new Error(`Nothing is known of ${String(key)}.`);
  return found;
}

async function resendAll(ids: string[], more: object = {}): Promise<void> {
  const started = await office.api.post('/api/operations').send({ action: 'resend', selection: { ids }, ...more });
  expect(started.status).toBe(202);
  const { id } = started.body as Operation;
  const ended = await waitFor(
    async () => {
      const { body } = (await office.api.get(`/api/operations/${id}`)) as { body: Operation };
      return body.finishedAt === null ? null : body;
    },
    { deadlineMs: 20_000 },
  );
  expect(ended.outcomes).toMatchObject({ confirmed: ids.length });
}

/** Failed messages by the routing key they were published with. */
async function takenIn(keys: readonly string[]): Promise<Map<string, Message>> {
  const found = new Map<string, Message>();
  await waitFor(
    async () => {
      const query = `status=pending&perPage=500&deadQueue=${dead}`;
      const { body } = (await office.api.get(`/api/messages?${query}`).expect(200)) as { body: List<Message> };
      for (const one of body.data) found.set(one.routingKey ?? '', one);
      return keys.every((key) => found.has(key));
    },
    { deadlineMs: 20_000, describe: () => `messages to be taken in; ${found.size} of ${keys.length} are` },
  );
  return found;
}

/** Publishes them, lets them die, has the office take them in and resend them, and gives what was on the wire. */
async function sendAround(given: readonly Given[], way: 'rejected' | 'published dead' = 'rejected'): Promise<Seen[]> {
  const keys = given.map(() => `case.${++cases}`);
  for (const [index, one] of given.entries()) {
    const routingKey = keys[index] ?? '';
    if (way === 'rejected') {
      await peer.publish({ ...one, exchange, routingKey });
      const got = await peer.get(work, { ack: true });
      if (got === null) throw new Error('The work queue has not got its message.');
      peer.reject(got.deliveryTag);
    } else
      await peer.publish({ ...one, header: withOrigin(one.header, routingKey), exchange: deadExchange, routingKey });
  }
  const died = byKey(await take(witness, given.length));
  const messages = await takenIn(keys);
  await resendAll(keys.map((key) => known(messages, key).id));
  const resent = byKey(await take(work, given.length));
  return given.map((published, index) => {
    const key = keys[index] ?? '';
    const messageId = known(messages, key).id;
    return { published, died: known(died, key), resent: known(resent, key), messageId };
  });
}

/** The failure headers of a worker that dead-letters by publishing, put in front. */
function withOrigin(header: HeaderBytes, routingKey: string): HeaderBytes {
  const properties = propertiesIn(header);
  const kept = properties.headers?.subarray(4) ?? Buffer.alloc(0);
  const origin = tableOf(
    ['x-failure-exchange', string(exchange)],
    ['x-failure-routing-key', string(routingKey)],
    ['x-failure-queue', string(work)],
  );
  return headerBytes({ ...properties, headers: long(Buffer.concat([origin.subarray(4), kept])) });
}

/** Takes the office's own header off, which must be there exactly once. */
function withoutMark(header: HeaderBytes): HeaderBytes {
  const isMark = ({ name }: EntryBytes) => name.toString('latin1') === OFFICE_HEADER;
  expect(entriesOf(propertiesIn(header).headers ?? tableOf()).filter(isMark)).toHaveLength(1);
  return withoutEntries(header, isMark);
}

function expectUnchanged({ died, resent }: Seen, added = BROKERS_OWN): void {
  expect(resent.exchange).toBe(exchange);
  expect(resent.body.equals(died.body)).toBe(true);
  expect(withoutMark(resent.header).toString('hex')).toBe(withoutEntries(died.header, isNamed(added)).toString('hex'));
}

/** Bytes in an order of their own: the broker sorts headers by name. */
const sorted = (header: HeaderBytes) => {
  const { headers = tableOf(), ...properties } = propertiesIn(header);
  const entries = entriesOf(headers).map(({ bytes }) => bytes.toString('hex'));
  const texts = Object.fromEntries(Object.entries(properties).map(([name, bytes]) => [name, bytes.toString('hex')]));
  return { ...texts, headers: entries.sort() };
};

const notUtf8 = Buffer.from([0xff, 0xfe, 0x00, 0xc3]);
const nested = (depth: number): Buffer => (depth === 0 ? value('V') : table(['t', array(nested(depth - 1))]));
const everyProperty = {
  contentType: short('application/json'),
  contentEncoding: short('utf-8'),
  headers: tableOf(['a', value('l', int(8, 5))]),
  deliveryMode: uint8(2),
  priority: uint8(255),
  correlationId: short('주문-1'),
  replyTo: short('replies'),
  messageId: short('x'.repeat(255)),
  timestamp: int(8, 1_795_000_000),
  type: short('OrderCancelled'),
  appId: short('shop'),
  clusterId: short('cluster'),
};
const headers = (...entries: Parameters<typeof tableOf>) => headerBytes({ headers: tableOf(...entries) });

/** Headers that no broker changes, apart from their order. */
const kept: [string, HeaderBytes][] = [
  ['every property', headerBytes(everyProperty)],
  ['no property at all', headerBytes({})],
  ['transient', headerBytes({ deliveryMode: uint8(1), headers: tableOf(['a', string('b')]) })],
  ['an empty table', headers()],
  ['texts that are empty', headerBytes({ contentType: short(''), messageId: short(''), type: short('') })],
  ['texts that are not UTF-8', headerBytes({ correlationId: short(notUtf8), appId: short(notUtf8) })],
  ['a zero timestamp', headerBytes({ timestamp: int(8, 0) })],
  ['a timestamp of 2^63', headerBytes({ timestamp: int(8, 2n ** 63n) })],
  ['the last timestamp', headerBytes({ timestamp: int(8, 2n ** 64n - 1n) })],
  [
    'small integers',
    headers(['b', value('b', int(1, -5))], ['B', value('B', int(1, 200))], ['i', value('I', int(4, 5))]),
  ],
  [
    '16 and 32 bits',
    headers(['s', value('s', int(2, -300))], ['u', value('u', int(2, 60_000))], ['U', value('i', int(4, 4e9))]),
  ],
  [
    '64 bits past 2^53 and both ends',
    headers(
      ['small', value('l', int(8, 5))],
      ['past', value('l', int(8, 2n ** 53n + 1n))],
      ['max', value('l', int(8, 2n ** 63n - 1n))],
      ['min', value('l', int(8, -(2n ** 63n)))],
    ),
  ],
  ['whole-number floats', headers(['f', float(2)], ['d', double(5)], ['f0', float(-0)], ['d0', double(-0)])],
  [
    'other floats',
    headers(['f', float(0.1)], ['d', double(-1e20)], ['e', double(5e-324)], ['m', double(Number.MAX_VALUE)]),
  ],
  [
    'timestamps',
    headers(
      ['0', value('T', int(8, 0))],
      ['1', value('T', int(8, 2n ** 63n))],
      ['2', value('T', int(8, 2n ** 64n - 1n))],
    ),
  ],
  [
    'decimals',
    headers(
      ['d', value('D', Buffer.concat([uint8(2), int(4, 1999)]))],
      ['n', value('D', Buffer.concat([uint8(255), int(4, -(2 ** 31))]))],
    ),
  ],
  ['bytes', headers(['x', value('x', long(Buffer.from([0, 1, 0xff])))], ['empty', value('x', long(''))])],
  ['void and booleans', headers(['v', value('V')], ['t', value('t', uint8(1))], ['f', value('t', uint8(0))])],
  [
    'strings',
    headers(
      ['s', string('주문 취소 😀')],
      ['empty', string('')],
      ['not UTF-8', string(notUtf8)],
      ['zero', string('\0')],
    ),
  ],
  ['a byte order mark', headers(['s', string('\ufeffx')], ['\ufeff', string('x')])],
  ['nothing within', headers(['t', table()], ['a', array()], ['n', table(['a', array(table(), array())])])],
  [
    'tables and arrays within',
    headers(['deep', nested(40)], ['mixed', array(value('l', int(8, 1)), string('2'), double(3), value('V'))]),
  ],
  ['odd names within', headers(['t', table(['!', string('timestamp')], ['', value('V')])])],
  [
    'odd names',
    headers(
      ['', string('empty')],
      ['!', string('int64')],
      ['__proto__', double(5)],
      ['constructor', table(['__proto__', string('x')])],
      ['n'.repeat(255), value('V')],
      [notUtf8, string('not UTF-8')],
      ['주문', string('취소')],
    ),
  ],
  ['names like ours', headers(['x-dead-letter-office', string('a')], ['X-Death', string('b')], ['cc', string('c')])],
  ['headers near a frame', headers(['stack', string('가'.repeat(40_000))])],
];

/** What one broker or the other writes in its own way. */
const changed: [string, HeaderBytes][] = [
  ['duplicates', headers(['b', string('1')], ['a', string('2')], ['b', value('l', int(8, 3))])],
  ['the tag L', headers(['L', value('L', int(8, 5))], ['n', array(value('L', int(8, -1)))])],
  ['an odd true', headers(['t', value('t', uint8(2))])],
  [
    'names within that are not in order',
    headers(['t', table(['b', value('V')], ['a', value('V')], ['b', value('V')])]),
  ],
];

describe('A message that a queue rejected is resent', () => {
  it('with every byte of its content header as the broker had it, with one header more', async () => {
    const all = [...kept, ...changed].map(([, header]) => ({ header, body: Buffer.from('{}') }));
    for (const seen of await sendAround(all)) expectUnchanged(seen);
  });

  it('with every byte as it was published, where the broker keeps them', async () => {
    for (const { published, resent } of await sendAround(
      kept.map(([, header]) => ({ header, body: randomBytes(9) })),
    )) {
      expect(sorted(withoutMark(resent.header))).toEqual(sorted(published.header));
      expect(resent.body.equals(published.body)).toBe(true);
    }
  });

  it('with exactly its body, whatever its size', async () => {
    const frame = peer.frameMax - 8;
    const bodies = [
      Buffer.alloc(0),
      Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
      randomBytes(frame),
      randomBytes(frame + 1),
      Buffer.alloc(300_000, 0),
      randomBytes(5 * 1024 * 1024 + 3),
    ];
    for (const seen of await sendAround(bodies.map((body) => ({ header: headerBytes(everyProperty), body })))) {
      expectUnchanged(seen);
      expect(seen.resent.body.equals(seen.published.body)).toBe(true);
    }
  });

  it('whatever is in its headers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(randomHeaders, { minLength: 8, maxLength: 20 }), async (many) => {
        for (const seen of await sendAround(many.map((header) => ({ header, body: header })))) expectUnchanged(seen);
      }),
      { numRuns: 6, endOnFailure: true },
    );
  });

  it('with no header of ours at all where that is switched off', async () => {
    const all = [...kept, ...changed].map(([, header]) => ({ header, body: Buffer.from('x') }));
    const seen = await sendAround(all);
    await office.api.patch(`/api/dead-queues/${deadQueueId}`).send({ addHeader: false }).expect(200);
    try {
      await resendAll(seen.map(({ messageId }) => messageId));
      const resent = byKey(await take(work, seen.length));
      for (const { died } of seen) {
        const { header, body } = known(resent, died.routingKey);
        expect(header.toString('hex')).toBe(withoutEntries(died.header, isNamed(BROKERS_OWN)).toString('hex'));
        expect(body.equals(died.body)).toBe(true);
      }
    } finally {
      await office.api.patch(`/api/dead-queues/${deadQueueId}`).send({ addHeader: true }).expect(200);
    }
  });
});

describe('A message whose user, copies and expiration the broker looks after is resent', () => {
  const properties = { messageId: short('m-1'), expiration: short('3600000') };
  const cc = array(string('copy'), string('nowhere'));

  it.each([
    ['a dead queue that keeps its key', work, 'case.cc'],
    ['a dead queue that does not', keyed, 'keyed.cc'],
  ])('without CC and expiration, and with both where that is asked, out of %s', async (_way, queue, routingKey) => {
    const userId = short(peer.user);
    const header = headerBytes({ ...properties, userId, headers: tableOf(['CC', cc], ['a', string('b')]) });
    const body = randomBytes(20);
    await peer.publish({ exchange, routingKey, header, body });
    expect(await take(copies, 1)).toHaveLength(1);
    const got = await peer.get(queue, { ack: true });
    if (got === null) throw new Error('The queue has not got its message.');
    peer.reject(got.deliveryTag);
    await take(witness, 1);
    const id = known(await takenIn([routingKey]), routingKey).id;

    await resendAll([id]);
    const [plain] = await take(queue, 1);
    const withoutBoth = headerBytes({ messageId: properties.messageId, userId, headers: tableOf(['a', string('b')]) });
    expect(plain && sorted(withoutMark(plain.header))).toEqual(sorted(withoutBoth));
    expect(await peer.get(copies)).toBeNull();

    await resendAll([id], { restoreCc: true, restoreExpiration: true });
    const [restored] = await take(queue, 1);
    expect(restored && sorted(withoutMark(restored.header))).toEqual(sorted(header));
    expect(restored?.body.equals(body)).toBe(true);
    expect(await take(copies, 1)).toHaveLength(1);
  });
});

describe('A message that a worker published to the dead queue is resent', () => {
  it('with every byte that the broker delivered but the failure headers; RabbitMQ 3.12 and older keep all of them', async () => {
    const all = [...kept, ...changed].map(([, header]) => ({ header, body: Buffer.from('{}') }));
    for (const seen of await sendAround(all, 'published dead')) expectUnchanged(seen, FAILURE_HEADER);
  });
});

/** Any table that RabbitMQ carries: all tags, nested, with duplicates and names of any bytes. */
const randomHeaders: fc.Arbitrary<HeaderBytes> = (() => {
  const bytes = (most: number) => fc.uint8Array({ maxLength: most }).map((some) => Buffer.from(some));
  const names = fc.oneof(
    fc.constantFrom('', '!', '__proto__', 'a', 'b', '한').map((name) => Buffer.from(name)),
    bytes(20),
  );
  const fixed = (tag: string, size: number) =>
    fc.uint8Array({ minLength: size, maxLength: size }).map((some) => value(tag, Buffer.from(some)));
  const finite = { noNaN: true, noDefaultInfinity: true };
  const plain = fc.oneof(
    fixed('b', 1),
    fixed('B', 1),
    fixed('t', 1),
    fixed('s', 2),
    fixed('u', 2),
    fixed('I', 4),
    fixed('i', 4),
    fixed('l', 8),
    fixed('L', 8),
    fixed('T', 8),
    fixed('D', 5),
    fc.constant(value('V')),
    fc.float(finite).map(float),
    fc.double(finite).map(double),
    bytes(40).map(string),
    bytes(40).map((some) => value('x', long(some))),
  );
  // A type, not an interface: only those are records to the compiler.
  type Tied = { value: Buffer; table: [Buffer, Buffer][] };
  const tied = fc.letrec<Tied>((tie) => {
    const any: fc.Arbitrary<Buffer> = tie('value');
    const entries: fc.Arbitrary<[Buffer, Buffer][]> = tie('table');
    return {
      value: fc.oneof(
        { maxDepth: 4 },
        plain,
        entries.map((some) => table(...some)),
        fc.array(any, { maxLength: 4 }).map((values) => array(...values)),
      ),
      table: fc.array(fc.tuple(names, any), { maxLength: 6 }),
    };
  });
  return tied.table.map((entries) => headers(...entries));
})();
