import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { List } from '../../server/contract/schemas/lists.ts';
import type { Order, OrderSearch, OrderSummary } from '../../server/contract/schemas/orders.ts';
import { openDeadQueue, type TestDeadQueue, type TestDestination } from '../support/dead-queue.ts';
import { deskOf, type OfficeDesk } from '../support/office-desk.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { reveal } from '../support/reveal.ts';

let office: TestOffice;
let desk: OfficeDesk;
let dead: TestDeadQueue;
let worker: TestDestination;

async function bury(orderId: string, over: Record<string, unknown> = {}): Promise<void> {
  await dead.bury({
    headers: {
      'x-failure-reason': 'error',
      'x-failure-type': 'TimeoutError',
      'x-failure-message': 'Order API timed out',
      'x-failure-exchange': worker.exchange,
      'x-failure-routing-key': worker.routingKey,
      'x-failure-queue': worker.queue,
      'order-id': orderId,
      ...over,
    },
  });
}

async function order(orderId: string): Promise<Order> {
  return (await office.api.get(`/api/orders/${encodeURIComponent(orderId)}`).expect(200)).body as Order;
}

async function search(text: string): Promise<OrderSearch> {
  return (await office.api.get('/api/orders').query({ search: text }).expect(200)).body as OrderSearch;
}

const lines = (csv: string) => csv.replace('\uFEFF', '').trim().split('\n');

beforeAll(async () => {
  dead = await openDeadQueue();
  worker = await dead.destination();
  office = await startOffice({ deadQueues: [dead.name] });
  desk = deskOf(office);
  const ids = ['ORD-20261122-000123', 'ORD-20261122-000124', 'REF-7', 'ORD-7', '7', 'A/B 100%'];
  for (const [index, orderId] of ids.entries()) {
    await bury(orderId, orderId === 'A/B 100%' ? { 'x-failure-message': '=HYPERLINK("http://x")' } : {});
    await desk.failed(dead.name, index + 1);
  }
});

afterAll(async () => {
  await office.remove();
  await dead.remove();
});

describe('an order', () => {
  it('is found with or without its prefix, and says which ID it was stored under', async () => {
    const found = await order('20261122-000123');
    expect(found).toMatchObject({
      orderId: '20261122-000123',
      orderIds: ['ORD-20261122-000123'],
      messagesTotal: 1,
      isWhole: true,
    });
    expect((await order('ORD-20261122-000123')).messages).toEqual(found.messages);
    await office.api.get('/api/orders/20261122').expect(404);
  });

  it('says when one number may be several orders', async () => {
    expect((await order('7')).orderIds.toSorted()).toEqual(['7', 'ORD-7', 'REF-7']);
    expect((await order('ORD-7')).orderIds).toEqual(['ORD-7', '7']);
  });

  it('is suggested by another prefix, by its beginning, and by any part, with how far that looked', async () => {
    expect(await search('PO-20261122-000123')).toEqual({
      data: [{ orderId: 'ORD-20261122-000123', match: 'sameNumber' }],
      lookedThrough: null,
    });
    expect((await search('ord-20261122-000123')).data[0]?.match).toBe('sameNumber');
    const beginning = await search('20261122-0001');
    expect(beginning.data.map(({ orderId }) => orderId)).toEqual(['ORD-20261122-000123', 'ORD-20261122-000124']);
    expect(beginning.data[0]?.match).toBe('begins');
    const part = await search('000123');
    expect(part.data).toEqual([{ orderId: 'ORD-20261122-000123', match: 'contains' }]);
    expect(part.lookedThrough).toMatchObject({ entries: 6, all: true });
    expect(Date.parse(part.lookedThrough?.since ?? '')).toBeLessThan(Date.now());
    expect((await search('%')).data).toEqual([{ orderId: 'A/B 100%', match: 'contains' }]);
    expect((await search('nothing')).data).toEqual([]);
  });

  it('has one history of deaths, acts with their names, and acts on single messages', async () => {
    const [{ id } = { id: '' }] = (await order('ORD-20261122-000124')).messages;
    await reveal(office.api, id);
    await office.api.get(`/api/messages/${id}/body`).expect(200);
    const { id: operationId } = await desk.resend([id], { reason: 'order API fixed' });
    await bury('ORD-20261122-000124', { 'x-dead-letter-office-id': markOf(worker) });
    await desk.until(id, ({ failureCount }) => failureCount === 2, 'it came back');
    const { timeline } = await order('ORD-20261122-000124');
    expect(timeline.map(({ kind }) => kind)).toEqual(['died', 'audit', 'audit', 'operation', 'died']);
    expect(timeline[3]).toMatchObject({
      actor: 'operator',
      action: 'resend',
      outcome: 'confirmed',
      reason: 'order API fixed',
    });
    expect(timeline[4]).toMatchObject({ death: { operationId } });
    const requestedAt = timeline[3]?.kind === 'operation' ? timeline[3].requestedAt : '';
    expect(requestedAt <= (timeline[3]?.at ?? '')).toBe(true);
  });

  it('has its history as a table, formulas escaped, and who took it is on record', async () => {
    const csv = await office.api
      .get('/api/orders/ORD-20261122-000124/timeline/export')
      .query({ format: 'csv' })
      .expect(200);
    expect(csv.headers['content-disposition']).toBe('attachment; filename="order-ORD-20261122-000124.csv"');
    const [head = '', ...rows] = lines(csv.text);
    expect(head).toMatch(/^orderId,at,event,messageId,queue,deadQueue,reason,errorType,errorMessage,cameBack/);
    expect(rows.map((row) => row.split(',')[2])).toEqual([
      'died',
      'message.revealed',
      'message.bodyDownloaded',
      'operation',
      'died',
    ]);
    expect(rows[3]).toContain('resend,confirmed,operator,');
    const strange = await office.api
      .get(`/api/orders/${encodeURIComponent('A/B 100%')}/timeline/export`)
      .query({ format: 'csv' })
      .expect(200);
    expect(strange.headers['content-disposition']).toBe('attachment; filename="order-A_B_100_.csv"');
    expect(strange.text).toContain(`"'=HYPERLINK(""http://x"")"`);
    await office.api.get('/api/orders/ORD-0/timeline/export').query({ format: 'csv' }).expect(404);
    await office.api.get('/api/orders/ORD-7/timeline/export').query({ format: 'xml' }).expect(400);
    const events = await office.api.get('/api/audit-events').query({ kind: 'orders.exported' }).expect(200);
    expect((events.body as List<unknown>).data).toMatchObject([
      { actor: 'operator', details: { orderIds: ['A/B 100%'] } },
      { actor: 'operator', details: { content: 'timeline', orderIds: ['ORD-20261122-000124'] } },
    ]);
  });
});

describe('several orders at once', () => {
  it('are one line each: found or not, messages, states, and what happened last', async () => {
    const answer = await office.api
      .post('/api/orders/look-up')
      .send({ orderIds: ['20261122-000123', 'ORD-0', '7'] })
      .expect(200);
    const { data } = answer.body as { data: OrderSummary[] };
    expect(data).toMatchObject([
      {
        orderId: '20261122-000123',
        orderIds: ['ORD-20261122-000123'],
        messages: 1,
        statuses: { pending: 1 },
        queues: [worker.queue],
        lastStatus: 'pending',
        lastEvent: { kind: 'died', queue: worker.queue, errorType: 'TimeoutError' },
      },
      { orderId: 'ORD-0', messages: 0, lastEvent: null, lastStatus: null },
      { orderId: '7', messages: 3 },
    ]);
  });

  it('name the act that came last', async () => {
    const [{ id } = { id: '' }] = (await order('REF-7')).messages.filter(({ keys }) =>
      keys['orderId']?.includes('REF-7'),
    );
    await desk.resend([id]);
    const answer = await office.api
      .post('/api/orders/look-up')
      .send({ orderIds: ['REF-7'] })
      .expect(200);
    expect((answer.body as { data: OrderSummary[] }).data[0]).toMatchObject({
      lastStatus: 'resent',
      lastEvent: { kind: 'operation', action: 'resend', outcome: 'confirmed', actor: 'operator', messageId: id },
    });
  });

  it('are tables: of the orders, and of all that happened, the ones not found among them', async () => {
    const body = { orderIds: ['ORD-20261122-000123', 'ORD-0'] };
    const orders = await office.api
      .post('/api/orders/export')
      .send({ ...body, content: 'orders' })
      .expect(200);
    const rows = lines(orders.text).slice(1);
    expect(rows[0]).toMatch(/^ORD-20261122-000123,yes,ORD-20261122-000123,1,/);
    expect(rows[1]).toMatch(/^ORD-0,no,,0,/);
    const events = await office.api
      .post('/api/orders/export')
      .send({ ...body, content: 'timeline' })
      .expect(200);
    expect(lines(events.text).map((row) => row.split(',')[2])).toEqual(['event', 'died', 'notFound']);
  });

  it('are bounded, and a longer list is refused with its reason', async () => {
    const orderIds = Array.from({ length: 501 }, (_, index) => `ORD-${index}`);
    const refused = await office.api.post('/api/orders/look-up').send({ orderIds }).expect(400);
    expect(refused.body).toMatchObject({ code: 'request.malformed', errors: { orderIds: 'field.invalid' } });
    await office.api.post('/api/orders/look-up').send({ orderIds: [] }).expect(400);
  });
});

/** The header that the office put on the last resend. */
function markOf({ arrived }: TestDestination): unknown {
  return arrived.at(-1)?.headers?.find(({ name }) => name === 'x-dead-letter-office-id')?.value;
}
