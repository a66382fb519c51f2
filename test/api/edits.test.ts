import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { HeaderTable } from '../../server/amqp/message.ts';
import type { Editing, EditWithOriginal } from '../../server/contract/schemas/drafts.ts';
import type { List } from '../../server/contract/schemas/lists.ts';
import type { Message, MessageDetail, TimelineEntry } from '../../server/contract/schemas/messages.ts';
import type { Operation } from '../../server/contract/schemas/operations.ts';
import { connectDatabase, type Database } from '../../server/database/connect.ts';
import { openDeadQueue, type TestDeadQueue, type TestDestination } from '../support/dead-queue.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { waitFor } from '../support/services.ts';
import { signInAs } from '../support/sign-in.ts';
import { reveal } from '../support/reveal.ts';

let office: TestOffice;
let dead: TestDeadQueue;
let work: TestDestination;
let database: Database;
let lead: TestOffice['api'];
let message: Message;

/** More than JavaScript's numbers hold, and a price as somebody wrote it. */
const BODY = '{"orderId":"ORD-1","amount":9007199254740993,"price":1.10}\r\n';
/** By their names, as RabbitMQ 4 hands headers on. */
const OWN: HeaderTable = [
  { name: 'attempt', type: 'int64', value: '9007199254740993' },
  {
    name: 'flags',
    type: 'array',
    value: [
      { type: 'int8', value: 1 },
      { type: 'void', value: null },
    ],
  },
  { name: 'sent', type: 'timestamp', value: '1790000000' },
  { name: 'tenant', type: 'string', value: 'kr' },
];
const PROPERTIES = { contentType: 'application/json', deliveryMode: 2, messageId: 'm-1' };

beforeAll(async () => {
  dead = await openDeadQueue();
  work = await dead.destination();
  office = await startOffice({ deadQueues: [dead.name] });
  database = connectDatabase({ url: office.databaseUrl, poolSize: 2 });
  lead = await signInAs(office, database, { username: 'lee', role: 'lead' });
});
afterAll(async () => {
  await database.destroy();
  await office.remove();
  await dead.remove();
});
beforeEach(async () => {
  work.arrived.length = 0;
  message = await fail();
  await reveal(lead, message.id);
});

const failure = (): HeaderTable => [
  { name: 'x-delivery-count', type: 'int64', value: '3' },
  { name: 'x-failure-exchange', type: 'string', value: work.exchange },
  { name: 'x-failure-queue', type: 'string', value: work.queue },
  { name: 'x-failure-routing-key', type: 'string', value: work.routingKey },
  { name: 'x-failure-type', type: 'string', value: 'TimeoutError' },
];

async function newest(): Promise<Message | undefined> {
  return ((await lead.get('/api/messages').query({ perPage: 1, status: 'pending' }).expect(200)).body as List<Message>)
    .data[0];
}
async function fail(): Promise<Message> {
  const before = (await newest())?.id;
  await dead.buryExactly({ properties: PROPERTIES, headers: [...OWN, ...failure()], body: Buffer.from(BODY) });
  return await waitFor(
    async () => {
      const one = await newest();
      return one !== undefined && one.id !== before ? one : null;
    },
    { describe: 'the failure' },
  );
}

const draftOf = async (id: string) => (await lead.get(`/api/messages/${id}/draft`).expect(200)).body as Editing;
const save = async (id: string, draft: object) =>
  (await lead.put(`/api/messages/${id}/draft`).send(draft).expect(200)).body as Editing;
const detail = async (id: string) => (await lead.get(`/api/messages/${id}`).expect(200)).body as MessageDetail;
const sent = (id: string, more: object = {}) => ({
  action: 'resend',
  selection: { ids: [id] },
  edited: true,
  reason: 'the wrong amount',
  ...more,
});
async function send(id: string, more: object = {}): Promise<Operation> {
  const started = await lead.post('/api/operations').send(sent(id, more)).expect(202);
  return await ended((started.body as Operation).id);
}
const ended = (id: string) =>
  waitFor(
    async () => {
      const operation = (await lead.get(`/api/operations/${id}`).expect(200)).body as Operation;
      return operation.finishedAt === null ? null : operation;
    },
    { deadlineMs: 20_000, describe: 'the operation to end' },
  );
const utf8 = (text: string) => ({ encoding: 'utf8', text });
const codeOf = (answer: { body: unknown }) => (answer.body as { code: string }).code;

describe('an editor', () => {
  it('gets the message with exact types and numbers, and what is locked', async () => {
    const { original, locked, sensitive, draft } = await draftOf(message.id);
    expect(original).toEqual({ properties: PROPERTIES, headersTyped: OWN, body: utf8(BODY) });
    expect(locked.headers.map(({ header, because }) => [header.name, because])).toEqual([
      ['x-delivery-count', 'broker'],
      ['x-failure-exchange', 'framework'],
      ['x-failure-queue', 'framework'],
      ['x-failure-routing-key', 'framework'],
      ['x-failure-type', 'framework'],
    ]);
    expect(locked.properties).toEqual(['userId']);
    expect(sensitive.properties).toContain('messageId');
    expect(draft).toBeNull();
  });

  it('is for leads', async () => {
    const operator = await signInAs(office, database, { username: 'opal', role: 'operator' });
    for (const answer of [
      await operator.get(`/api/messages/${message.id}/draft`),
      await operator.put(`/api/messages/${message.id}/draft`).send({ body: utf8('{}') }),
      await operator.delete(`/api/messages/${message.id}/draft`),
      await operator.post('/api/operations').send(sent(message.id)),
      await operator.post('/api/operations/preview').send(sent(message.id)),
    ]) {
      expect([answer.status, codeOf(answer)]).toEqual([403, 'access.denied']);
    }
  });
});

describe('an edited message', () => {
  const changed = BODY.replace('ORD-1', 'ORD-2').replace('9007199254740993', '9007199254740995');

  it('is sent as it was edited, to the byte and the type, and the message as it failed stays', async () => {
    const headers: HeaderTable = [
      ...OWN.filter(({ name }) => name < 'retry'),
      { name: 'retry-budget', type: 'uint16', value: 7 },
      ...OWN.filter(({ name }) => name === 'sent'),
    ];
    const { draft } = await save(message.id, { body: utf8(changed), headersTyped: headers, version: 0 });
    expect(draft).toMatchObject({
      version: 1,
      author: 'lee',
      outdated: false,
      operationId: null,
      changed: {
        body: true,
        headers: { added: ['retry-budget'], removed: ['tenant'], changed: [] },
        properties: [],
        keys: [{ name: 'orderId', before: ['ORD-1'], after: ['ORD-2'] }],
      },
    });
    const operation = await send(message.id, { draftVersions: { [message.id]: 1 } });
    expect(operation).toMatchObject({ edited: true, outcomes: { confirmed: 1 } });
    await waitFor(() => work.arrived.length === 1, { describe: 'the message' });
    const [arrived] = work.arrived;
    expect(arrived?.body.toString()).toBe(changed);
    expect(arrived?.properties).toEqual(PROPERTIES);
    expect(arrived?.headers?.filter(({ name }) => name !== 'x-dead-letter-office-id')).toEqual(headers);
    expect((await lead.get(`/api/messages/${message.id}/body`).expect(200)).body).toEqual(Buffer.from(BODY));
    const now = await detail(message.id);
    expect(now.headersTyped).toEqual([...OWN, ...failure()]);
    expect(now.edits).toMatchObject([{ id: draft?.id, operationId: operation.id, outcome: 'confirmed' }]);
    expect(now.keys).toEqual({ orderId: ['ORD-1'] });
    const { data } = (await lead.get(`/api/messages/${message.id}/timeline`).expect(200)).body as {
      data: TimelineEntry[];
    };
    expect(data).toContainEqual(expect.objectContaining({ kind: 'operation', editId: draft?.id }));
    expect(data).toContainEqual(expect.objectContaining({ kind: 'audit', event: 'message.draftSaved', actor: 'lee' }));
    const kept = await lead.get(`/api/messages/${message.id}/edits/${draft?.id ?? ''}`).expect(200);
    expect((kept.body as EditWithOriginal).original).toEqual({
      properties: PROPERTIES,
      headersTyped: OWN,
      body: utf8(BODY),
    });
    expect((kept.body as EditWithOriginal).contents).toEqual({
      properties: PROPERTIES,
      headersTyped: headers,
      body: utf8(changed),
    });
    expect((await draftOf(message.id)).draft).toBeNull();
  });

  it('that fails again is the same message, with what it failed with this time', async () => {
    await save(message.id, { body: utf8(changed) });
    const { id } = await send(message.id);
    await waitFor(() => work.arrived.length === 1, { describe: 'the message' });
    const [{ headers = [], ...arrived } = { properties: {}, body: Buffer.alloc(0) }] = work.arrived;
    await dead.buryExactly({ ...arrived, headers: [...headers, ...failure()] });
    const back = await waitFor(
      async () => {
        const now = await detail(message.id);
        return now.failureCount === 2 ? now : null;
      },
      { describe: 'it to come back' },
    );
    expect(back).toMatchObject({
      status: 'pending',
      bodyPreview: { text: changed },
      deaths: [{}, { operationId: id }],
    });
    expect((await draftOf(message.id)).original.body).toEqual(utf8(changed));
  });

  it('is what was there when it was sent, whatever is saved afterwards', async () => {
    await save(message.id, { body: utf8('{"as":"sent"}') });
    const startAt = new Date(Date.now() + 1_500).toISOString();
    const started = (await lead.post('/api/operations').send(sent(message.id, { startAt })).expect(202))
      .body as Operation;
    expect(started.status).toBe('scheduled');
    await save(message.id, { body: utf8('{"as":"afterwards"}'), version: 0 });
    await ended(started.id);
    await waitFor(() => work.arrived.length === 1, { describe: 'the message' });
    expect(work.arrived[0]?.body.toString()).toBe('{"as":"sent"}');
    expect((await draftOf(message.id)).draft?.contents.body).toEqual(utf8('{"as":"afterwards"}'));
  });

  it('goes nowhere when its draft is another than was shown, or of earlier contents, or not there', async () => {
    expect(await send(message.id)).toMatchObject({ outcomes: { confirmed: 0, skipped: 1 } });
    await save(message.id, { body: utf8('{}') });
    const drifted = await lead.post('/api/operations').send(sent(message.id, { draftVersions: { [message.id]: 2 } }));
    expect([drifted.status, codeOf(drifted)]).toEqual([409, 'draft.changed']);
    await database('edits').where({ message_id: message.id, draft: 1 }).update({ death_id: '1' });
    const preview = await lead.post('/api/operations/preview').send(sent(message.id)).expect(200);
    expect(preview.body).toMatchObject({ notResendable: [{ code: 'item.draftOutdated', count: 1 }], targets: [] });
    expect(await send(message.id)).toMatchObject({ outcomes: { confirmed: 0, skipped: 1 } });
    expect((await draftOf(message.id)).draft).toMatchObject({ outdated: true });
    expect(work.arrived).toEqual([]);
  });

  it('needs a reason, and ids', async () => {
    await save(message.id, { body: utf8('{}') });
    const nameless = await lead.post('/api/operations').send(sent(message.id, { reason: undefined }));
    expect([nameless.status, codeOf(nameless)]).toEqual([422, 'operation.reasonRequired']);
    await lead
      .post('/api/operations/preview')
      .send(sent(message.id, { selection: { filter: {} } }))
      .expect(400);
    await lead
      .post('/api/operations')
      .send(sent(message.id, { edited: undefined, draftVersions: { [message.id]: 1 } }))
      .expect(400);
  });
});

describe('a draft', () => {
  it('is not saved over one that somebody else saved meanwhile, nor for a message that failed again', async () => {
    const { deathId } = await draftOf(message.id);
    await save(message.id, { body: utf8('{"a":1}'), version: 0, deathId });
    for (const [draft, code] of [
      [{ version: 0 }, 'draft.changed'],
      [{ version: 7 }, 'draft.changed'],
      [{ version: 1, deathId: '1' }, 'draft.outdated'],
    ] as const) {
      const answer = await lead.put(`/api/messages/${message.id}/draft`).send({ body: utf8('{}'), ...draft });
      expect([answer.status, codeOf(answer)]).toEqual([409, code]);
    }
    const { draft } = await save(message.id, { body: utf8('{"a":2}'), version: 1 });
    expect(draft).toMatchObject({ version: 2, contents: { body: utf8('{"a":2}') } });
    expect(await countContents(message.id)).toBe(1);
  });

  it('of two who begin at the same moment is the first one’s', async () => {
    const both = await Promise.all(
      ['{"a":1}', '{"a":2}'].map((text) =>
        lead.put(`/api/messages/${message.id}/draft`).send({ body: utf8(text), version: 0 }),
      ),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await countContents(message.id)).toBe(1);
  });

  it('can be discarded, and nothing of it stays but the record', async () => {
    await save(message.id, { body: utf8('{}') });
    await lead.delete(`/api/messages/${message.id}/draft`).expect(204);
    expect((await draftOf(message.id)).draft).toBeNull();
    expect(codeOf(await lead.delete(`/api/messages/${message.id}/draft`).expect(404))).toBe('draft.notFound');
    const events = await lead.get('/api/audit-events').query({ kind: 'message.draftDiscarded' }).expect(200);
    expect((events.body as List<unknown>).data[0]).toMatchObject({ actor: 'lee', messageId: message.id });
  });

  it.each<[string, object, number, string]>([
    ['of nothing changed', { body: utf8(BODY) }, 422, 'draft.nothingChanged'],
    [
      'with a number too large for its type',
      { headersTyped: [{ name: 'a', type: 'int8', value: 300 }] },
      400,
      'request.malformed',
    ],
    ['with a rounded integer', { headersTyped: [{ name: 'a', type: 'int64', value: 1 }] }, 400, 'request.malformed'],
    ['with an unknown property', { properties: { colour: 'red' } }, 400, 'request.malformed'],
    ['with a property of another type', { properties: { priority: 'high' } }, 400, 'request.malformed'],
    ['with a body that is not base64', { body: { encoding: 'base64', text: '%%' } }, 400, 'request.malformed'],
    ['with half a character', { body: utf8('\ud800') }, 400, 'request.malformed'],
    [
      'with another count of the broker',
      { headersTyped: [{ name: 'x-delivery-count', type: 'int64', value: '0' }] },
      422,
      'draft.locked',
    ],
    ['in somebody’s name', { properties: { ...PROPERTIES, userId: 'boss' } }, 422, 'draft.locked'],
    ['that RabbitMQ would not take', { properties: { ...PROPERTIES, expiration: 'soon' } }, 422, 'draft.notSendable'],
    [
      'with a number that RabbitMQ does not carry',
      { headersTyped: [...OWN, { name: 'ratio', type: 'double', value: 'NaN' }] },
      422,
      'draft.notSendable',
    ],
    ['with too large a body', { body: utf8('x'.repeat(1024 * 1024 + 1)) }, 422, 'draft.bodyTooLarge'],
  ])('%s is refused, and nothing is kept', async (_what, draft, status, code) => {
    const answer = await lead.put(`/api/messages/${message.id}/draft`).send(draft);
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
    expect((await draftOf(message.id)).draft).toBeNull();
  });

  it('of a message that is deleted is not begun', async () => {
    const started = await lead
      .post('/api/operations')
      .send({ action: 'delete', selection: { ids: [message.id] } })
      .expect(202);
    await ended((started.body as Operation).id);
    const answer = await lead.put(`/api/messages/${message.id}/draft`).send({ body: utf8('{}') });
    expect([answer.status, codeOf(answer)]).toEqual([409, 'draft.wrongStatus']);
  });
});

/** How many contents there are of edits of a message. */
async function countContents(messageId: string): Promise<number> {
  const rows: unknown[] = await database('edits AS edit')
    .join('contents AS content', 'content.id', 'edit.content_id')
    .where('edit.message_id', messageId)
    .select('content.id');
  const all: unknown[] = await database('contents AS content')
    .leftJoin('deaths AS death', 'death.content_id', 'content.id')
    .leftJoin('edits AS edit', 'edit.content_id', 'content.id')
    .whereNull('death.id')
    .whereNull('edit.id')
    .select('content.id');
  expect(all, 'contents that nothing points to').toEqual([]);
  return rows.length;
}
