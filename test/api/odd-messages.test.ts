import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { MessageContents } from '../../server/amqp/message.ts';
import { OFFICE_HEADER } from '../../server/amqp/publisher.ts';
import type { List } from '../../server/contract/schemas/lists.ts';
import type { Message, MessageDetail } from '../../server/contract/schemas/messages.ts';
import type { Operation } from '../../server/contract/schemas/operations.ts';
import { openDeadQueue, type TestDeadQueue, type TestDestination } from '../support/dead-queue.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { testServices, waitFor } from '../support/services.ts';
import { reveal } from '../support/reveal.ts';

const text = (name: string, value: string) => ({ name, type: 'string' as const, value });

/** What workers and their bugs really send. Each has a message id by which it is found again. */
const odd: Record<string, Omit<MessageContents, 'properties'> & { properties?: MessageContents['properties'] }> = {
  'not JSON': { body: Buffer.from('<order id="ORD-1">취소</order>') },
  'an empty body': { body: Buffer.alloc(0) },
  'a binary body': { body: Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)) },
  'JSON nested 100 000 deep': { body: Buffer.from(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) },
  'JSON that is cut off': { body: Buffer.from('{"orderId":"ORD-') },
  'half a surrogate pair': { body: Buffer.from('{"orderId":"\\ud800"}') },
  'no header table at all': { body: Buffer.from('{}') },
  'an empty header table': { body: Buffer.from('{}'), headers: [] },
  'names that JavaScript treats specially': {
    body: Buffer.from('{"__proto__":{"orderId":"ORD-9"}}'),
    headers: [text('__proto__', 'a'), text('constructor', 'b'), text('!', 'c'), text('', 'd'), text('주문', 'e')],
  },
  'headers of every type': {
    body: Buffer.from('{}'),
    headers: [
      { name: 'int8', type: 'int8', value: -128 },
      { name: 'int16', type: 'int16', value: 300 },
      { name: 'int32', type: 'int32', value: 5 },
      { name: 'int64', type: 'int64', value: '9223372036854775807' },
      { name: 'float', type: 'float', value: 2 },
      { name: 'double', type: 'double', value: '-0' },
      { name: 'decimal', type: 'decimal', value: { places: 2, digits: 1999 } },
      { name: 'bytes', type: 'bytes', value: '/wA=' },
      { name: 'not utf-8', type: 'string', value: { base64: '/w==' } },
      { name: 'boolean', type: 'boolean', value: true },
      { name: 'timestamp', type: 'timestamp', value: '18446744073709551615' },
      {
        name: 'table',
        type: 'table',
        value: [text('!', 'x'), { name: 'deep', type: 'array', value: [{ type: 'void', value: null }] }],
      },
      { name: 'void', type: 'void', value: null },
    ],
  },
  'failure headers of the wrong types': {
    body: Buffer.from('{}'),
    headers: [
      { name: 'x-death', type: 'int32', value: 7 },
      { name: 'x-first-death-queue', type: 'void', value: null },
      { name: 'order-id', type: 'table', value: [] },
    ],
  },
  'a header of 100 000 bytes': { body: Buffer.from('{}'), headers: [text('stack', '가'.repeat(33_333))] },
  'every property': {
    body: Buffer.from('{}'),
    properties: {
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      deliveryMode: 1,
      priority: 9,
      correlationId: '상관',
      replyTo: 'replies',
      timestamp: '9007199254740993',
      type: '<script>',
      appId: 'app',
    },
  },
};

let office: TestOffice;
let dead: TestDeadQueue;
let destination: TestDestination;

/** RabbitMQ 4 takes no message over 16 MiB unless it is told to. */
async function largestBody(): Promise<number> {
  const { managementUrl } = testServices();
  const { username, password, origin } = new URL(managementUrl);
  const response = await fetch(`${origin}/api/overview`, {
    headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` },
  });
  const { rabbitmq_version: version } = (await response.json()) as { rabbitmq_version: string };
  return (version.startsWith('3.') ? 20 : 16) * 1024 * 1024;
}

async function find(messageId: string): Promise<MessageDetail> {
  const list = await waitFor(
    async () => {
      const answer = (await office.api.get('/api/messages').query({ messageId }).expect(200)).body as List<Message>;
      return answer.data.length > 0 && answer;
    },
    { describe: `${messageId} is listed`, deadlineMs: 20_000 },
  );
  return (await office.api.get(`/api/messages/${list.data[0]?.id ?? ''}`).expect(200)).body as MessageDetail;
}

async function downloadBody(id: string): Promise<Buffer> {
  await reveal(office.api, id);
  const response = await office.api
    .get(`/api/messages/${id}/body`)
    .buffer()
    .parse((incoming, done) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        done(null, Buffer.concat(chunks));
      });
    });
  return response.body as Buffer;
}

async function resend(id: string): Promise<Operation> {
  const { exchange, routingKey } = destination;
  const created = (
    await office.api
      .post('/api/operations')
      .send({ action: 'resend', selection: { ids: [id] }, target: { kind: 'custom', exchange, routingKey } })
      .expect(202)
  ).body as Operation;
  return await waitFor(
    async () => {
      const operation = (await office.api.get(`/api/operations/${created.id}`).expect(200)).body as Operation;
      return operation.status === 'finished' && operation;
    },
    { describe: 'the operation has finished', deadlineMs: 30_000 },
  );
}

beforeAll(async () => {
  dead = await openDeadQueue();
  destination = await dead.destination();
  office = await startOffice({ deadQueues: [dead.name] });
});

afterAll(async () => {
  await office.remove();
  await dead.remove();
});

describe('an odd message is stored, shown, and resent exactly:', () => {
  async function goesRound(name: string, given: (typeof odd)[string]): Promise<void> {
    const contents: MessageContents = { ...given, properties: { ...given.properties, messageId: name } };
    await dead.buryExactly(contents);

    const shown = await find(name);
    expect(shown).toMatchObject({ status: 'pending', bodySize: contents.body.length, properties: contents.properties });
    expect(shown.headersTyped).toHaveLength(contents.headers?.length ?? 0);
    expect(shown.headersTyped).toEqual(expect.arrayContaining(contents.headers ?? []));
    expect((await downloadBody(shown.id)).equals(contents.body)).toBe(true);

    const operation = await resend(shown.id);
    expect(operation.outcomes).toMatchObject({ confirmed: 1 });
    const arrived = await waitFor(() => destination.arrived.find(({ properties }) => properties.messageId === name));
    expect(arrived.properties).toEqual(contents.properties);
    expect(arrived.body.equals(contents.body)).toBe(true);
    const stale = new Set(['x-death', 'x-first-death-queue']);
    const expected = (contents.headers ?? []).filter((header) => !stale.has(header.name));
    const [ours, theirs] = [true, false].map((isOurs) =>
      (arrived.headers ?? []).filter((header) => (header.name === OFFICE_HEADER) === isOurs),
    );
    expect(ours).toHaveLength(1);
    expect(theirs).toHaveLength(expected.length);
    expect(theirs).toEqual(expect.arrayContaining(expected));
  }

  it.each(Object.entries(odd))('%s', goesRound);

  it('a body as large as the broker takes', async () => {
    await goesRound('large', { body: Buffer.alloc(await largestBody(), 'ORD-1 ') });
  });
});

it('one bad message leaves the others alone', async () => {
  await dead.bury({ messageId: 'before', body: '{"orderId":"ORD-100"}' });
  await dead.buryExactly({
    properties: { messageId: 'bad' },
    headers: [text('__proto__', '\0')],
    body: Buffer.from([0xff]),
  });
  await dead.bury({ messageId: 'after', body: '{"orderId":"ORD-101"}' });
  expect((await find('before')).keys).toEqual({ orderId: ['ORD-100'] });
  expect((await find('after')).keys).toEqual({ orderId: ['ORD-101'] });
});
