import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { List } from '../../server/contract/schemas/lists.ts';
import type { Message } from '../../server/contract/schemas/messages.ts';
import { openDeadQueue, type TestDeadQueue } from '../support/dead-queue.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { waitFor } from '../support/services.ts';
import { reveal } from '../support/reveal.ts';

let office: TestOffice;
let orders: TestDeadQueue;
let notices: TestDeadQueue;

async function list(query: Record<string, string | string[]> = {}): Promise<List<Message>> {
  const response = await office.api.get('/api/messages').query(query).expect(200);
  return response.body as List<Message>;
}

/** The order IDs of what a query finds, in the order of the answer. */
async function found(query: Record<string, string | string[]>): Promise<string[]> {
  return (await list(query)).data.map((message) => message.keys['orderId']?.join('+') ?? '');
}

async function allArrived(count: number): Promise<void> {
  await waitFor(async () => (await list({ perPage: '1' })).total === count, {
    describe: `${count} messages are listed`,
    deadlineMs: 20_000,
  });
}

const convention = (type: string, message: string, rest: Record<string, string | number> = {}) => ({
  'x-failure-reason': 'error',
  'x-failure-type': type,
  'x-failure-message': message,
  'x-failure-exchange': 'orders',
  'x-failure-routing-key': 'order.cancel',
  'x-failure-queue': 'orders.cancel',
  ...rest,
});

beforeAll(async () => {
  orders = await openDeadQueue();
  notices = await openDeadQueue();
  office = await startOffice({ deadQueues: [orders.name, notices.name] });
  await orders.bury({
    body: '{"orderId":"ORD-1"}',
    messageId: 'm-1',
    correlationId: 'c-1',
    headers: convention('TimeoutError', 'Order API timed out after 3000 ms', { 'x-failure-retries': 3 }),
  });
  await allArrived(1);
  await orders.bury({
    body: '{"orderId":"ORD-2"}',
    headers: convention('TimeoutError', 'Order API timed out after 5000 ms'),
  });
  await allArrived(2);
  await notices.bury({
    body: '{"orderIds":["ORD-1","REF-3"]}',
    headers: convention('TemplateError', '알 수 없는 템플릿 TMS-301', {
      'x-failure-exchange': 'notice',
      'x-failure-routing-key': 'send',
      'x-failure-queue': 'notice.send',
      'x-failure-reason': 'rejected',
    }),
  });
  await allArrived(3);
  await notices.bury({ body: 'not json' });
  await allArrived(4);
});

afterAll(async () => {
  await office.remove();
  await orders.remove();
  await notices.remove();
});

describe('the list of failed messages', () => {
  it('shows newest first what failed, where, why, and for which orders', async () => {
    const { data, total, totalAtLeast } = await list();
    expect([total, totalAtLeast]).toEqual([4, 4]);
    expect(data.map(({ errorType }) => errorType)).toEqual([null, 'TemplateError', 'TimeoutError', 'TimeoutError']);
    expect(data[3]).toMatchObject({
      status: 'pending',
      broker: 'default',
      deadQueue: orders.name,
      queue: 'orders.cancel',
      exchange: 'orders',
      routingKey: 'order.cancel',
      routingKeys: ['order.cancel'],
      reason: 'error',
      framework: 'convention',
      errorMessage: 'Order API timed out after 3000 ms',
      retryCount: 3,
      failureCount: 1,
      keys: { orderId: ['ORD-1'] },
      messageId: 'm-1',
      correlationId: 'c-1',
      bodySize: 19,
      resentAt: null,
      possibleDuplicateOf: null,
    });
  });

  it('groups failures that differ only in their numbers', async () => {
    const { data } = await list({ errorType: 'TimeoutError' });
    expect(new Set(data.map(({ groupId }) => groupId)).size).toBe(1);
  });

  it.each<[string, Record<string, string | string[]>, string[]]>([
    ['status', { status: 'pending' }, ['', 'ORD-1+REF-3', 'ORD-2', 'ORD-1']],
    ['status, repeated', { status: ['resent', 'settled'] }, []],
    ['broker', { broker: 'default', orderId: 'ORD-2' }, ['ORD-2']],
    ['an unknown broker', { broker: 'other' }, []],
    ['queue', { queue: 'notice.send' }, ['ORD-1+REF-3']],
    ['queue, repeated', { queue: ['notice.send', 'orders.cancel'] }, ['ORD-1+REF-3', 'ORD-2', 'ORD-1']],
    ['queue, compared as bytes', { queue: 'Notice.Send' }, []],
    ['exchange', { exchange: 'orders' }, ['ORD-2', 'ORD-1']],
    ['routingKey', { routingKey: 'send' }, ['ORD-1+REF-3']],
    ['reason', { reason: 'rejected' }, ['ORD-1+REF-3']],
    ['reason, repeated', { reason: ['rejected', 'unknown'] }, ['', 'ORD-1+REF-3']],
    ['errorType', { errorType: 'TimeoutError' }, ['ORD-2', 'ORD-1']],
    ['text: words of the error message', { text: 'timed api' }, ['ORD-2', 'ORD-1']],
    ['text with a number', { text: 'after 4000 ms' }, ['ORD-2', 'ORD-1']],
    ['text in Korean', { text: '템플릿' }, ['ORD-1+REF-3']],
    ['text that nothing has', { text: 'never' }, []],
    ['framework', { framework: 'convention' }, ['ORD-1+REF-3', 'ORD-2', 'ORD-1']],
    ['orderId', { orderId: 'ORD-1' }, ['ORD-1+REF-3', 'ORD-1']],
    ['orderId without its prefix', { orderId: '3' }, ['ORD-1+REF-3']],
    ['orderId, repeated', { orderId: ['ORD-2', 'REF-3'] }, ['ORD-1+REF-3', 'ORD-2']],
    ['key', { key: 'orderId:ORD-2' }, ['ORD-2']],
    ['a key that no message has', { key: 'customerId:7' }, []],
    ['messageId', { messageId: 'm-1' }, ['ORD-1']],
    ['correlationId', { correlationId: 'c-1' }, ['ORD-1']],
    ['minFailureCount', { minFailureCount: '2' }, []],
    ['possibleDuplicate', { possibleDuplicate: 'false', orderId: 'ORD-2' }, ['ORD-2']],
    ['possibleDuplicate, true', { possibleDuplicate: 'true' }, []],
    ['several at once', { errorType: 'TimeoutError', orderId: 'ORD-1', status: 'pending' }, ['ORD-1']],
    ['a name never seen', { errorType: 'NoSuchError' }, []],
  ])('filters by %s', async (_name, query, expected) => {
    expect(await found(query)).toEqual(expected);
  });

  it('filters by dead queue, by group and by id', async () => {
    const [newest, template] = (await list({ deadQueue: notices.name })).data;
    expect([newest?.deadQueue, template?.deadQueue]).toEqual([notices.name, notices.name]);
    expect(await found({ groupId: template?.groupId ?? '' })).toEqual(['ORD-1+REF-3']);
    expect(await found({ id: [newest?.id ?? '', template?.id ?? ''] })).toEqual(['', 'ORD-1+REF-3']);
  });

  it('filters by half-open ranges of time', async () => {
    const { data } = await list();
    const second = data[2];
    if (second === undefined) throw new Error('There are four messages.');
    for (const [after, before] of [
      ['failedAfter', 'failedBefore'],
      ['capturedAfter', 'capturedBefore'],
    ] as const) {
      expect(await found({ [after]: second.failedAt })).toEqual(['', 'ORD-1+REF-3', 'ORD-2']);
      expect(await found({ [before]: second.failedAt })).toEqual(['ORD-1']);
      expect(await found({ [after]: '2999-01-01T00:00:00Z' })).toEqual([]);
    }
  });

  it('sorts and pages by number and by cursor, forwards and back', async () => {
    const ids = (await list()).data.map(({ id }) => id);
    for (const [sort, expected] of [
      ['-failedAt', ids],
      ['failedAt', ids.toReversed()],
      ['-id', ids],
      ['id', ids.toReversed()],
    ] as const) {
      const page = (await list({ sort, page: '2', perPage: '2' })).data.map(({ id }) => id);
      expect(page).toEqual(expected.slice(2));

      const first = await list({ sort, perPage: '3' });
      expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
      const second = await list({ sort, perPage: '3', after: first.pageInfo.after ?? '' });
      expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(expected);
      expect(second.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
      const back = await list({ sort, perPage: '3', before: second.pageInfo.before ?? '' });
      expect(back.data).toEqual(first.data);
      expect(back.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    }
  });

  it('says which fields of a query are wrong, and never ignores one', async () => {
    const response = await office.api.get('/api/messages').query({ statsu: 'pending', status: 'lost', perPage: '501' });
    expect(response.status).toBe(400);
    expect(response.type).toBe('application/problem+json');
    expect(response.body).toMatchObject({
      code: 'request.malformed',
      errors: { statsu: 'field.unknown', status: 'field.invalid', perPage: 'field.invalid' },
    });
    expect((response.body as { requestId: string }).requestId).not.toBe('');
  });

  it('refuses pages that are too deep, foreign cursors, and outcomes of no operation', async () => {
    await office.api.get('/api/messages').query({ page: '41', perPage: '250' }).expect(422);
    await office.api.get('/api/messages').query({ after: 'nonsense' }).expect(400);
    const { pageInfo } = await list({ sort: 'id', perPage: '1' });
    await office.api.get('/api/messages').query({ after: pageInfo.after, sort: '-failedAt' }).expect(400);
    await office.api.get('/api/messages').query({ after: pageInfo.after, page: '1' }).expect(400);
    await office.api.get('/api/messages').query({ outcome: 'failed' }).expect(400);
  });
});

describe('one failed message', () => {
  it('shows everything that arrived, with exact types', async () => {
    const [message] = (await list({ messageId: 'm-1' })).data;
    const body: unknown = (await office.api.get(`/api/messages/${message?.id ?? ''}`).expect(200)).body;
    expect(body).toMatchObject({
      ...message,
      stackTrace: null,
      properties: { messageId: 'm-1', correlationId: 'c-1', deliveryMode: 2 },
      bodyPreview: { encoding: 'utf8', text: '{"orderId":"ORD-1"}', truncated: false },
      resendable: { ok: true },
      edits: [],
    });
    const detail = body as { headers: Record<string, unknown>; headersTyped: unknown[]; deaths: unknown[] };
    expect(detail.headers['x-failure-type']).toBe('TimeoutError');
    expect(detail.headersTyped).toContainEqual({ name: 'x-failure-retries', type: 'int8', value: 3 });
    expect(detail.deaths).toHaveLength(1);
  });

  it('says of each header who put it there', async () => {
    await orders.bury({
      body: '{"orderId":"ORD-7"}',
      messageId: 'm-7',
      headers: { tenant: 'kr', 'x-delivery-count': 4, ...convention('TimeoutError', 'Order API timed out after 1 ms') },
    });
    await allArrived(5);
    const [message] = (await list({ messageId: 'm-7' })).data;
    const body: unknown = (await office.api.get(`/api/messages/${message?.id ?? ''}`).expect(200)).body;
    const { headersTyped, headerSources } = body as { headersTyped: { name: string }[]; headerSources: string[] };
    expect(headerSources).toHaveLength(headersTyped.length);
    const sources = Object.fromEntries(headersTyped.map(({ name }, index) => [name, headerSources[index]]));
    expect(sources).toMatchObject({
      tenant: 'application',
      'x-failure-type': 'framework',
      'x-delivery-count': 'broker',
    });
  });

  it('gives the exact bytes of the body as an attachment that no browser interprets', async () => {
    const [message] = (await list({ reason: 'unknown' })).data;
    await reveal(office.api, message?.id ?? '');
    const response = await office.api
      .get(`/api/messages/${message?.id ?? ''}/body`)
      .buffer()
      .parse((incoming, done) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () => {
          done(null, Buffer.concat(chunks));
        });
      });
    expect(response.body).toEqual(Buffer.from('not json'));
    expect(response.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'x-content-type-options': 'nosniff',
      'content-length': '8',
    });
    expect(response.headers['content-disposition']).toMatch(/^attachment/);
  });

  it('has a timeline that begins with its death and records who took its body', async () => {
    const [message] = (await list({ orderId: 'ORD-2' })).data;
    const path = `/api/messages/${message?.id ?? ''}`;
    await reveal(office.api, message?.id ?? '');
    await office.api.get(`${path}/body`).expect(200);
    const body: unknown = (await office.api.get(`${path}/timeline`).expect(200)).body;
    expect(body).toMatchObject({
      data: [
        { kind: 'died', messageId: message?.id, death: { errorType: 'TimeoutError' } },
        { kind: 'audit', event: 'message.revealed', actor: 'operator' },
        { kind: 'audit', event: 'message.bodyDownloaded', actor: 'operator' },
      ],
    });
  });

  it('is 404 when there is none', async () => {
    for (const path of [
      '/api/messages/999999',
      '/api/messages/999999/body',
      '/api/messages/999999/timeline',
      '/api/messages/x',
    ]) {
      const response = await office.api.get(path);
      expect([response.status, response.type]).toEqual([404, 'application/problem+json']);
    }
  });
});

describe('an order', () => {
  it('gathers all messages that carry it and their history', async () => {
    const body: unknown = (await office.api.get('/api/orders/ORD-1').expect(200)).body;
    expect(body).toMatchObject({ orderId: 'ORD-1', messagesTotal: 2 });
    const order = body as { messages: Message[]; timeline: { kind: string }[] };
    expect(order.messages.map(({ queue }) => queue)).toEqual(['notice.send', 'orders.cancel']);
    expect(order.timeline.filter(({ kind }) => kind === 'died')).toHaveLength(2);
  });

  it('is 404 when no message carries it', async () => {
    const response = await office.api.get('/api/orders/ORD-0').expect(404);
    expect(response.body).toMatchObject({ code: 'order.notFound' });
  });
});
