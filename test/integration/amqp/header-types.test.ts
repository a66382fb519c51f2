import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openConsumer } from '../../../server/amqp/consumer.ts';
import type { Delivery, HeaderTable, MessageContents } from '../../../server/amqp/message.ts';
import { openPublisher } from '../../../server/amqp/publisher.ts';
import { prepare } from '../../../server/amqp/typed-codec.ts';
import { contentHeaders } from '../../support/header-tables.ts';
import { testServices, waitFor } from '../../support/services.ts';
import { openWire, silentLogger, type Wire } from '../../support/wire.ts';

let wire: Wire;
beforeEach(async () => (wire = await openWire()));
afterEach(() => wire.close());

/** Publishes as the office resends, and takes it back as the office takes it in: what comes out must be what went in. */
async function roundTrips(): Promise<(contents: MessageContents) => Promise<Delivery>> {
  const queue = await wire.queue();
  const publisher = openPublisher({ connection: wire.connect(), logger: silentLogger });
  wire.undo(() => publisher.close());
  const deliveries: Delivery[] = [];
  const consumer = openConsumer({
    connection: wire.connect(),
    queue,
    prefetch: 10,
    logger: silentLogger,
    onDelivery: (delivery, channel) => {
      deliveries.push(delivery);
      channel.ack(delivery.deliveryTag, false);
    },
  });
  wire.undo(() => consumer.stop());
  return async (contents) => {
    const result = await publisher.publish({ exchange: '', routingKey: queue, contents, deadlineMs: 10_000 });
    expect(result).toEqual({ outcome: 'confirmed', code: null });
    return waitFor(() => deliveries.shift());
  };
}

const everyType: HeaderTable = [
  { name: '', type: 'void', value: null },
  { name: '!', type: 'int8', value: -128 },
  { name: '__proto__', type: 'uint8', value: 255 },
  { name: 'a', type: 'int16', value: -32768 },
  { name: 'b', type: 'uint16', value: 65535 },
  { name: 'c', type: 'int32', value: 5 },
  { name: 'd', type: 'uint32', value: 4294967295 },
  { name: 'e', type: 'int64', value: '9223372036854775807' },
  { name: 'e2', type: 'int64', value: '-9223372036854775808' },
  { name: 'f', type: 'float', value: 0.10000000149011612 },
  { name: 'g', type: 'double', value: 5 },
  { name: 'g2', type: 'double', value: '-0' },
  { name: 'g3', type: 'double', value: -1e20 },
  { name: 'h', type: 'decimal', value: { places: 2, digits: -12345 } },
  { name: 'i', type: 'string', value: '주문 취소' },
  { name: 'i2', type: 'string', value: { base64: '/2GA' } },
  { name: 'j', type: 'bytes', value: '/wBh' },
  { name: 'k', type: 'boolean', value: false },
  { name: 'l', type: 'timestamp', value: '1800000000' },
  {
    name: 'm',
    type: 'table',
    value: [
      { name: '!', type: 'string', value: 'int64' },
      {
        name: 'value',
        type: 'array',
        value: [
          { type: 'int32', value: 1 },
          { type: 'table', value: [] },
        ],
      },
    ],
  },
  { name: 'n'.repeat(255), type: 'array', value: [] },
];

/** From 3.13 on RabbitMQ sorts the headers by name and keeps the first of equal names; before, it touches nothing. */
function asRabbitmqKeepsThem(headers: HeaderTable | undefined): HeaderTable | undefined {
  if (!headers) return undefined;
  const bytes = ({ name, rawName }: HeaderTable[number]) =>
    rawName === undefined ? Buffer.from(name) : Buffer.from(rawName, 'base64');
  const sorted = headers.toSorted((a, b) => Buffer.compare(bytes(a), bytes(b)));
  return sorted.filter((header, n) => {
    const before = sorted[n - 1];
    return !before || !bytes(before).equals(bytes(header));
  });
}

describe('Through a real broker', () => {
  it('every header type and every property comes out as it went in', async () => {
    const roundTrip = await roundTrips();
    const contents: MessageContents = {
      properties: {
        contentType: 'application/json',
        contentEncoding: 'utf-8',
        deliveryMode: 1,
        priority: 9,
        correlationId: 'ORD-1',
        replyTo: 'replies',
        expiration: '60000',
        messageId: '메시지',
        timestamp: '9223372036854775807',
        type: '',
        userId: decodeURIComponent(new URL(testServices().amqpUrl).username),
        appId: 'app',
        clusterId: 'cluster',
      },
      headers: everyType,
      body: Buffer.from([0, 255, 128]),
    };
    const { properties, headers, body } = await roundTrip(contents);
    expect(properties).toStrictEqual(contents.properties);
    expect(headers).toStrictEqual(contents.headers);
    expect(body).toEqual(contents.body);
  });

  it('what is absent stays absent, and an empty body is no body', async () => {
    const roundTrip = await roundTrips();
    const bare = await roundTrip({ properties: {}, body: Buffer.alloc(0) });
    expect(bare.properties).toStrictEqual({});
    expect(bare.headers).toBeUndefined();
    expect(bare.body.length).toBe(0);
  });

  it('whatever is in a message comes out as it went in', async () => {
    const roundTrip = await roundTrips();
    const publishable = contentHeaders({ everyFloat: false }).filter(
      ({ properties: { expiration, userId, deliveryMode = 1 }, headers = [] }) =>
        (deliveryMode === 1 || deliveryMode === 2) &&
        (expiration === undefined || /^\d+$/.test(expiration)) &&
        userId === undefined &&
        !headers.some(({ name }) => name === 'CC' || name === 'BCC'),
    );
    await fc.assert(
      fc.asyncProperty(publishable, fc.uint8Array({ maxLength: 300_000, size: 'max' }), async (header, body) => {
        const sent = { ...header, body: Buffer.from(body) };
        const arrived = await roundTrip(sent);
        expect(arrived.properties).toEqual(sent.properties);
        expect(asRabbitmqKeepsThem(arrived.headers)).toEqual(asRabbitmqKeepsThem(sent.headers));
        expect(arrived.body.equals(sent.body)).toBe(true);
      }),
      { numRuns: 150, interruptAfterTimeLimit: 20_000 },
    );
  });

  it('a 64-bit integer with the tag L, which some clients write, arrives as int64 and ends no connection', async () => {
    const queue = await wire.queue();
    const entry = Buffer.concat([Buffer.from('\x01kL', 'latin1'), Buffer.from('7fffffffffffffff', 'hex')]);
    const headers: HeaderTable = [{ name: 'k', type: 'unparsed', value: entry.toString('base64') }];
    // Past the publisher, which would refuse it.
    const { options } = prepare({ properties: {}, headers, body: Buffer.from('x') }, false);
    wire.channel.sendToQueue(queue, Buffer.from('x'), options);
    const [arrived] = await waitFor(async () => {
      const taken = await wire.drain(queue);
      return taken.length > 0 && taken;
    });
    expect(arrived?.headers).toMatchObject([{ name: 'k', type: 'int64', value: '9223372036854775807' }]);
  });

  it('a header that dead-lettering adds is read with its types', async () => {
    const [exchange, dead] = [await wire.exchange('fanout'), await wire.queue()];
    await wire.channel.bindQueue(dead, exchange, '');
    const queue = await wire.queue({ deadLetterExchange: exchange });
    wire.channel.sendToQueue(queue, Buffer.from('x'), { headers: { n: 300 } });
    const message = await waitFor(() => wire.channel.get(queue));
    wire.channel.nack(message, false, false);
    const [arrived] = await waitFor(async () => {
      const taken = await wire.drain(dead);
      return taken.length > 0 && taken;
    });
    const death = arrived?.headers?.find(({ name }) => name === 'x-death');
    expect(death).toMatchObject({ type: 'array', value: [{ type: 'table' }] });
    expect(death?.type === 'array' && death.value[0]?.type === 'table' && death.value[0].value).toEqual(
      expect.arrayContaining([
        { name: 'count', type: 'int64', value: '1' },
        { name: 'reason', type: 'string', value: 'rejected' },
        { name: 'time', type: 'timestamp', value: expect.stringMatching(/^\d{10}$/) as string },
      ]),
    );
  });
});
