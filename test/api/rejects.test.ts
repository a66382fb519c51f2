import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { List } from '../../server/contract/schemas/lists.ts';
import type { Message, MessageDetail } from '../../server/contract/schemas/messages.ts';
import type { ImportAnswer, RegisterAnswer, Reject, RejectDetail } from '../../server/contract/schemas/rejects.ts';
import { connectDatabase, type Database } from '../../server/database/connect.ts';
import { openDeadQueue, type TestDeadQueue } from '../support/dead-queue.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { waitFor } from '../support/services.ts';
import { reveal } from '../support/reveal.ts';

let office: TestOffice;
let dead: TestDeadQueue;
let database: Database;
const cleanUp: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  dead = await openDeadQueue();
  office = await startOffice({ deadQueues: [dead.name] });
  database = connectDatabase({ url: office.databaseUrl, poolSize: 2 });
});
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
  await database.destroy();
  await office.remove();
  await dead.remove();
});

/** A fault nobody thought of: the table refuses what carries the word. */
async function poison(table: 'failed_messages' | 'intake_rejects'): Promise<void> {
  const condition = table === 'failed_messages' ? "NEW.message_id LIKE 'poison%'" : "INSTR(NEW.envelope, 'poison') > 0";
  await database.raw(
    `CREATE TRIGGER refuse_${table} BEFORE INSERT ON ${table} FOR EACH ROW
     IF ${condition} THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'refused by a trigger'; END IF`,
  );
}
async function mend(table: 'failed_messages' | 'intake_rejects'): Promise<void> {
  await database.raw(`DROP TRIGGER refuse_${table}`);
}

async function rejects(query: Record<string, unknown> = {}): Promise<List<Reject>> {
  return (await office.api.get('/api/rejects').query(query).expect(200)).body as List<Reject>;
}
const untilRejects = (count: number) =>
  waitFor(
    async () => {
      const list = await rejects();
      return list.total === count && list.data.length >= Math.min(1, count) ? list.data : null;
    },
    { describe: `${count} rejects` },
  );
async function messages(at: TestOffice = office): Promise<Message[]> {
  const answer = await at.api.get('/api/messages').query({ sort: 'id', perPage: 100 }).expect(200);
  return (answer.body as List<Message>).data;
}
async function register(body: unknown, status = 200): Promise<RegisterAnswer> {
  return (
    await office.api
      .post('/api/rejects/register')
      .send(body as object)
      .expect(status)
  ).body as RegisterAnswer;
}
async function importText(text: string, at: TestOffice = office): Promise<ImportAnswer> {
  const answer = await at.api
    .post('/api/rejects/import')
    .set('Content-Type', 'application/x-ndjson')
    .send(text)
    .expect(200);
  return answer.body as ImportAnswer;
}
const nothing = { registered: 0, already: 0, rejected: 0, refused: 0, missing: 0 };

describe('a message that the database refuses', () => {
  it('waits with the reason, is shown as it is, and is registered once when the cause is mended', async () => {
    await poison('failed_messages');
    await dead.bury({
      body: '{"orderId":"ORD-7"}',
      messageId: 'poison-1',
      contentType: 'application/json',
      headers: { attempt: { '!': 'long', value: 5 } },
    });
    const [reject] = await untilRejects(1);
    expect(reject).toMatchObject({
      place: 'rejects',
      deadQueue: dead.name,
      text: 'refused by a trigger',
      routingKey: dead.name,
      bodySize: 19,
    });
    const id = reject?.id ?? '';
    const detail = (await office.api.get(`/api/rejects/${id}`).expect(200)).body as RejectDetail;
    expect(detail).toMatchObject({
      properties: { messageId: 'poison-1', contentType: 'application/json' },
      headersTyped: [{ name: 'attempt', type: 'int64', value: '5' }],
      contentType: 'application/json',
      bodyPreview: { encoding: 'utf8', text: '{"orderId":"ORD-7"}', truncated: false },
      masked: { count: 0, rules: [], body: null },
    });
    await office.api.get(`/api/rejects/${id}/body`).expect(428);
    await office.api.post(`/api/rejects/${id}/reveal`).send({ reason: 'to register' }).expect(200);
    const body = await office.api.get(`/api/rejects/${id}/body`).buffer(true).expect(200);
    expect((body.body as Buffer).toString()).toBe('{"orderId":"ORD-7"}');

    // The cause is still there.
    const refused = await register({ ids: [id] });
    expect(refused.counts).toEqual({ ...nothing, refused: 1 });
    expect(refused.results[0]).toMatchObject({ id, outcome: 'refused', text: 'refused by a trigger' });
    expect(refused.left).toBe(1);

    await mend('failed_messages');
    const answer = await register({ ids: [id, id] });
    expect(answer.counts).toEqual({ ...nothing, registered: 1 });
    expect(answer.left).toBe(0);
    const messageId = answer.results[0]?.messageId ?? '';
    expect((await messages()).map((message) => message.id)).toEqual([messageId]);
    const message = (await office.api.get(`/api/messages/${messageId}`).expect(200)).body as MessageDetail;
    expect(message).toMatchObject({
      status: 'pending',
      keys: { orderId: ['ORD-7'] },
      headersTyped: [{ name: 'attempt', type: 'int64', value: '5' }],
      bodyPreview: { text: '{"orderId":"ORD-7"}' },
      possibleDuplicateOf: null,
    });
    expect((await rejects()).data).toEqual([]);
    await office.api.get(`/api/rejects/${id}`).expect(404);

    expect((await register({ ids: [id, '999999', 'no-such'] })).counts).toEqual({ ...nothing, missing: 3 });
    expect((await messages()).length).toBe(1);
    const events = await office.api.get('/api/audit-events').query({ kind: 'message.registered' }).expect(200);
    expect((events.body as List<unknown>).data).toMatchObject([
      { actor: 'operator', messageId, subject: dead.name, details: { from: 'rejects', entry: id } },
    ]);
  });

  it('in the journal is listed before those in the rejects, page by page, and registered with them', async () => {
    await poison('failed_messages');
    for (const number of [1, 2, 3]) await dead.bury({ body: `reject ${number}`, messageId: `poison-${number}` });
    await untilRejects(3);
    await poison('intake_rejects');
    for (const number of [4, 5]) await dead.bury({ body: `journal ${number}`, messageId: `poison-${number}` });
    await untilRejects(5);

    const all = (await rejects()).data;
    expect(all.map(({ place }) => place)).toEqual(['journal', 'journal', 'rejects', 'rejects', 'rejects']);
    const ids = all.map(({ id }) => id);
    const seen: string[] = [];
    for (let after: string | undefined; ;) {
      const { data, pageInfo, total } = await rejects({ perPage: 2, ...(after === undefined ? {} : { after }) });
      expect(total).toBe(5);
      seen.push(...data.map(({ id }) => id));
      if (!pageInfo.hasNextPage) {
        const back = await rejects({ perPage: 3, before: pageInfo.before });
        expect(back.data.map(({ id }) => id)).toEqual(ids.slice(1, 4));
        break;
      }
      ({ after } = pageInfo);
    }
    expect(seen).toEqual(ids);
    expect((await rejects({ page: 2, perPage: 3 })).data.map(({ id }) => id)).toEqual(ids.slice(3));

    const detail = (await office.api.get(`/api/rejects/${ids[0]}`).expect(200)).body as RejectDetail;
    expect(detail).toMatchObject({ properties: { messageId: 'poison-5' }, bodyPreview: { text: 'journal 5' } });

    await mend('failed_messages');
    const answer = await register({ all: true });
    expect(answer.counts).toEqual({ ...nothing, registered: 5 });
    expect((await messages()).length).toBe(5);
    expect((await register({ all: true })).counts).toEqual(nothing);
    await database('instances').insert({
      host: 'another',
      pid: 1,
      started_at: new Date(0),
      last_seen_at: new Date(0),
      journal_unregistered: 7,
    });
    expect(await rejects()).toMatchObject({ total: 0, elsewhere: 7 });
    expect((await rejects()).total).toBe(0);
  });
});

describe('an export', () => {
  it('is registered in another installation exactly as it was, and a second time adds nothing', async () => {
    const contents = {
      properties: { messageId: 'm-1', priority: 3, timestamp: '1800000000' },
      headers: [
        { name: 'big', type: 'int64' as const, value: '9007199254740993' },
        { name: 'twice', type: 'string' as const, value: 'a' },
        { name: 'twice', type: 'string' as const, value: 'b' },
      ],
      body: Buffer.alloc(700_000, '\u2028주문'),
    };
    await dead.buryExactly(contents);
    await dead.bury({ body: '=1+1', headers: { 'x-failure-type': '=HYPERLINK("http://x")' } });
    await waitFor(async () => (await messages()).length === 2);
    const ndjson = await office.api
      .get('/api/messages/export')
      .query({ format: 'ndjson' })
      .set('X-Reveal-Reason', 'moving')
      .buffer(true)
      .expect(200);
    expect(ndjson.headers['content-type']).toContain('application/x-ndjson');
    const { text } = ndjson;

    // In the same installation they are on record.
    expect((await importText(text)).counts).toEqual({ ...nothing, already: 2 });

    const other = await startOffice({ deadQueues: [] });
    cleanUp.push(other.remove);
    const unknown = await importText(text, other);
    expect(unknown.counts).toEqual({ ...nothing, refused: 2 });
    expect(unknown.problems).toMatchObject([
      { line: 1, code: 'line.deadQueueMissing', params: { name: dead.name } },
      { code: 'line.deadQueueMissing' },
    ]);
    await other.api.post('/api/dead-queues').send({ name: dead.name, watched: false }).expect(201);
    expect((await importText(text, other)).counts).toEqual({ ...nothing, registered: 2 });
    expect((await importText(text, other)).counts).toEqual({ ...nothing, already: 2 });
    const [first] = await messages(other);
    const detail = (await other.api.get(`/api/messages/${first?.id}`).expect(200)).body as MessageDetail;
    const [original] = await messages();
    const before = (await office.api.get(`/api/messages/${original?.id}`).expect(200)).body as MessageDetail;
    expect(detail.properties).toEqual(contents.properties);
    // As it arrived: RabbitMQ 4 itself keeps one of two headers with the same name.
    expect(detail.headersTyped).toEqual(before.headersTyped);
    expect(detail.headersTyped).toEqual(expect.arrayContaining(contents.headers.slice(0, 2)));
    await reveal(other.api, first?.id ?? '');
    const body = await other.api.get(`/api/messages/${first?.id}/body`).buffer(true).expect(200);
    expect((body.body as Buffer).equals(contents.body)).toBe(true);
    const events = await other.api.get('/api/audit-events').query({ kind: 'rejects.imported' }).expect(200);
    expect((events.body as List<unknown>).data.length).toBe(3);
  });

  it('as CSV holds what matches the filters, with formulas escaped', async () => {
    await dead.bury({ body: 'a', headers: { 'x-failure-type': '=HYPERLINK("http://x")', 'order-id': 'ORD-1' } });
    await dead.bury({ body: 'b', headers: { 'x-failure-type': 'TimeoutError', 'order-id': 'ORD-2' } });
    await waitFor(async () => (await messages()).length === 2);
    const csv = async (query: Record<string, string>) =>
      (
        await office.api
          .get('/api/messages/export')
          .query({ format: 'csv', ...query })
          .expect(200)
      ).text;
    const all = await csv({});
    expect(all.trim().split('\n').length).toBe(3);
    expect(all).toContain(`"'=HYPERLINK(""http://x"")"`);
    const one = await csv({ orderId: 'ORD-2' });
    expect(one).toContain('TimeoutError');
    expect(one).not.toContain('HYPERLINK');
    await office.api.get('/api/messages/export').query({ format: 'xml' }).expect(400);
    await office.api.get('/api/messages/export').query({ format: 'csv', page: 1 }).expect(400);
    const events = await office.api.get('/api/audit-events').query({ kind: 'messages.exported' }).expect(200);
    expect((events.body as List<unknown>).data).toMatchObject([
      { details: { format: 'csv', filter: { orderId: ['ORD-2'] } } },
      { details: { format: 'csv', filter: {} } },
    ]);
  });
});

describe('an import', () => {
  const entry = (over: Record<string, unknown> = {}) => ({
    entry: 'e-1',
    at: '2026-11-22T07:18:00.000Z',
    deadQueue: { name: dead.name },
    exchange: '',
    routingKey: dead.name,
    properties: {},
    headers: null,
    body: Buffer.from('good').toString('base64'),
    ...over,
  });
  const lines = (...given: unknown[]) =>
    given.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');

  it('tells of every bad line, and registers all others', async () => {
    const answer = await importText(
      lines(
        entry(),
        '{"entry": "torn',
        '',
        entry({ entry: 'e-2', headers: [{ name: 'a', type: 'int8', value: 300 }] }),
        { something: 'else' },
        { of: 'e-9', data: 'AAAA' },
        entry({ entry: 'e-3', body: undefined, bodyParts: 2 }),
        { of: 'e-3', data: 'AAAA' },
        { registered: ['e-8'] },
        entry({ entry: 'e-4', deadQueue: { name: 'nobody knows it' } }),
        entry({ entry: 'e-5', body: '****' }),
        entry({ entry: 'e-6', body: Buffer.from('also good').toString('base64') }),
      ),
    );
    expect(answer.counts).toEqual({ ...nothing, registered: 2, refused: 1 });
    expect(answer.problems.map(({ line, code, params }) => ({ line, code, ...params }))).toEqual(
      expect.arrayContaining([
        { line: 2, code: 'line.notJson' },
        { line: 4, code: 'line.wrongField', field: 'headers.0.value' },
        { line: 5, code: 'line.unknown' },
        { line: 6, code: 'line.partStray' },
        { line: 7, code: 'line.partMissing' },
        { line: 10, code: 'line.deadQueueMissing', name: 'nobody knows it' },
        { line: 11, code: 'line.wrongField', field: 'body' },
      ]),
    );
    expect(answer.problemsTotal).toBe(7);
    for (const { detail } of answer.problems) expect(detail).toMatch(/^[A-Z].*\.$/);
    expect((await messages()).length).toBe(2);
  });

  it('puts into the rejects what the database refuses: nothing is lost', async () => {
    await poison('failed_messages');
    const text = lines(entry({ properties: { messageId: 'poison' } }), entry({ entry: 'e-2' }));
    expect((await importText(text)).counts).toEqual({ ...nothing, registered: 1, rejected: 1 });
    expect((await importText(text)).counts).toEqual({ ...nothing, already: 2 });
    expect((await rejects()).total).toBe(1);
    await mend('failed_messages');
    expect((await register({ all: true })).counts).toEqual({ ...nothing, registered: 1 });
    expect((await messages()).length).toBe(2);
  });

  it('takes nothing but NDJSON, and only from those who may act', async () => {
    await office.api.post('/api/rejects/import').send({ entry: 'x' }).expect(400);
    expect((await importText('')).counts).toEqual(nothing);
    await office.api.post('/api/rejects/register').send({ ids: [] }).expect(400);
    await office.api
      .post('/api/rejects/register')
      .send({ ids: ['../x'] })
      .expect(400);
    await office.api.post('/api/rejects/register').send({ all: false }).expect(400);
    await office.api.get('/api/rejects').query({ after: 'nonsense' }).expect(400);
    await database('users').update({ role: 'viewer' });
    await office.api.get('/api/rejects').expect(403);
    await office.api.post('/api/rejects/register').send({ all: true }).expect(403);
    await office.api.post('/api/rejects/import').set('Content-Type', 'application/x-ndjson').send('').expect(403);
  });
});

describe('the command', () => {
  // It starts a process a dozen times.
  it('lists, shows and registers what is in files, each once', { timeout: 120_000 }, async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'register-command-'));
    cleanUp.push(() => rm(directory, { recursive: true, force: true }));
    const file = path.join(directory, 'intake-9-1.ndjson');
    const line = (entry: string, body: string, queue = dead.name) =>
      JSON.stringify({
        entry,
        at: '2026-11-22T07:18:00.000Z',
        deadQueue: { name: queue },
        code: 'databaseAway',
        exchange: 'orders',
        routingKey: 'cancel',
        properties: { messageId: entry },
        headers: [{ name: 'attempt', type: 'int64', value: '5' }],
        body: Buffer.from(body).toString('base64'),
      });
    await writeFile(
      file,
      [
        line('a-1', 'first\u001b[31m'),
        line('a-2', 'second'),
        line('a-3', 'third', 'unknown queue'),
        '{"entry":"to',
      ].join('\n'),
    );
    const run = async (...args: string[]) => {
      const command = [path.resolve(import.meta.dirname, '../../server/register.ts'), ...args];
      try {
        const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--import', 'tsx', ...command], {
          env: { PATH: process.env['PATH'], DATABASE_URL: office.databaseUrl },
        });
        return { code: 0, out: stdout, err: stderr };
      } catch (error) {
        const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
        return { code, out: stdout, err: stderr };
      }
    };
    const listed = await run(file);
    expect(listed).toMatchObject({ code: 0, err: '' });
    expect(listed.out).toMatch(/a-1 .*databaseAway/);
    expect(listed.out).toContain('3 not registered');

    const shown = await run(file, '--show', 'a-1');
    expect(shown.out).toContain('attempt (int64): "5"');
    expect(shown.out).toContain('first\ufffd[31m');

    const one = await run(file, '--register', 'a-1');
    expect(one.code).toBe(0);
    const [message] = await messages();
    expect(one.out).toContain(`a-1: registered as message ${message?.id}.`);
    expect((await run(file, '--register', 'a-1')).out).toContain('registered before; nothing was added');

    const all = await run(file, '--all');
    expect(all.code).toBe(1);
    expect(all.out).toContain('1 registered.');
    expect(all.err).toContain('a-3: The office knows no such dead queue.');
    expect((await messages()).length).toBe(2);
    expect((await run(file)).out).toContain('1 not registered');

    expect(await run()).toMatchObject({ code: 2 });
    expect(await run('no-such-file.ndjson')).toMatchObject({ code: 2 });
    expect((await run('--help')).out).toContain('npm run register -- FILE');
    expect(await run(file, '--frobnicate')).toMatchObject({ code: 2 });
  });
});
