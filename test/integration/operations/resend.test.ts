import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { HeaderTable, MessageContents, MessageProperties } from '../../../server/amqp/message.ts';
import { OFFICE_HEADER, openPublisher } from '../../../server/amqp/publisher.ts';
import { diagnose } from '../../../server/diagnosis/index.ts';
import { makeResendMark, readResendMark } from '../../../server/messages/resend-mark.ts';
import { openOperationDesk, type OperationDesk } from '../../support/operations.ts';
import { waitFor } from '../../support/services.ts';
import { openWire, silentLogger, type Wire } from '../../support/wire.ts';

let desk: OperationDesk;
let wire: Wire;
beforeEach(async () => {
  desk = await openOperationDesk();
  wire = await openWire();
});
afterEach(async () => {
  await wire.close();
  await desk.close();
});

const resendAll = (ids: string[], more: object = {}) => desk.plan({ action: 'resend', selection: { ids }, ...more });

/** A queue bound to an exchange of its own, where resent messages arrive. */
const destination = async (routingKey = 'order.cancel') => {
  const exchange = await wire.exchange('direct');
  const queue = await wire.queue();
  await wire.channel.bindQueue(queue, exchange, routingKey);
  return { exchange, routingKey, queue };
};

const markOf = ({ headers = [] }: MessageContents): unknown =>
  headers.filter(({ name }) => name === OFFICE_HEADER).map(({ value }) => value)[0];

/** Publishes a message as an application does, lets the work queue reject it, and takes it out of the dead queue. */
const letItDie = async (original: MessageContents, routingKey = 'order.cancel') => {
  const deadExchange = await wire.exchange('fanout');
  const deadQueue = await wire.queue();
  await wire.channel.bindQueue(deadQueue, deadExchange, '');
  const exchange = await wire.exchange('direct');
  const queue = await wire.queue({ deadLetterExchange: deadExchange });
  await wire.channel.bindQueue(queue, exchange, routingKey);
  const connection = wire.connect();
  const publisher = openPublisher({ connection, logger: silentLogger });
  wire.undo(() => publisher.close());
  const published = await publisher.publish({ exchange, routingKey, contents: original, deadlineMs: 10_000 });
  expect(published.outcome).toBe('confirmed');
  const taken = await waitFor(() => wire.channel.get(queue));
  wire.channel.nack(taken, false, false);
  const [contents] = await waitFor(async () => {
    const dead = await wire.drain(deadQueue);
    return dead.length > 0 ? dead : null;
  });
  if (contents === undefined) throw new Error('The message did not die.');
  const { headers = [], properties, body } = contents;
  const diagnosis = diagnose({ deadQueue, exchange: deadExchange, routingKey, properties, headers, body });
  return { contents, diagnosis, exchange, queue };
};

/** Brokers sort headers by their names, when they dead-letter or always. */
const byName = (headers: HeaderTable = []) => [...headers].sort((a, b) => (a.name < b.name ? -1 : 1));

const everyProperty: MessageProperties = {
  contentType: 'application/json',
  contentEncoding: 'utf-8',
  deliveryMode: 2,
  priority: 3,
  correlationId: '주문-1',
  replyTo: 'replies',
  messageId: 'm-1',
  timestamp: '1795000000',
  type: 'OrderCancelled',
  appId: 'shop',
};

const everyType: HeaderTable = [
  { name: 'int8', type: 'int8', value: -5 },
  { name: 'int16', type: 'int16', value: 300 },
  { name: 'int32', type: 'int32', value: 5 },
  { name: 'int64', type: 'int64', value: '9223372036854775807' },
  { name: 'float', type: 'float', value: 1.5 },
  { name: 'double', type: 'double', value: 5 },
  { name: 'decimal', type: 'decimal', value: { places: 2, digits: 1999 } },
  { name: 'string', type: 'string', value: '취소' },
  { name: 'not utf-8', type: 'string', value: { base64: Buffer.from([0xff, 0xfe]).toString('base64') } },
  { name: 'bytes', type: 'bytes', value: Buffer.from([0, 1, 2]).toString('base64') },
  { name: 'boolean', type: 'boolean', value: true },
  { name: 'timestamp', type: 'timestamp', value: '1795000000' },
  { name: 'void', type: 'void', value: null },
  { name: '__proto__', type: 'string', value: 'just a name' },
  { name: 'table', type: 'table', value: [{ name: 'nested', type: 'int32', value: 7 }] },
  {
    name: 'array',
    type: 'array',
    value: [
      { type: 'int64', value: '1' },
      { type: 'string', value: 'two' },
    ],
  },
];

const originals: [string, MessageContents][] = [
  [
    'with every property and type',
    { properties: everyProperty, headers: everyType, body: Buffer.from('{"orderId":"ORD-1"}') },
  ],
  ['transient, with no property at all', { properties: {}, body: Buffer.from([0xff, 0x00, 0x80]) }],
  ['with an empty body', { properties: { deliveryMode: 1 }, headers: [], body: Buffer.alloc(0) }],
];

describe('A resent message', () => {
  it.each(originals)('%s is the message that failed, and bears one header more', async (_, original) => {
    const dead = await letItDie(original);
    const { origin, stripHeaders } = dead.diagnosis;
    const [id = ''] = await desk.seed([
      {
        contents: dead.contents,
        exchange: origin.exchange,
        routingKey: origin.routingKeys[0] ?? null,
        queue: origin.queue,
        stripHeaders,
      },
    ]);
    desk.instance();
    const operation = await desk.ended((await resendAll([id])).id);
    expect(operation.outcomes.confirmed).toBe(1);

    const [arrived, ...more] = await wire.drain(dead.queue);
    expect(more).toEqual([]);
    const mark = makeResendMark(desk.installation, id, 1);
    expect(arrived && { ...arrived, headers: byName(arrived.headers) }).toEqual({
      properties: original.properties,
      headers: byName([...(original.headers ?? []), { name: OFFICE_HEADER, type: 'string', value: mark }]),
      body: original.body,
    });
    expect(readResendMark(desk.installation, mark)).toMatchObject({ messageId: id, resendNumber: 1 });
  });

  it('leaves out what its framework and its dead queue’s setting name, CC, user_id, and the mark of an earlier resend', async () => {
    const { exchange, routingKey, queue } = await destination();
    await desk
      .database('dead_queues')
      .where('id', desk.deadQueueId)
      .update({ strip_headers: JSON.stringify(['x-own-retries']) });
    const text = (name: string, value = 'x') => ({ name, type: 'string' as const, value });
    const headers: HeaderTable = [
      text('x-failure-reason'),
      text('keep', '1'),
      text('x-own-retries'),
      { name: 'CC', type: 'array', value: [{ type: 'string', value: 'elsewhere' }] },
      text(OFFICE_HEADER, 'an old one'),
      text('and this', '2'),
    ];
    const contents = { properties: { userId: 'somebody-else', appId: 'shop' }, headers, body: Buffer.from('x') };
    const ids = await desk.seed([{ contents, exchange, routingKey, stripHeaders: ['x-failure-reason'] }]);
    desk.instance();
    await desk.ended((await resendAll(ids)).id);
    const [arrived] = await wire.drain(queue);
    expect(arrived && { ...arrived, headers: byName(arrived.headers) }).toEqual({
      properties: { appId: 'shop' },
      headers: byName([
        text('keep', '1'),
        text('and this', '2'),
        text(OFFICE_HEADER, makeResendMark(desk.installation, ids[0] ?? '', 1)),
      ]),
      body: Buffer.from('x'),
    });
  });

  it('bears nothing new where the dead queue’s setting says so', async () => {
    const { exchange, routingKey, queue } = await destination();
    await desk.database('dead_queues').where('id', desk.deadQueueId).update({ add_header: 0 });
    const contents = {
      properties: {},
      headers: [{ name: 'a', type: 'int32' as const, value: 1 }],
      body: Buffer.from('x'),
    };
    const ids = await desk.seed([
      { contents, exchange, routingKey },
      { contents, exchange, routingKey },
    ]);
    desk.instance();
    const { outcomes } = await desk.ended((await resendAll(ids)).id);
    expect(outcomes.confirmed).toBe(2);
    expect(await wire.drain(queue)).toEqual([contents, contents]);
  });

  it('is resent, with the time and a number of its own for each try', async () => {
    const { exchange, routingKey, queue } = await destination();
    const ids = await desk.seed([{ exchange, routingKey }]);
    desk.instance();
    await desk.ended((await resendAll(ids)).id);
    expect(await desk.messages(ids)).toMatchObject([{ status: 'resent' }]);
    // Named by its id it can be sent once more.
    await desk.ended((await resendAll(ids)).id);
    const marks = (await wire.drain(queue)).map(markOf);
    expect(marks).toEqual([1, 2].map((number) => makeResendMark(desk.installation, ids[0] ?? '', number)));
    const row: unknown = await desk.database('failed_messages').where('id', ids[0]).first('resent_at', 'shelf');
    expect(row).toMatchObject({ shelf: 'sent', resent_at: expect.any(Date) as Date });
  });
});

describe('The target of a resend', () => {
  it('can be the queue that the message failed in, or any exchange and key', async () => {
    const { queue } = await destination();
    const other = await destination('other.key');
    const ids = await desk.seed([{ exchange: 'gone', routingKey: 'k', queue }]);
    desk.instance();
    const toQueue = await resendAll(ids, { target: { kind: 'queue' } });
    await desk.ended(toQueue.id);
    expect(await wire.drain(queue)).toHaveLength(1);
    expect((await desk.items(toQueue.id)).get(ids[0] ?? '')).toMatchObject({ exchange: '', routingKey: queue });
    const custom = { kind: 'custom', exchange: other.exchange, routingKey: 'other.key' };
    await desk.ended((await resendAll(ids, { target: custom })).id);
    expect(await wire.drain(other.queue)).toHaveLength(1);
  });
});

describe('What cannot be resent', () => {
  it('is skipped with the reason, and stays as it was', async () => {
    const { exchange, routingKey } = await destination();
    const [unknownOrigin = '', purged = '', notExact = '', fine = ''] = await desk.seed([
      {},
      { exchange, routingKey },
      {
        exchange,
        routingKey,
        contents: {
          properties: {},
          headers: [{ name: 'odd', type: 'unparsed', value: 'AA==' }],
          body: Buffer.from('x'),
        },
      },
      { exchange, routingKey },
    ]);
    await desk.database('contents').where('id', purged).update({ purged_at: new Date(), chunk_count: 0 });
    desk.instance();
    const ids = [unknownOrigin, purged, notExact, fine];
    const { id } = await resendAll(ids);
    expect((await desk.ended(id)).outcomes).toMatchObject({ skipped: 3, confirmed: 1 });
    const items = await desk.items(id);
    expect(items.get(unknownOrigin)).toMatchObject({ outcome: 'skipped', error: { code: 'item.originUnknown' } });
    expect(items.get(purged)).toMatchObject({ outcome: 'skipped', error: { code: 'item.contentsPurged' } });
    expect(items.get(notExact)).toMatchObject({ outcome: 'skipped', error: { code: 'item.notExact' } });
    expect((await desk.messages(ids)).map(({ status }) => status)).toEqual(['pending', 'pending', 'pending', 'resent']);
  });

  it('is a possible duplicate in a selection of many, unless it is included or the only one', async () => {
    const { exchange, routingKey, queue } = await destination();
    const [first = ''] = await desk.seed([{ exchange, routingKey }]);
    const [twin = '', other = ''] = await desk.seed([
      { exchange, routingKey, possibleDuplicateOf: first },
      { exchange, routingKey },
    ]);
    desk.instance();
    const { id } = await resendAll([twin, other]);
    await desk.ended(id);
    expect((await desk.items(id)).get(twin)).toMatchObject({
      outcome: 'skipped',
      error: { code: 'item.possibleDuplicate' },
    });
    await desk.ended((await resendAll([twin, first], { includePossibleDuplicates: true })).id);
    await desk.ended((await resendAll([twin])).id);
    expect(await wire.drain(queue)).toHaveLength(4);
  });
});

describe('A preview', () => {
  it('says what would go where, what would stay and why, and changes nothing', async () => {
    const { exchange, routingKey, queue } = await destination();
    const ids = await desk.seed([
      { exchange, routingKey },
      { exchange, routingKey },
      { exchange: 'no.such.exchange', routingKey: 'k' },
      { exchange: '', routingKey: queue },
      {},
      { exchange, routingKey, status: 'deleted' },
    ]);
    const preview = await desk.preview({ action: 'resend', selection: { ids } });
    expect(preview).toMatchObject({
      count: 6,
      countAtLeast: 6,
      byStatus: { pending: 5, deleted: 1 },
      notResendable: [
        { code: 'item.wrongStatus', count: 1 },
        { code: 'item.originUnknown', count: 1 },
      ],
    });
    expect(preview.targets).toMatchObject([
      { exchange, routingKey, count: 2, exists: true, queues: [queue] },
      { exchange: 'no.such.exchange', routingKey: 'k', count: 1, exists: false, queues: [] },
      { exchange: '', routingKey: queue, count: 1, exists: true, queues: [queue] },
    ]);
    expect(preview.sample.map(({ id }) => id)).toEqual(ids.slice(0, 4));
    expect((await desk.messages(ids)).every(({ version }) => version === 1)).toBe(true);
    expect(await desk.database('operations')).toEqual([]);
  });
});
