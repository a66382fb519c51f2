import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { HeaderTable, MessageContents, MessageProperties } from '../../server/amqp/message.ts';
import { OFFICE_HEADER } from '../../server/amqp/publisher.ts';
import { prepare } from '../../server/amqp/typed-codec.ts';
import type { List } from '../../server/contract/schemas/lists.ts';
import type { Message, MessageDetail } from '../../server/contract/schemas/messages.ts';
import type { Operation, OperationItem } from '../../server/contract/schemas/operations.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { waitFor } from '../support/services.ts';
import { openWire, type Wire } from '../support/wire.ts';
import { reveal } from '../support/reveal.ts';

const base64 = (text: string | Buffer) => Buffer.from(text as string).toString('base64');
const text = (name: string, value: string) => ({ name, type: 'string' as const, value });
const typed = (Type: number, Value: unknown) => ({ Type, Value });

let wire: Wire;
let office: TestOffice;
/** The queue that the messages failed in, the error queues of the frameworks, the exchange of the first. */
let names: { queue: string; exchange: string; easyNetQ: string; sneakers: string };

beforeAll(async () => {
  wire = await openWire();
  const { channel } = wire;
  const queue = await wire.queue();
  const exchange = await wire.exchange('topic');
  await channel.bindQueue(queue, exchange, 'order.created');
  const easyNetQ = await wire.queue();
  const sneakers = `${queue}-error`;
  await channel.assertQueue(sneakers);
  wire.undo(() => channel.deleteQueue(sneakers));
  await channel.assertExchange(`${queue}-retry-requeue`, 'topic');
  wire.undo(() => channel.deleteExchange(`${queue}-retry-requeue`));
  await channel.bindQueue(queue, `${queue}-retry-requeue`, '#');
  names = { queue, exchange, easyNetQ, sneakers };
  office = await startOffice({ deadQueues: [easyNetQ, sneakers] });
});

afterAll(async () => {
  await office.remove();
  await wire.close();
});

function easyNetQEnvelope(message: string, basic: object, error = 'No currency'): MessageContents {
  const envelope = {
    RoutingKey: 'order.created',
    Exchange: names.exchange,
    Queue: names.queue,
    Exception: `System.InvalidOperationException: ${error}\n   at Acme.OrderConsumer.Consume(OrderCreated message)`,
    Message: message,
    DateTime: '2026-11-22T07:00:00.1234567Z',
    BasicProperties: basic,
  };
  return {
    properties: { type: 'EasyNetQ.SystemMessages.Error, EasyNetQ', deliveryMode: 2, contentType: 'application/json' },
    body: Buffer.from(JSON.stringify(envelope)),
  };
}

const bury = (queue: string, contents: MessageContents) => {
  wire.channel.publish('', queue, contents.body, prepare(contents, true).options);
};

async function find(messageId: string, failureCount = 1): Promise<MessageDetail> {
  const found = await waitFor(
    async () => {
      const { data } = (await office.api.get('/api/messages').query({ messageId }).expect(200)).body as List<Message>;
      return data.find((message) => message.failureCount === failureCount);
    },
    { describe: `${messageId} has failed ${failureCount} times`, deadlineMs: 20_000 },
  );
  return (await office.api.get(`/api/messages/${found.id}`).expect(200)).body as MessageDetail;
}

async function download(id: string, as?: string): Promise<Buffer> {
  await reveal(office.api, id);
  const response = await office.api
    .get(`/api/messages/${id}/body`)
    .query(as === undefined ? {} : { as })
    .buffer()
    .parse((incoming, done) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        done(null, Buffer.concat(chunks));
      });
    })
    .expect(200);
  return response.body as Buffer;
}

/** Resends it to where it came from. */
async function resend(id: string, options: { sendInexact?: boolean } = {}): Promise<Operation> {
  const asked = { action: 'resend', selection: { ids: [id] }, ...options };
  const created = (await office.api.post('/api/operations').send(asked).expect(202)).body as Operation;
  return await waitFor(
    async () => {
      const operation = (await office.api.get(`/api/operations/${created.id}`).expect(200)).body as Operation;
      return operation.status === 'finished' && operation;
    },
    { describe: 'the operation has finished', deadlineMs: 30_000 },
  );
}

async function arrived(): Promise<MessageContents & { mark: string }> {
  const [message, ...more] = await waitFor(async () => {
    const all = await wire.drain(names.queue);
    return all.length > 0 && all;
  });
  expect(more).toEqual([]);
  const { properties, headers = [], body } = message ?? { properties: {}, body: Buffer.alloc(0) };
  const mark = headers.find(({ name }) => name === OFFICE_HEADER);
  const theirs = headers.filter(({ name }) => name !== OFFICE_HEADER);
  return { properties, headers: theirs, body, mark: mark?.type === 'string' ? (mark.value as string) : '' };
}

const byName = (headers: HeaderTable = []) => [...headers].sort((a, b) => (a.name < b.name ? -1 : 1));

/** It is taken in, shown, and resent: each time it is the message in the envelope. */
async function goesRound(
  arrivedAs: { queue: string; contents: MessageContents },
  inner: MessageContents & { properties: MessageProperties & { messageId: string } },
  orderId: string,
): Promise<{ shown: MessageDetail; mark: string }> {
  bury(arrivedAs.queue, arrivedAs.contents);
  const shown = await find(inner.properties.messageId);
  expect(shown).toMatchObject({
    queue: names.queue,
    bodySize: inner.body.length,
    contentType: inner.properties.contentType,
    keys: { orderId: [orderId] },
    properties: inner.properties,
    bodyPreview: { encoding: 'utf8', text: inner.body.toString() },
    inexactParts: [],
    resendable: { ok: true },
    envelope: {
      properties: arrivedAs.contents.properties,
      headersTyped: arrivedAs.contents.headers ?? [],
      bodySize: arrivedAs.contents.body.length,
      framework: shown.framework,
    },
  });
  expect((await download(shown.id)).equals(inner.body)).toBe(true);
  expect((await download(shown.id, 'arrived')).equals(arrivedAs.contents.body)).toBe(true);
  const byOrder = (await office.api.get('/api/messages').query({ orderId }).expect(200)).body as List<Message>;
  expect(byOrder.data.map(({ id }) => id)).toEqual([shown.id]);

  expect((await resend(shown.id)).outcomes).toMatchObject({ confirmed: 1 });
  const { mark, ...sent } = await arrived();
  expect({ ...sent, headers: byName(sent.headers) }).toEqual({
    properties: inner.properties,
    headers: byName((inner.headers ?? []).filter(({ name }) => name !== 'x-death')),
    body: inner.body,
  });
  return { shown, mark };
}

const inner = {
  properties: {
    contentType: 'application/json',
    deliveryMode: 2,
    priority: 4,
    correlationId: '주문-7',
    timestamp: '1795330800',
    type: 'Acme.OrderCreated, Acme',
  },
};

describe('what is in an envelope is what is shown and resent:', () => {
  it('EasyNetQ', async () => {
    const properties = { ...inner.properties, messageId: 'easynetq', expiration: '90061500' };
    const body = '{"orderId":"ORD-20261122-000501","품목":"책"}';
    const basic = {
      ContentType: 'application/json',
      DeliveryMode: 2,
      Priority: 4,
      CorrelationId: '주문-7',
      Timestamp: 1795330800,
      Type: 'Acme.OrderCreated, Acme',
      MessageId: 'easynetq',
      Expiration: '1.01:01:01.5000000',
      Headers: {
        tenant: typed(14, base64('취소')),
        bytes: typed(14, base64(Buffer.from([0xff, 0]))),
        retries: typed(6, 3),
        at: typed(12, 1795330800),
        table: typed(16, { deep: typed(8, 7) }),
      },
    };
    const headers: HeaderTable = [
      text('tenant', '취소'),
      { name: 'bytes', type: 'string', value: { base64: '/wA=' } },
      { name: 'retries', type: 'int32', value: 3 },
      { name: 'at', type: 'timestamp', value: '1795330800' },
      { name: 'table', type: 'table', value: [{ name: 'deep', type: 'int64', value: '7' }] },
    ];
    const { shown, mark } = await goesRound(
      { queue: names.easyNetQ, contents: easyNetQEnvelope(body, basic) },
      { properties, headers, body: Buffer.from(body) },
      'ORD-20261122-000501',
    );
    expect(shown).toMatchObject({
      framework: 'easynetq',
      exchange: names.exchange,
      routingKey: 'order.created',
      errorType: 'System.InvalidOperationException',
    });

    // It fails again: our mark is in the envelope too, so it is a further death of the same message.
    const again = { ...basic, Headers: { ...basic.Headers, [OFFICE_HEADER]: typed(14, base64(mark)) } };
    bury(names.easyNetQ, easyNetQEnvelope(body, again, 'Still no currency'));
    const back = await find('easynetq', 2);
    expect(back).toMatchObject({ id: shown.id, status: 'pending', errorMessage: 'Still no currency' });
    expect(back.deaths).toHaveLength(2);
    expect(back.envelope?.bodySize).toBeGreaterThan(shown.envelope?.bodySize ?? 0);
  });

  it('Sneakers 2.12 and Kicks', async () => {
    const properties = { ...inner.properties, messageId: 'kicks' };
    const body = Buffer.from('{"orderId":"ORD-20261122-000502"}');
    const info = {
      error: 'reject',
      num_attempts: 4,
      failed_at: '2026-11-22T07:00:00+00:00',
      error_class: 'RuntimeError',
      error_message: 'SMS gateway said 503',
      properties: {
        content_type: 'application/json',
        delivery_mode: 2,
        priority: 4,
        correlation_id: '주문-7',
        timestamp: '2026-11-22 16:00:00 +0900',
        type: 'Acme.OrderCreated, Acme',
        message_id: 'kicks',
        headers: { tenant: '취소', urgent: true, 'x-death': [{ count: 3, queue: names.queue, reason: 'rejected' }] },
      },
    };
    const contents: MessageContents = {
      properties: { contentType: 'application/octet-stream', deliveryMode: 2, priority: 0 },
      headers: [text('retry_info', JSON.stringify(info))],
      body,
    };
    const { shown } = await goesRound(
      { queue: names.sneakers, contents },
      { properties, headers: [text('tenant', '취소'), { name: 'urgent', type: 'boolean', value: true }], body },
      'ORD-20261122-000502',
    );
    expect(shown).toMatchObject({ framework: 'sneakers', exchange: `${names.queue}-retry-requeue`, retryCount: 3 });
  });

  it('Sneakers up to 2.11', async () => {
    const properties = { ...inner.properties, messageId: 'sneakers' };
    const body = Buffer.from(`{"orderId":"ORD-20261122-000503","text":"${'가'.repeat(50)}"}`);
    const envelope = {
      error: 'reject',
      num_attempts: 2,
      failed_at: '2026-11-22T07:00:00+00:00',
      payload: base64(body).replace(/.{60}/g, '$&\n'),
      properties: base64(
        JSON.stringify({
          content_type: 'application/json',
          delivery_mode: 2,
          priority: 4,
          correlation_id: '주문-7',
          timestamp: '2026-11-22 07:00:00 UTC',
          type: 'Acme.OrderCreated, Acme',
          message_id: 'sneakers',
        }),
      ),
      error_class: 'RuntimeError',
      error_message: 'SMS gateway said 503',
    };
    const contents: MessageContents = { properties: { deliveryMode: 2 }, body: Buffer.from(JSON.stringify(envelope)) };
    await goesRound({ queue: names.sneakers, contents }, { properties, body }, 'ORD-20261122-000503');
  });
});

it('what an envelope did not hold exactly is named, and is sent only when somebody decides that', async () => {
  const basic = { MessageId: 'guessed', Headers: { tenant: base64('acme'), retries: 3 } };
  bury(names.easyNetQ, easyNetQEnvelope('half a \uFFFD', basic));
  const shown = await find('guessed');
  const parts = 'headers.retries (guessed), body (guessed)';
  expect(shown).toMatchObject({
    inexactParts: ['header retries', 'body'],
    resendable: { ok: false, code: 'item.notExact', params: { parts } },
  });
  const operation = await resend(shown.id);
  expect(operation.outcomes).toMatchObject({ skipped: 1 });
  const items = (await office.api.get(`/api/operations/${operation.id}/items`).expect(200)).body as List<OperationItem>;
  expect(items.data).toMatchObject([{ messageId: shown.id, outcome: 'skipped', error: { code: 'item.notExact' } }]);
  expect(await wire.drain(names.queue)).toEqual([]);

  const decided = await resend(shown.id, { sendInexact: true });
  expect(decided.outcomes).toMatchObject({ confirmed: 1 });
  const [sent] = await wire.drain(names.queue);
  expect(sent?.body.toString()).toBe('half a \uFFFD');
  expect(sent?.headers?.find(({ name }) => name === 'tenant')).toMatchObject({ type: 'string', value: 'acme' });
});

it('an envelope that cannot be opened stays one, and tells no way back', async () => {
  const contents = easyNetQEnvelope('x', { DeliveryMode: 'twice' });
  bury(names.easyNetQ, { ...contents, properties: { ...contents.properties, messageId: 'closed' } });
  const shown = await find('closed');
  expect(shown).toMatchObject({
    framework: 'easynetq',
    exchange: null,
    queue: null,
    envelope: null,
    bodySize: contents.body.length,
    resendable: { ok: false, code: 'item.originUnknown' },
  });
  expect((await download(shown.id, 'arrived')).equals(contents.body)).toBe(true);
});
