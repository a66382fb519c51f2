import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { HeaderTable, MessageContents, MessageProperties } from '../../../server/amqp/message.ts';
import { OFFICE_HEADER } from '../../../server/amqp/publisher.ts';
import { readMessageDetail } from '../../../server/messages/message-detail.ts';
import { openOperationDesk, type OperationDesk } from '../../support/operations.ts';
import { openWire, type Wire } from '../../support/wire.ts';

let desk: OperationDesk;
let wire: Wire;
let exchange: string;
let queue: string;
const routingKey = 'order.cancel';
beforeEach(async () => {
  desk = await openOperationDesk();
  wire = await openWire();
  exchange = await wire.exchange('direct');
  queue = await wire.queue();
  await wire.channel.bindQueue(queue, exchange, routingKey);
});
afterEach(async () => {
  await wire.close();
  await desk.close();
});

const MiB = 1024 * 1024;
const isRabbit4 = async () => Number((await wire.connect().connected(5_000)).serverVersion.split('.')[0]) >= 4;
const arrivedAt = async (at: string) =>
  (await wire.drain(at)).map(({ headers, ...rest }) => ({
    ...rest,
    headers: headers?.filter(({ name }) => name !== OFFICE_HEADER),
  }));
const message = (properties: MessageProperties, headers: HeaderTable, body = 'x'): MessageContents => ({
  properties,
  headers,
  body: Buffer.from(body),
});

const text = (name: string, value: string) => ({ name, type: 'string' as const, value });
const fine: HeaderTable = [text('a', 'kept'), { name: 'n', type: 'double', value: 5 }];
const inexact = message({ messageId: 'm-1', replyTo: 'amq.rabbitmq.reply-to', expiration: 'soon' }, [
  ...fine,
  { name: 'odd', type: 'unparsed', value: 'AA==' },
  { name: 'ratio', type: 'float', value: 'NaN' },
]);
const parts = [
  { in: 'properties', name: 'replyTo', why: 'refused' },
  { in: 'properties', name: 'expiration', why: 'refused' },
  { in: 'headers', name: 'odd', why: 'unreadable' },
  { in: 'headers', name: 'ratio', why: 'notFinite' },
];

describe('A message that cannot be sent as it was', () => {
  it('is skipped, and named with its parts before and after', async () => {
    const [good = '', bad = ''] = await desk.seed([
      { exchange, routingKey, contents: message({}, fine) },
      { exchange, routingKey, contents: inexact },
    ]);
    const request = { action: 'resend' as const, selection: { ids: [good, bad] } };
    expect(await desk.preview(request)).toMatchObject({
      notResendable: [{ code: 'item.notExact', count: 1 }],
      inexact: { count: 1, parts },
      targets: [{ count: 1 }],
    });
    const terms = { user: 'office', mostBytes: null, anyDeliveryMode: true };
    expect((await readMessageDetail(desk.database, bad, null, terms)).resendable).toMatchObject({
      ok: false,
      code: 'item.notExact',
      parts,
    });
    desk.instance();
    const { id } = await desk.plan(request);
    await desk.ended(id);
    const items = await desk.items(id);
    expect(items.get(good)?.outcome).toBe('confirmed');
    expect(items.get(bad)).toMatchObject({
      outcome: 'skipped',
      error: {
        code: 'item.notExact',
        text: 'properties.replyTo (refused), properties.expiration (refused), headers.odd (unreadable), headers.ratio (notFinite)',
      },
    });
    expect(await wire.drain(queue)).toHaveLength(1);
  });

  it('is sent without exactly those parts where the operator wants it, whichever instance runs the operation', async () => {
    const ids = await desk.seed([{ exchange, routingKey, contents: inexact }]);
    const request = { action: 'resend' as const, selection: { ids }, sendInexact: true };
    expect(await desk.preview(request)).toMatchObject({
      notResendable: [],
      inexact: { count: 1, parts },
      targets: [{ count: 1 }],
    });
    // Planned here, run by one that knows only what was written down.
    const planned = await desk.plan(request);
    expect(planned).toMatchObject({ sendInexact: true });
    desk.instance();
    expect((await desk.ended(planned.id)).outcomes).toMatchObject({ confirmed: 1 });
    expect(await arrivedAt(queue)).toEqual([{ properties: { messageId: 'm-1' }, headers: fine, body: inexact.body }]);
    const events: unknown[] = await desk.database('audit_events').where('kind', 'operation.created').pluck('details');
    expect(JSON.parse(String(events[0]))).toMatchObject({ sendInexact: true });
  });

  it('because of its delivery mode, which RabbitMQ 4 carries and RabbitMQ 3 does not', async () => {
    const ids = await desk.seed([{ exchange, routingKey, contents: message({ deliveryMode: 7 }, fine) }]);
    const instance = desk.instance();
    const first = await desk.plan({ action: 'resend', selection: { ids } });
    const { outcomes } = await desk.ended(first.id);
    if (await isRabbit4()) {
      expect(outcomes.confirmed).toBe(1);
      expect(await arrivedAt(queue)).toMatchObject([{ properties: { deliveryMode: 7 } }]);
      return;
    }
    expect(outcomes.skipped).toBe(1);
    const request = { action: 'resend' as const, selection: { ids }, sendInexact: true };
    expect((await desk.preview(request, { publisher: instance.publisher })).inexact?.parts).toMatchObject([
      { name: 'deliveryMode' },
    ]);
    expect((await desk.ended((await desk.plan(request)).id)).outcomes.confirmed).toBe(1);
    expect(await arrivedAt(queue)).toMatchObject([{ properties: {}, headers: fine }]);
  });
});

describe('What belongs to a resend', () => {
  it('is refused with other actions, and with what it contradicts', async () => {
    const ids = await desk.seed([{ exchange, routingKey, queue }]);
    for (const field of ['restoreCc', 'restoreExpiration', 'sendInexact']) {
      const plan = desk.plan({ action: 'delete', selection: { ids }, [field]: true });
      await expect(plan).rejects.toMatchObject({ code: 'request.malformed', message: `${field} belongs to a resend.` });
    }
    const toOne = { action: 'resend' as const, selection: { ids }, target: { kind: 'queue' as const } };
    await expect(desk.plan({ ...toOne, restoreCc: true })).rejects.toMatchObject({ code: 'request.malformed' });
  });
});

describe('One bad message in an operation', () => {
  it('harms no other: each has its own outcome, and a size that was refused once is not tried again', async () => {
    const refusesLarge = await isRabbit4();
    const good = (id: string) => ({ exchange, routingKey, contents: message({ messageId: id }, fine) });
    const large = { exchange, routingKey, contents: { properties: {}, body: Buffer.alloc(17 * MiB, 1) } };
    const longHeaders = { exchange, routingKey, contents: message({}, [text('stack', 'x'.repeat(131_072))]) };
    const ids = await desk.seed([
      good('1'),
      large,
      good('2'),
      longHeaders,
      good('3'),
      { exchange, routingKey, contents: inexact },
      good('4'),
      large,
      good('5'),
    ]);
    const { publisher } = desk.instance({ times: { leaseMs: 15_000, leaveWithinMs: 5_000 } });
    const request = { action: 'resend' as const, selection: { ids } };
    const { id } = await desk.plan(request);
    await desk.ended(id, 30_000);
    const items = await desk.items(id);
    const largeOne = refusesLarge ? ['refused', 'item.tooLarge'] : ['confirmed', undefined];
    expect(ids.map((one) => [items.get(one)?.outcome, items.get(one)?.error?.code])).toEqual([
      ['confirmed', undefined],
      largeOne,
      ['confirmed', undefined],
      ['refused', 'item.headersTooLarge'],
      ['confirmed', undefined],
      ['skipped', 'item.notExact'],
      ['confirmed', undefined],
      largeOne,
      ['confirmed', undefined],
    ]);
    const arrived = (await wire.drain(queue)).map(({ properties }) => properties.messageId ?? 'large');
    const all = ['1', 'large', '2', '3', '4', 'large', '5'];
    expect(arrived).toEqual(refusesLarge ? all.filter((one) => one !== 'large') : all);
    if (!refusesLarge) {
      expect(publisher.terms.mostBytes).toBeNull();
      return;
    }
    expect(publisher.terms.mostBytes).toBe(16 * MiB);
    const [, first = '', , , , , , second = ''] = ids;
    expect(items.get(first)?.error?.text).toMatch(/configured max size/);
    // This one never left.
    expect(items.get(second)?.error?.text).toMatch(/this broker's max size/);
    expect((await desk.preview(request, { publisher })).notResendable).toContainEqual({
      code: 'item.tooLarge',
      count: 2,
    });
    expect((await readMessageDetail(desk.database, first, null, publisher.terms)).resendable).toEqual({
      ok: false,
      code: 'item.tooLarge',
      params: { text: `message size ${17 * MiB} is larger than this broker's max size ${16 * MiB}` },
    });
    const again = await desk.plan({ action: 'resend', selection: { ids: [first, second] } });
    expect((await desk.ended(again.id)).outcomes).toMatchObject({ refused: 2 });
  });
});
