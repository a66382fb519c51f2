import fc from 'fast-check';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openManagement } from '../../../server/amqp/management.ts';
import type { HeaderTable, TypedValue } from '../../../server/amqp/message.ts';
import { Routing, type Publication, type Reach } from '../../../server/amqp/routing.ts';
import { amqplib, prepare } from '../../../server/amqp/typed-codec.ts';
import { testServices, uniqueName, waitFor } from '../../support/services.ts';
import { openWire, type Wire } from '../../support/wire.ts';

let wire: Wire;
let routing: Routing;

beforeEach(async () => {
  wire = await openWire();
  routing = new Routing({ management: openManagement({ url: testServices().managementUrl }), vhost: '/', freshMs: 0 });
});

afterEach(async () => {
  await wire.close();
});

const to = (exchange: string, routingKey: string, headers: HeaderTable = []): Publication => ({
  exchange,
  routingKey,
  headers,
});
const all = (...queues: string[]): Reach => ({ queues: queues.sort(), gap: null, byHeaders: false });

/** Sets a policy for one exchange and waits until it is in force. */
async function policyFor(exchange: string, definition: Record<string, unknown>): Promise<void> {
  const { origin, username, password } = new URL(testServices().managementUrl);
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const ask = (method: string, path: string, body?: unknown) =>
    fetch(`${origin}/api/${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const path = `policies/%2F/${exchange}`;
  wire.undo(() => ask('DELETE', path));
  const pattern = `^${exchange.replaceAll('.', '\\.')}$`;
  await ask('PUT', path, { pattern, definition, 'apply-to': 'exchanges' });
  await waitFor(async () => {
    const found = (await (await ask('GET', `exchanges/%2F/${exchange}`)).json()) as { policy?: string };
    return found.policy === exchange;
  });
}

/** Publishes for real, and says which of the queues have it. */
async function arrivesIn(queues: readonly string[], { exchange, routingKey, headers }: Publication): Promise<string[]> {
  const model = await amqplib.connect(wire.url);
  const channel = await model.createConfirmChannel();
  try {
    const contents = { properties: {}, headers, body: Buffer.from('x') };
    channel.publish(exchange, routingKey, contents.body, prepare(contents, false).options);
    await channel.waitForConfirms();
  } finally {
    await channel.close();
    await model.close();
  }
  const reached: string[] = [];
  for (const queue of queues) if ((await wire.drain(queue)).length > 0) reached.push(queue);
  return reached.sort();
}

const keys = fc.array(fc.constantFrom('a', 'b', ''), { maxLength: 3 }).map((words) => words.join('.'));
// RabbitMQ 4.3 takes no binding with more than two `#`.
const patterns = fc
  .array(fc.constantFrom('a', 'b', '', '*', '#'), { maxLength: 4 })
  .filter((words) => words.filter((word) => word === '#').length <= 2)
  .map((words) => words.join('.'));
const names = fc.constantFrom('tenant', 'kind', 'x-kind');

/** As amqplib writes them. */
const args = fc.dictionary(
  names,
  fc.constantFrom<unknown>(
    'kr',
    '',
    '5',
    5,
    2 ** 40,
    true,
    null,
    Buffer.from([0xff, 0xfe]),
    { '!': 'double', value: 5 },
    { '!': 'double', value: 1.5 },
    { '!': 'timestamp', value: 5 },
  ),
  { maxKeys: 2 },
);
const matchKinds = fc.constantFrom(undefined, 'all', 'any', 'all-with-x', 'any-with-x');

const values = fc.constantFrom<TypedValue>(
  { type: 'string', value: 'kr' },
  { type: 'string', value: '' },
  { type: 'string', value: '5' },
  { type: 'bytes', value: Buffer.from('kr').toString('base64') },
  { type: 'string', value: { base64: '//4=' } },
  { type: 'int8', value: 5 },
  { type: 'int64', value: String(2 ** 40) },
  { type: 'double', value: 5 },
  { type: 'float', value: 1.5 },
  { type: 'timestamp', value: '5' },
  { type: 'boolean', value: true },
  { type: 'void', value: null },
  { type: 'decimal', value: { places: 0, digits: 5 } },
);
const headers: fc.Arbitrary<HeaderTable> = fc.oneof(
  fc.array(
    fc.tuple(names, values).map(([name, value]) => ({ name, ...value })),
    { maxLength: 3 },
  ),
  // The keys that a publisher sends copies to.
  keys.map((key): HeaderTable => [{ name: 'CC', type: 'array', value: [{ type: 'string', value: key }] }]),
);

const QUEUES = 3;
const EXCHANGES = 4;
const place = fc.nat(EXCHANGES - 1);

/** Exchanges by their place; an alternate exchange beyond the last place is one that does not exist. */
const topologies = fc.record({
  types: fc.array(fc.constantFrom('direct', 'fanout', 'topic', 'headers'), {
    minLength: EXCHANGES,
    maxLength: EXCHANGES,
  }),
  alternates: fc.array(fc.option(fc.nat(EXCHANGES)), { minLength: EXCHANGES, maxLength: EXCHANGES }),
  bindings: fc.array(
    fc.record({
      from: place,
      toQueue: fc.option(fc.nat(QUEUES - 1)),
      toExchange: place,
      pattern: patterns,
      args,
      matchKind: matchKinds,
    }),
    { minLength: 3, maxLength: 10 },
  ),
  messages: fc.array(fc.record({ exchange: place, key: keys, headers }), { minLength: 8, maxLength: 8 }),
});

describe('What is foretold', () => {
  it(
    'is what the broker does, for exchanges of all types bound to each other in any way',
    { timeout: 120_000 },
    async () => {
      let told = 0;
      let untold = 0;
      await fc.assert(
        fc.asyncProperty(topologies, async ({ types, alternates, bindings, messages }) => {
          const own = await openWire();
          try {
            const names = types.map(() => uniqueName('test.route'));
            for (const [index, type] of types.entries()) {
              const alternate = alternates[index] ?? null;
              const name = names[index] ?? '';
              await own.channel.assertExchange(name, type, {
                durable: false,
                ...(alternate === null ? {} : { alternateExchange: names[alternate] ?? 'no.such.exchange' }),
              });
              own.undo(() => own.channel.deleteExchange(name));
            }
            const queues: string[] = [];
            while (queues.length < QUEUES) queues.push(await own.queue({ durable: false }));
            for (const { from, toQueue, toExchange, pattern, args, matchKind } of bindings) {
              const all = { ...args, ...(matchKind === undefined ? {} : { 'x-match': matchKind }) };
              const source = names[from] ?? '';
              if (toQueue === null) await own.channel.bindExchange(names[toExchange] ?? '', source, pattern, all);
              else await own.channel.bindQueue(queues[toQueue] ?? '', source, pattern, all);
            }
            for (const { exchange, key, headers } of messages) {
              const publication = to(names[exchange] ?? '', key, headers);
              const reach = await routing.reach(publication);
              const arrived = await arrivesIn(queues, publication);
              if (reach.gap === null) {
                told += 1;
                expect(reach.queues).toEqual(arrived);
              } else {
                untold += 1;
                expect(reach.gap).toBe('headers');
                expect(arrived).toEqual(expect.arrayContaining(reach.queues));
              }
            }
          } finally {
            await own.close();
          }
        }),
        { numRuns: Number(process.env['TEST_ROUTING_RUNS'] ?? 12), endOnFailure: true },
      );
      expect(told).toBeGreaterThan(untold);
    },
  );

  it('follows the alternate exchange of a policy where nothing else takes the message', async () => {
    const [main, spare] = [await wire.exchange('direct'), await wire.exchange('fanout')];
    const [queue, kept] = [await wire.queue(), await wire.queue()];
    await wire.channel.bindQueue(queue, main, 'a');
    await wire.channel.bindQueue(kept, spare, '');
    await policyFor(main, { 'alternate-exchange': spare });
    for (const [key, reached] of [
      ['a', [queue]],
      ['b', [kept]],
    ] as const) {
      expect(await routing.reach(to(main, key))).toEqual(all(...reached));
      expect(await arrivesIn([queue, kept], to(main, key))).toEqual(reached);
    }
  });

  it('has the default exchange send to the queue of that name, and nowhere as an alternate exchange', async () => {
    const queue = await wire.queue();
    expect(await routing.reach(to('', queue))).toEqual(all(queue));
    expect(await routing.reach(to('', uniqueName('no.such.queue')))).toEqual(all());
    const exchange = await wire.exchange('fanout', { alternateExchange: '' });
    expect(await routing.reach(to(exchange, queue))).toEqual(all());
    expect(await arrivesIn([queue], to(exchange, queue))).toEqual([]);
  });

  it('is nothing for an internal exchange, and for one that is not there', async () => {
    const [internal, queue] = [await wire.exchange('fanout', { internal: true }), await wire.queue()];
    await wire.channel.bindQueue(queue, internal, '');
    expect(await routing.reach(to(internal, 'k'))).toEqual(all());
    const missing = await routing.reach(to(uniqueName('no.such.exchange'), 'k'));
    expect(missing).toEqual({ queues: [], gap: 'missing', byHeaders: false });
  });
});

describe('The management API', () => {
  it('is not needed to say that nothing can be told', async () => {
    const none = new Routing({ management: null, vhost: '/' });
    expect(await none.reach(to('orders', 'k'))).toEqual({ queues: [], gap: 'notConfigured', byHeaders: false });
  });

  it('is asked once for a while, and when it fails nothing is told', async () => {
    const asked: (string | undefined)[] = [];
    const server = createServer(({ url }, response) => {
      asked.push(url);
      response.writeHead(503).end();
    }).listen(0, '127.0.0.1');
    try {
      await waitFor(() => server.listening);
      const { port } = server.address() as AddressInfo;
      const away = new Routing({ management: openManagement({ url: `http://127.0.0.1:${port}` }), vhost: '/' });
      for (let look = 0; look < 3; look++) {
        expect(await away.reach(to('orders', 'k'))).toEqual({ queues: [], gap: 'notAnswered', byHeaders: false });
      }
      expect(asked.filter((url) => url === '/api/exchanges/%2F/orders')).toHaveLength(1);
    } finally {
      server.close();
    }
  });
});
