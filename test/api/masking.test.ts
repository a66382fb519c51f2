import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { hashPassword } from '../../server/access/passwords.ts';
import { ROLES } from '../../server/contract/access.ts';
import type { List } from '../../server/contract/schemas/lists.ts';
import type { MaskingRule } from '../../server/contract/schemas/masking.ts';
import type { Message, MessageDetail } from '../../server/contract/schemas/messages.ts';
import { connectDatabase, type Database } from '../../server/database/connect.ts';
import { parseBusinessKeyRules } from '../../server/orders/business-keys.ts';
import { openDeadQueue, type TestDeadQueue } from '../support/dead-queue.ts';
import { deskOf } from '../support/office-desk.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { waitFor } from '../support/services.ts';
import { signInAs } from '../support/sign-in.ts';

let office: TestOffice;
let dead: TestDeadQueue;
let database: Database;
let author: TestOffice['api'];
let message: Message;
let operationId: string;
let editId: string;

/** What is somebody's: in the body by a path, in a header, as a business key, and by patterns in every text. */
const SECRETS = [
  'Hong Gildong',
  'Header-Secret-1',
  'CUST-77001',
  'kim.minsu@example.com',
  '4111 1111 1111 1111',
  '010-9876-5432',
  '900101-1234567',
  'ZX-secretword',
  'Edited Person',
  'kim.edited@example.com',
] as const;
const [NAME, HEADER, CUSTOMER, EMAIL, CARD, PHONE, RESIDENT, WORD, EDITED_NAME, EDITED_EMAIL] = SECRETS;
const ERROR = `no account of ${CUSTOMER}, ${EMAIL} (${WORD}), card ${CARD}, tel ${PHONE}, no. ${RESIDENT}`;
const body = (name: string, email: string) =>
  JSON.stringify({ orderId: 'ORD-4111111111111111', customer: { id: CUSTOMER, name }, email, card: CARD, n: 1.5 });

const RULES = [
  { name: 'names', kind: 'jsonPath', value: '$.customer.name' },
  { name: 'header', kind: 'header', value: 'X-Customer-*' },
  { name: 'customers', kind: 'businessKey', value: 'customerId' },
  { name: 'words', kind: 'regex', value: 'ZX-[a-z]+' },
];

beforeAll(async () => {
  dead = await openDeadQueue();
  const keys = parseBusinessKeyRules('orderId=body:$.orderId;customerId=body:$.customer.id');
  if (!keys.ok) throw new Error(keys.problems.join());
  office = await startOffice({ deadQueues: [dead.name], businessKeys: keys.rules });
  database = connectDatabase({ url: office.databaseUrl, poolSize: 2 });
  for (const rule of RULES)
    await office.api
      .post('/api/masking-rules')
      .send({ ...rule, enabled: true })
      .expect(201);
  author = await signInAs(office, database, { username: 'author', role: 'lead' });
  const hash = await hashPassword('correct horse');
  await database('users').insert(
    ROLES.map((role) => ({
      username: `the ${role}`,
      role,
      password_hash: hash,
      created_at: database.raw('UTC_TIMESTAMP(3)'),
    })),
  );
  const work = await dead.destination();
  await dead.buryExactly({
    properties: { contentType: 'application/json', correlationId: EMAIL, replyTo: PHONE },
    headers: [
      { name: 'x-customer-name', type: 'string', value: HEADER },
      { name: 'x-failure-exchange', type: 'string', value: work.exchange },
      { name: 'x-failure-routing-key', type: 'string', value: work.routingKey },
      { name: 'x-failure-queue', type: 'string', value: work.queue },
      { name: 'x-failure-type', type: 'string', value: 'AccountMissing' },
      { name: 'x-failure-message', type: 'string', value: ERROR },
      { name: 'x-failure-stack', type: 'string', value: `AccountMissing: ${ERROR}\n    at look (/srv/app.js:1:2)` },
    ],
    body: Buffer.from(body(NAME, EMAIL)),
  });
  const desk = deskOf(office);
  const [found] = await desk.failed(dead.name, 1);
  if (found === undefined) throw new Error('Nothing failed.');
  message = found;
  await keepTraces();
});
afterAll(async () => {
  await database.destroy();
  await office.remove();
  await dead.remove();
});

/** What people do with it: an edit that is sent, a draft, a shared view, exports, an operation by filter, a reject. */
async function keepTraces(): Promise<void> {
  const { id } = message;
  await author.post(`/api/messages/${id}/reveal`).send({ reason: 'a refund' }).expect(200);
  const draft = { body: { encoding: 'utf8', text: body(EDITED_NAME, EDITED_EMAIL) } };
  await author.put(`/api/messages/${id}/draft`).send(draft).expect(200);
  const started = await author
    .post('/api/operations')
    .send({ action: 'resend', selection: { ids: [id] }, edited: true, reason: `asked by ${EMAIL}` })
    .expect(202);
  const ended = deskOf(office);
  await waitFor(async () => (await ended.operation((started.body as { id: string }).id)).finishedAt, {
    deadlineMs: 20_000,
    describe: 'the edit to be sent',
  });
  editId = (await ended.message(id)).edits[0]?.id ?? '';
  await author.put(`/api/messages/${id}/draft`).send(draft).expect(200);
  const filter = { key: [`customerId:${CUSTOMER}`], status: ['resent'] };
  const preview = { action: 'resend', selection: { filter } };
  const { upToId, countAtLeast } = (await author.post('/api/operations/preview').send(preview).expect(200)).body as {
    upToId: string;
    countAtLeast: number;
  };
  expect(countAtLeast).toBe(1);
  const byFilter = await author
    .post('/api/operations')
    .send({ ...preview, selection: { filter, upToId, expectedCount: 1 }, startAt: '2099-01-01T00:00:00.000Z' })
    .expect(202);
  operationId = (byFilter.body as { id: string }).id;
  const view = { name: 'one customer', address: `key=customerId:${CUSTOMER}`, isShared: true };
  await author.post('/api/saved-views').send(view).expect(201);
  await author.get('/api/messages/export').query({ format: 'csv', correlationId: EMAIL }).expect(200);
  await database('intake_rejects').insert({
    id: 990_000,
    dead_queue_id: database('dead_queues').where('name', Buffer.from(dead.name)).select('id'),
    batch_id: 1,
    arrived_at: new Date(),
    error_code: 'ER_DATA_TOO_LONG',
    error_text: `Data too long: ${ERROR}`,
    exchange: Buffer.from(''),
    routing_key: Buffer.from(dead.name),
    redelivered: 0,
    envelope: JSON.stringify({
      properties: { correlationId: EMAIL },
      headers: [{ name: 'x-customer-name', type: 'string', value: HEADER }],
    }),
    body_size: 0,
    chunk_count: 0,
  });
}

const documented = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });
/** What routes cannot be asked without. */
const QUERIES: Readonly<Record<string, string>> = {
  '/api/messages/values': '?field=errorType',
  '/api/messages/export': '?format=csv',
  '/api/audit-events/export': '?format=csv',
  '/api/orders/{orderId}/timeline/export': '?format=csv',
  '/api/orders': '?search=ORD',
  '/api/dead-queues/preflight': '?name=orders.dead',
  '/api/retention/preview': '?contentsKeptDays=1',
};

/** Every address that can be asked for with GET, about what was made above. */
async function addresses(): Promise<string[]> {
  const { paths } = documented.parse(await (await fetch(`${office.url}/api/openapi.json`)).json());
  const groupId = message.groupId;
  const deadQueueId = (await deskOf(office).deadQueue(dead.name)).id;
  return Object.entries(paths)
    .filter(([, methods]) => methods['get'] !== undefined)
    .flatMap(([path]) => {
      const about = path.includes('/messages/')
        ? message.id
        : path.includes('/operations/')
          ? operationId
          : path.includes('/groups/')
            ? groupId
            : path.includes('/dead-queues/')
              ? deadQueueId
              : '990000';
      const filled = path
        .replace('{editId}', editId)
        .replace('{orderId}', encodeURIComponent('ORD-4111111111111111'))
        .replace('{id}', about);
      const asked = filled + (QUERIES[path] ?? '');
      return path === '/api/messages/export' ? [asked, asked.replace('csv', 'ndjson')] : [asked];
    });
}

/** What is answered; of a stream what comes within a moment. */
async function textOf(cookie: string, address: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(office.url + address, { headers: { cookie } });
  if (!address.startsWith('/api/events')) return { status: answer.status, text: await answer.text() };
  let text = '';
  const stop = setTimeout(() => void answer.body?.cancel().catch(() => undefined), 5_000);
  for await (const chunk of answer.body ?? []) {
    text += Buffer.from(chunk as Uint8Array).toString();
    if (text.includes('event: operation')) break;
  }
  clearTimeout(stop);
  return { status: answer.status, text };
}

const cookies = new Map<string, string>();

async function cookieOf(username: string): Promise<string> {
  const known = cookies.get(username);
  if (known !== undefined) return known;
  const answer = await fetch(`${office.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify({ username, password: 'correct horse' }),
  });
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  cookies.set(username, cookie);
  return cookie;
}

const agentOf = async (role: string) => ({ cookie: await cookieOf(`the ${role}`), 'sec-fetch-site': 'same-origin' });
const detail = async () => (await office.api.get(`/api/messages/${message.id}`).expect(200)).body as MessageDetail;
const rules = async () => ((await office.api.get('/api/masking-rules').expect(200)).body as List<MaskingRule>).data;

describe('What masking hides', () => {
  it('is in the answer of no address, whoever asks', async () => {
    const all = await addresses();
    expect(all.length).toBeGreaterThan(30);
    const told: string[] = [];
    const answered = new Map<string, number>();
    for (const role of ROLES) {
      const cookie = await cookieOf(`the ${role}`);
      for (const address of all) {
        const { status, text } = await textOf(cookie, address);
        if (status === 200) answered.set(address, (answered.get(address) ?? 0) + 1);
        for (const secret of SECRETS) {
          if (text.includes(secret) || text.includes(encodeURIComponent(secret)))
            told.push(`${role}: ${address} (${status}) tells ${secret}`);
        }
      }
    }
    expect(told).toEqual([]);
    // What has no masks is not given without a reason; all else was there to be looked at.
    const ofMessages = /^\/api\/(?:messages|orders|groups|operations|rejects|stats|saved-views|audit-events|events)\b/;
    const refused = all.filter((address) => ofMessages.test(address) && !answered.has(address));
    expect(refused.map((address) => address.replace(/\d+/g, '#')).sort()).toEqual([
      '/api/messages/#/body',
      '/api/messages/#/draft',
      '/api/messages/#/edits/#',
      '/api/messages/export?format=ndjson',
      '/api/rejects/#/body',
    ]);
  }, 60_000);

  it('is said to be masked, and the rest is as it was', async () => {
    const shown = await detail();
    expect(shown.bodyPreview?.text).toBe(
      '{"orderId":"ORD-4111111111111111","customer":{"id":"•••","name":"•••"},"email":"•••","card":"•••• 1111","n":1.5}',
    );
    expect(shown.errorMessage).toBe('no account of •••, ••• (•••), card •••• 1111, tel •••, no. •••');
    expect(shown.keys).toEqual({ customerId: ['•••'], orderId: ['ORD-4111111111111111'] });
    expect(shown.headersTyped.find(({ name }) => name === 'x-customer-name')?.value).toBe('•••');
    expect(shown.masked.body).toBeNull();
    expect(shown.masked.count).toBeGreaterThan(10);
    expect(new Set(shown.masked.rules)).toEqual(
      new Set(['names', 'header', 'customers', 'words', 'card', 'email', 'phone', 'koreanResidentNumber']),
    );
  });

  it('can be asked for by no filter, other than by those who may reveal it', async () => {
    const operator = await agentOf('operator');
    const lead = await agentOf('lead');
    for (const asked of [
      `/api/messages?key=customerId:${CUSTOMER}`,
      `/api/messages?key=customerId:nobody`,
      `/api/messages?correlationId=${encodeURIComponent(EMAIL)}`,
      `/api/messages?text=${encodeURIComponent(`no ${EMAIL}`)}`,
      `/api/messages/export?format=csv&text=${WORD}`,
      `/api/groups?text=${WORD}`,
    ]) {
      const refused = await fetch(office.url + asked, { headers: operator });
      const problem = await refused.text();
      expect([asked, refused.status, problem.includes('filter.masked')]).toEqual([asked, 403, true]);
      expect(problem).not.toContain(CUSTOMER);
      const given = await fetch(office.url + asked, { headers: lead });
      expect([asked, given.status]).toEqual([asked, 200]);
      expect(await given.text()).not.toContain(CUSTOMER);
    }
    const selection = { filter: { key: [`customerId:${CUSTOMER}`] } };
    const preview = await fetch(`${office.url}/api/operations/preview`, {
      method: 'POST',
      headers: { ...operator, 'content-type': 'application/json' },
      body: JSON.stringify({ action: 'resend', selection }),
    });
    expect(preview.status).toBe(403);
  });
});

describe('Revealing', () => {
  it('takes the permission and a reason, and is on record', async () => {
    const path = `${office.url}/api/messages/${message.id}/reveal`;
    const reveal = async (role: string, given: object) => {
      const headers = { ...(await agentOf(role)), 'content-type': 'application/json' };
      return await fetch(path, { method: 'POST', headers, body: JSON.stringify(given) });
    };
    expect((await reveal('operator', { reason: 'because' })).status).toBe(403);
    expect((await reveal('lead', {})).status).toBe(400);
    expect((await reveal('lead', { reason: '  ' })).status).toBe(400);
    const given = await reveal('lead', { reason: 'complaint 4711' });
    expect(given.status).toBe(200);
    const text = await given.text();
    for (const secret of SECRETS.slice(0, 8)) expect(text).toContain(secret);
    const [event] = (
      (await office.api.get('/api/audit-events').query({ kind: 'message.revealed', actor: 'the lead' }).expect(200))
        .body as List<{ messageId: string; details: object }>
    ).data;
    expect(event).toMatchObject({ messageId: message.id, details: { reason: 'complaint 4711' } });
  });

  it('opens the raw body, the draft and the edits to who did it, and to nobody else', async () => {
    const lead = await cookieOf('the lead');
    const admin = await cookieOf('the admin');
    for (const part of ['body', 'draft', `edits/${editId}`]) {
      const address = `/api/messages/${message.id}/${part}`;
      const opened = await textOf(lead, address);
      expect([part, opened.status]).toEqual([part, 200]);
      expect(opened.text).toContain(part === 'body' ? NAME : EDITED_NAME);
      expect([part, (await textOf(admin, address)).status]).toEqual([part, 428]);
    }
    await database('audit_events')
      .where({ kind: 'message.revealed' })
      .update({ at: new Date(Date.now() - 61 * 60_000) });
    expect((await textOf(lead, `/api/messages/${message.id}/body`)).status).toBe(428);
  });

  it('is how unregistered messages and NDJSON are had, too', async () => {
    const reject = await office.api.post('/api/rejects/990000/reveal').send({ reason: 'registering' }).expect(200);
    expect(JSON.stringify(reject.body)).toContain(HEADER);
    await office.api.get('/api/rejects/990000/body').expect(200);
    const file = await office.api
      .get('/api/messages/export')
      .query({ format: 'ndjson' })
      .set('X-Reveal-Reason', encodeURIComponent('이관'))
      .buffer(true)
      .expect(200);
    expect(file.text).toContain(HEADER);
    const [event] = (
      (await office.api.get('/api/audit-events').query({ kind: 'messages.exported' }).expect(200)).body as List<{
        details: { reason?: string };
      }>
    ).data;
    expect(event?.details.reason).toBe('이관');
  });
});

describe('Masking rules', () => {
  it('are tried on a pasted text before they are saved', async () => {
    const tried = await office.api
      .post('/api/masking-rules/preview')
      .send({ sample: '{"pin":"1234","mail":"a@b.kr"}', rule: { kind: 'jsonPath', value: '$.pin' } })
      .expect(200);
    expect(tried.body).toMatchObject({ text: '{"pin":"•••","mail":"a@b.kr"}', masked: { count: 1 } });
    const all = await office.api.post('/api/masking-rules/preview').send({ sample: 'to a@b.kr' }).expect(200);
    expect((all.body as { text: string }).text).toBe('to •••');
  });

  it('are checked, for leads without a limit, and each change is on record', async () => {
    const refused = await office.api
      .post('/api/masking-rules')
      .send({ name: 'costly', kind: 'jsonPath', value: '$..a..b', enabled: true })
      .expect(422);
    expect(refused.body).toMatchObject({ code: 'masking.ruleInvalid', params: { fault: 'costlyPath' } });
    const rule = { name: 'pins', kind: 'jsonPath', value: '$.pin', enabled: true };
    const made = (await office.api.post('/api/masking-rules').send(rule).expect(201)).body as MaskingRule;
    await office.api.post('/api/masking-rules').send(rule).expect(409);
    const path = `/api/masking-rules/${made.id}`;
    await office.api.patch(path).send({ version: made.version, enabled: false }).expect(200);
    await office.api.patch(path).send({ version: made.version, value: '$.code' }).expect(409);
    await office.api.delete(path).expect(204);
    const events = (await office.api.get('/api/audit-events').query({ perPage: 3 }).expect(200)).body as List<{
      kind: string;
      subject: string;
      details: object;
    }>;
    expect(events.data.map(({ kind, subject }) => [kind, subject])).toEqual([
      ['maskingRule.removed', 'pins'],
      ['maskingRule.changed', 'pins'],
      ['maskingRule.added', 'pins'],
    ]);
    expect(events.data[1]?.details).toMatchObject({ enabled: false, before: { enabled: true } });
  });

  it('hold at once where they were changed, and within two seconds where another instance changed them', async () => {
    const names = (await rules()).find(({ name }) => name === 'names');
    if (names === undefined) throw new Error('The rule is gone.');
    const path = `/api/masking-rules/${names.id}`;
    await office.api.patch(path).send({ version: names.version, enabled: false }).expect(200);
    expect((await detail()).bodyPreview?.text).toContain(NAME);
    await database('masking_rules').where('id', names.id).update({ enabled: 1 });
    await waitFor(async () => !(await detail()).bodyPreview?.text.includes(NAME), {
      deadlineMs: 2_000,
      describe: 'the change of another instance',
    });
  });

  it('that a newer office wrote hide everything until somebody switches them off', async () => {
    const [id] = await database('masking_rules').insert({
      name: 'of tomorrow',
      kind: 'tokenize',
      value: 'x',
      enabled: 1,
      version: 1,
      updated_at: new Date(),
    });
    const hidden = await waitFor(
      async () => {
        const shown = await detail();
        return shown.masked.body === 'rules' ? shown : null;
      },
      { deadlineMs: 2_000, describe: 'everything to be hidden' },
    );
    expect([hidden.bodyPreview?.text, hidden.errorMessage, hidden.keys]).toEqual([
      '•••',
      '•••',
      { customerId: ['•••'], orderId: ['•••'] },
    ]);
    await office.api
      .patch(`/api/masking-rules/${String(id)}`)
      .send({ version: 1, enabled: false })
      .expect(200);
    expect((await detail()).masked.body).toBeNull();
  });
});
