import type { Options } from 'amqplib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import type { List } from '../../server/contract/schemas/lists.ts';
import { openManagement } from '../../server/amqp/management.ts';
import { amqplib } from '../../server/amqp/typed-codec.ts';
import type { DeadQueue, QueuePreflight } from '../../server/contract/schemas/dead-queues.ts';
import { openDeadQueue } from '../support/dead-queue.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { testServices, uniqueName, waitFor } from '../support/services.ts';

const cleanUp: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function openQueues(): Promise<{ safe: string; leaky: string }> {
  const safe = await openDeadQueue();
  cleanUp.push(safe.remove);
  const leaky = await openDeadQueue({ arguments: { 'x-message-ttl': 86_400_000, 'x-max-length': 1000 } });
  cleanUp.push(leaky.remove);
  return { safe: safe.name, leaky: leaky.name };
}

it('warns of what the broker itself could do to the messages of a dead queue', async () => {
  const { safe, leaky } = await openQueues();
  const office = await startOffice({ deadQueues: [safe, leaky] });
  cleanUp.push(office.remove);
  const { data } = (await office.api.get('/api/dead-queues').expect(200)).body as List<DeadQueue>;
  const warnings = new Map(data.map((queue) => [queue.name, queue.warnings]));
  expect(warnings.get(safe)).toEqual([]);
  expect(warnings.get(leaky)).toEqual([
    { code: 'messageTtl', params: { count: 86_400_000 } },
    { code: 'maxLength', params: { count: 1000 } },
  ]);
});

it('says what it could not check without the management API, and works', async () => {
  const { leaky } = await openQueues();
  const office = await startOffice({ deadQueues: [leaky], managementUrl: null });
  cleanUp.push(office.remove);
  const queue = await waitFor(async () => {
    const { data } = (await office.api.get('/api/dead-queues').expect(200)).body as List<DeadQueue>;
    return data.find(({ state }) => state === 'consuming');
  });
  expect(queue).toMatchObject({ type: null, warnings: [{ code: 'notChecked', params: {} }] });
  expect(await preflight(office, leaky)).toMatchObject({ state: 'present', type: null, depth: 0 });
});

it('says so when the management API does not answer', async () => {
  const { leaky } = await openQueues();
  const office = await startOffice({ deadQueues: [leaky], managementUrl: 'http://127.0.0.1:1' });
  cleanUp.push(office.remove);
  const { data } = (await office.api.get('/api/dead-queues').expect(200)).body as List<DeadQueue>;
  expect(data[0]?.warnings).toEqual([{ code: 'checkFailed', params: {} }]);
});

async function preflight(office: TestOffice, name: string): Promise<QueuePreflight> {
  return (await office.api.get('/api/dead-queues/preflight').query({ name }).expect(200)).body as QueuePreflight;
}

describe('The pre-flight of a queue', () => {
  let office: TestOffice;

  beforeAll(async () => {
    office = await startOffice();
  });
  afterAll(async () => {
    await office.remove();
  });

  const kinds: Record<string, { queue: Options.AssertQueue; type: string; warnings: QueuePreflight['warnings'] }> = {
    'a plain classic queue': { queue: {}, type: 'classic', warnings: [] },
    'a queue with a length limit in bytes and an expiry': {
      queue: { arguments: { 'x-max-length-bytes': 1_000_000, 'x-expires': 3_600_000 } },
      type: 'classic',
      warnings: [
        { code: 'maxLengthBytes', params: { count: 1_000_000 } },
        { code: 'expires', params: { count: 3_600_000 } },
      ],
    },
    'a queue with a dead-letter exchange of its own': {
      queue: { arguments: { 'x-dead-letter-exchange': 'amq.fanout' } },
      type: 'classic',
      warnings: [{ code: 'deadLetters', params: { exchange: 'amq.fanout' } }],
    },
    'a queue with a single active consumer': {
      queue: { arguments: { 'x-single-active-consumer': true } },
      type: 'classic',
      warnings: [{ code: 'singleActiveConsumer', params: {} }],
    },
    'a quorum queue with a delivery limit': {
      queue: { arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 5 } },
      type: 'quorum',
      warnings: [{ code: 'deliveryLimit', params: { count: 5 } }],
    },
    'a stream': {
      queue: { arguments: { 'x-queue-type': 'stream' } },
      type: 'stream',
      warnings: [{ code: 'stream', params: {} }],
    },
  };

  it('tells the risks of each kind of queue, and changes nothing', async () => {
    for (const [kind, { queue, type, warnings }] of Object.entries(kinds)) {
      const made = await openDeadQueue(queue);
      cleanUp.push(made.remove);
      expect([kind, await preflight(office, made.name)]).toEqual([
        kind,
        { name: made.name, state: 'present', type, depth: 0, consumers: 0, warnings },
      ]);
    }
    expect(((await office.api.get('/api/dead-queues').expect(200)).body as List<DeadQueue>).data).toEqual([]);
  });

  it('tells of a quorum queue by default that it drops after 20 returns, from RabbitMQ 4 on', async () => {
    const quorum = await openDeadQueue({ arguments: { 'x-queue-type': 'quorum' } });
    cleanUp.push(quorum.remove);
    const { warnings } = await preflight(office, quorum.name);
    expect([[], [{ code: 'deliveryLimit', params: { count: 20 } }]]).toContainEqual(warnings);
  });

  it('sees what a policy sets', async () => {
    const plain = await openDeadQueue();
    cleanUp.push(plain.remove);
    cleanUp.push(await setPolicy(plain.name, { 'message-ttl': 60_000, 'dead-letter-exchange': 'amq.direct' }));
    // The API tells it when the broker has applied it.
    await waitFor(async () => {
      const { managementUrl } = testServices();
      const facts = await openManagement({ url: managementUrl }).queue('/', plain.name);
      return facts?.effective_policy_definition?.['message-ttl'] === 60_000;
    });
    expect((await preflight(office, plain.name)).warnings).toEqual([
      { code: 'messageTtl', params: { count: 60_000 } },
      { code: 'deadLetters', params: { exchange: 'amq.direct' } },
    ]);
  });

  it('sees who consumes it, alone or beside', async () => {
    const shared = await openDeadQueue();
    cleanUp.push(shared.remove);
    const connection = await amqplib.connect(testServices().amqpUrl);
    const channel = await connection.createChannel();
    cleanUp.push(() => connection.close());
    await channel.consume(shared.name, () => undefined, { exclusive: true });
    // Statistics are told some seconds late.
    await waitFor(
      async () => {
        const facts = await openManagement({ url: testServices().managementUrl }).queue('/', shared.name);
        return (facts?.consumer_details ?? []).length > 0;
      },
      { deadlineMs: 20_000 },
    );
    expect((await preflight(office, shared.name)).warnings).toEqual([
      { code: 'otherConsumers', params: { count: 1 } },
      { code: 'exclusive', params: {} },
    ]);
  });

  it('tells of a queue that is not there, and of none without a name', async () => {
    expect(await preflight(office, uniqueName('test.nowhere'))).toMatchObject({ state: 'missing', warnings: [] });
    await office.api.get('/api/dead-queues/preflight').expect(400);
    await office.api
      .get('/api/dead-queues/preflight')
      .query({ name: '주'.repeat(100) })
      .expect(400);
  });
});

/** The returned function takes it away. */
async function setPolicy(queue: string, definition: Record<string, unknown>): Promise<() => Promise<void>> {
  const { origin, username, password } = new URL(testServices().managementUrl);
  const url = `${origin}/api/policies/%2F/${encodeURIComponent(queue)}`;
  const headers = {
    authorization: `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`,
    'content-type': 'application/json',
  };
  const body = JSON.stringify({ pattern: `^${queue.replaceAll('.', '\\.')}$`, 'apply-to': 'queues', definition });
  const response = await fetch(url, { method: 'PUT', headers, body });
  if (!response.ok) throw new Error(`The policy was refused: ${response.status}`);
  return async () => {
    await fetch(url, { method: 'DELETE', headers });
  };
}
