import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, expect, it } from 'vitest';

import type { HeaderTable, MessageContents } from '../../../server/amqp/message.ts';
import { OFFICE_HEADER } from '../../../server/amqp/publisher.ts';
import type { List } from '../../../server/contract/schemas/lists.ts';
import type { Message, MessageDetail } from '../../../server/contract/schemas/messages.ts';
import type { Operation, OperationItem } from '../../../server/contract/schemas/operations.ts';
import { connectDatabase, type Database } from '../../../server/database/connect.ts';
import { ContentCipher } from '../../../server/encryption/content-cipher.ts';
import { openContentKeys } from '../../../server/encryption/open-content-keys.ts';
import { registerInstance } from '../../../server/database/instance.ts';
import { rotateContents, RotationRunsError } from '../../../server/rotation/rotate-contents.ts';
import { contentKeys, contentKeysText } from '../../support/content-keys.ts';
import { openDeadQueue, type TestDeadQueue, type TestDestination } from '../../support/dead-queue.ts';
import { columnsWith } from '../../support/marker-search.ts';
import { startOffice, type TestOffice } from '../../support/office.ts';
import { reveal } from '../../support/reveal.ts';
import { startRotation } from '../../support/rotation-process.ts';
import { testServices, waitFor } from '../../support/services.ts';
import { openTcpProxy } from '../../support/tcp-proxy.ts';
import { silentLogger } from '../../support/wire.ts';

const [MARKER, KNOWN] = ['MARKER-4711', 'KNOWN-4712'];

let office: TestOffice;
let dead: TestDeadQueue;
let target: TestDestination;
let database: Database;
/** By correlation id. */
const given = new Map<string, MessageContents>();

beforeAll(async () => {
  dead = await openDeadQueue();
  target = await dead.destination();
  office = await startOffice({ deadQueues: [dead.name] });
  database = connectDatabase({ url: office.databaseUrl, poolSize: 2 });
});
afterAll(async () => {
  await database.destroy();
  await office.remove();
  await dead.remove();
});

const BODIES = [
  () => Buffer.alloc(0),
  () => Buffer.from(`{"note":"${MARKER}"}`),
  () => Buffer.concat([Buffer.from([0xff, 0xfe, 0]), randomBytes(100), Buffer.from(MARKER)]),
  // Compressed.
  () => Buffer.from(`${MARKER} 주문 `.repeat(500)),
  // More than a chunk.
  () => Buffer.concat([randomBytes(5 * 1024 * 1024), Buffer.from(MARKER)]),
];
const HEADERS: HeaderTable = [
  { name: 'count', type: 'int64', value: '9007199254740993' },
  { name: 'half', type: 'double', value: 0.5 },
  { name: 'note', type: 'string', value: MARKER },
  { name: 'table', type: 'table', value: [{ name: 'x', type: 'int8', value: -1 }] },
];

/** So that it is known where it goes back to. */
const origin = (): HeaderTable => [
  { name: 'x-failure-exchange', type: 'string', value: target.exchange },
  { name: 'x-failure-queue', type: 'string', value: target.queue },
  { name: 'x-failure-routing-key', type: 'string', value: target.routingKey },
];

async function bury(
  count: number,
  name: string,
  bodyOf = (index: number) => BODIES[index === 9 ? 1 : index % BODIES.length],
): Promise<void> {
  const buried: Promise<void>[] = [];
  for (let index = 0; index < count; index += 1) {
    const correlationId = `${KNOWN}-${name}-${index}`;
    const properties = { deliveryMode: 2, appId: MARKER, contentType: 'text/x-known-4712', correlationId };
    const headers = index % 2 === 0 ? HEADERS : [];
    const contents = { properties, headers, body: bodyOf(index)?.() ?? Buffer.alloc(0) };
    given.set(correlationId, contents);
    buried.push(dead.buryExactly({ ...contents, headers: [...origin(), ...headers] }));
  }
  await Promise.all(buried);
}

/** By correlation id. */
async function takenIn(): Promise<Map<string, Message>> {
  return await waitFor(
    async () => {
      const found = new Map<string, Message>();
      let after: string | undefined;
      do {
        const query = { sort: 'id', perPage: 500, ...(after === undefined ? {} : { after }) };
        const { body } = (await office.api.get('/api/messages').query(query).expect(200)) as { body: List<Message> };
        for (const one of body.data) {
          // Once each.
          if (found.has(one.correlationId ?? '')) throw new Error(`${one.correlationId} is there twice.`);
          found.set(one.correlationId ?? '', one);
        }
        after = body.pageInfo.hasNextPage ? (body.pageInfo.after ?? undefined) : undefined;
      } while (after !== undefined);
      return found.size === given.size ? found : null;
    },
    { deadlineMs: 20_000, describe: () => `${given.size} messages` },
  );
}

const sorted = (headers: HeaderTable = []) => [...headers].sort((a, b) => (a.name < b.name ? -1 : 1));
const withoutOrigin = (headers: HeaderTable = []) =>
  sorted(headers.filter(({ name }) => !name.startsWith('x-failure-') && name !== OFFICE_HEADER));

/** Those messages are read as they were given. */
async function allRead(names: RegExp): Promise<Map<string, Message>> {
  const messages = await takenIn();
  for (const [correlationId, { id }] of messages) {
    if (!names.test(correlationId)) continue;
    const wanted = given.get(correlationId);
    await reveal(office.api, id);
    const answer = await office.api.get(`/api/messages/${id}/body`).buffer(true).expect(200);
    expect((answer.body as Buffer).equals(wanted?.body ?? Buffer.from('nothing'))).toBe(true);
    const detail = (await office.api.get(`/api/messages/${id}`).expect(200)).body as MessageDetail;
    expect(detail.properties).toEqual(wanted?.properties);
    expect(withoutOrigin(detail.headersTyped)).toEqual(sorted(wanted?.headers));
  }
  return messages;
}

async function resend(ids: readonly string[]): Promise<Operation> {
  const started = await office.api
    .post('/api/operations')
    .send({ action: 'resend', selection: { ids }, reason: 'test' });
  expect(started.status).toBe(202);
  return await waitFor(
    async () => {
      const { body } = (await office.api.get(`/api/operations/${(started.body as Operation).id}`)) as {
        body: Operation;
      };
      return body.finishedAt === null ? null : body;
    },
    { deadlineMs: 20_000, describe: 'the operation to end' },
  );
}

/** What was resent of these has arrived once each, exactly. */
async function arrivedExactly(names: readonly string[]): Promise<void> {
  await waitFor(() => target.arrived.length >= names.length, { describe: `${names.length} messages to arrive` });
  expect(target.arrived.map(({ properties }) => properties.correlationId).sort()).toEqual([...names].sort());
  for (const { properties, headers, body } of target.arrived.splice(0)) {
    const wanted = given.get(properties.correlationId ?? '');
    expect(properties).toEqual(wanted?.properties);
    expect(withoutOrigin(headers)).toEqual(sorted(wanted?.headers));
    expect(body.equals(wanted?.body ?? Buffer.from('nothing'))).toBe(true);
  }
}

async function resendExactly(messages: ReadonlyMap<string, Message>, names: readonly string[]): Promise<void> {
  const ids = names.map((name) => messages.get(name)?.id ?? '');
  expect(await resend(ids)).toMatchObject({ outcomes: { confirmed: names.length } });
  await arrivedExactly(names);
}

/** The keys of what is stored, of which table. */
async function keyIds(): Promise<Record<string, (string | null)[]>> {
  const found: Record<string, (string | null)[]> = {};
  for (const table of ['contents', 'content_chunks', 'intake_rejects']) {
    found[table] = await database(table).distinct('key_id').orderBy('key_id').pluck<(string | null)[]>('key_id');
  }
  return found;
}

const name = (part: string, index: number) => `${KNOWN}-${part}-${index}`;
const position = async () =>
  Number((await database('content_rotations').first<{ after_id: string }>('after_id')).after_id);

it('is read and resent exactly with no key, with one, with another one, and after what everything is encrypted anew', async () => {
  const small = (index: number) => BODIES[index % 2];
  await bury(10, 'none');
  await bury(900, 'bulk', small);
  await takenIn();
  await office.restart({ contentKeys: contentKeys('a') });
  await bury(10, 'a');
  const draft = await takenIn();
  const edited = { body: { encoding: 'utf8', text: `edited ${MARKER}` }, version: 0 };
  await reveal(office.api, draft.get(name('a', 1))?.id ?? '');
  await office.api
    .put(`/api/messages/${draft.get(name('a', 1))?.id ?? ''}/draft`)
    .send(edited)
    .expect(200);
  await office.restart({ contentKeys: contentKeys('b', 'a') });
  await database.raw(
    `CREATE TRIGGER refuse BEFORE INSERT ON failed_messages FOR EACH ROW
     IF NEW.message_id = 'refused' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'refused'; END IF`,
  );
  await dead.bury({ body: `rejected ${MARKER}`, messageId: 'refused', headers: { h: MARKER } });
  await bury(10, 'b');
  let messages = await allRead(/-(none|a|b)-/);
  await waitFor(async () => (await database('intake_rejects')).length === 1, { describe: 'a reject' });
  await database.raw('DROP TRIGGER refuse');
  expect(await keyIds()).toEqual({
    contents: [null, 'a', 'b'],
    content_chunks: [null, 'a', 'b'],
    intake_rejects: ['b'],
  });
  await resendExactly(
    messages,
    ['none', 'a', 'b'].flatMap((part) => [0, 1, 2, 3, 4].map((index) => name(part, index))),
  );

  // Without one of the keys, and with bytes that somebody changed.
  await office.restart({ contentKeys: contentKeys('b') });
  const [lost, changed] = [messages.get(name('a', 6))?.id ?? '', messages.get(name('b', 6))?.id ?? ''];
  const data = await database('content_chunks').where('content_id', changed).first<{ data: Buffer }>('data');
  const other = Buffer.from(data.data);
  other[20] = (other[20] ?? 0) ^ 1;
  await database('content_chunks').where('content_id', changed).update({ data: other });
  for (const [id, code] of [
    [lost, 'contents.keyMissing'],
    [changed, 'contents.damaged'],
  ] as const) {
    const answer = await office.api.get(`/api/messages/${id}`);
    expect(answer).toMatchObject({
      status: 409,
      body: { code, params: { keyId: code === 'contents.damaged' ? 'b' : 'a' } },
    });
    expect((await office.api.get(`/api/messages/${id}/body`)).status).toBe(409);
  }
  const failed = await resend([lost, changed]);
  expect(failed).toMatchObject({ outcomes: { failed: 2 } });
  const { body: items } = (await office.api.get(`/api/operations/${failed.id}/items`)) as {
    body: List<OperationItem>;
  };
  expect(items.data.map(({ error }) => error?.code).sort()).toEqual(['item.contentsDamaged', 'item.keyMissing']);
  await bury(1, 'meanwhile');
  await takenIn();
  expect(target.arrived).toEqual([]);
  await database('content_chunks').where('content_id', changed).update(data);

  // The rotation: killed and cut, beside an office that takes in and resends.
  await office.restart({ contentKeys: contentKeys('b', 'a') });
  const enough = new AbortController();
  const taking = (async () => {
    for (let round = 0; !enough.signal.aborted && round < 60; round += 1) await bury(2, `during${round}`, small);
  })();
  const resent = Array.from({ length: 200 }, (_, index) => name('bulk', 4 * index));
  const resending = resend(resent.map((one) => messages.get(one)?.id ?? ''));
  const keys = contentKeysText('b', 'a');
  for (const signal of ['SIGKILL', 'SIGINT'] as const) {
    const from = await position();
    const killed = startRotation(office.databaseUrl, keys);
    await waitFor(async () => (await position()) > from, { deadlineMs: 20_000, describe: () => killed.output() });
    killed.signal(signal);
    expect(await killed.exit).toBe(signal === 'SIGINT' ? 130 : null);
  }
  await cutOff();
  const whole = startRotation(office.databaseUrl, keys);
  expect(await whole.exit, whole.output()).toBe(0);
  expect(whole.output()).toContain('Not needed any more: a.');
  expect(await resending).toMatchObject({ outcomes: { confirmed: resent.length } });
  await arrivedExactly(resent);
  enough.abort();
  await taking;
  expect(await keyIds()).toEqual({ contents: ['b'], content_chunks: ['b'], intake_rejects: ['b'] });

  // Nothing of it is anywhere, but for what is on the record beside the contents.
  expect(await columnsWith(office.databaseUrl, MARKER)).toEqual([]);
  expect(await columnsWith(office.databaseUrl, KNOWN)).toEqual(['failed_messages.correlation_id']);
  expect(await columnsWith(office.databaseUrl, 'text/x-known-4712')).toEqual(['contents.content_type']);

  await office.restart({ contentKeys: contentKeys('b') });
  messages = await allRead(/-(none|a|b|meanwhile|during\d)-/);
  await resendExactly(
    messages,
    ['none', 'a', 'b'].flatMap((part) => [5, 6, 7, 8, 9].map((index) => name(part, index))),
  );
  const editing = await office.api.get(`/api/messages/${draft.get(name('a', 1))?.id ?? ''}/draft`).expect(200);
  expect(editing.body).toMatchObject({ draft: { contents: { body: edited.body } } });

  // Without any key again.
  await office.stop();
  const back = startRotation(office.databaseUrl, contentKeysText('b'), '--decrypt');
  expect(await back.exit, back.output()).toBe(0);
  await office.restart({ contentKeys: [] });
  expect(await keyIds()).toEqual({ contents: [null], content_chunks: [null], intake_rejects: [null] });
  const registered = await office.api.post('/api/rejects/register').send({ all: true }).expect(200);
  expect(registered.body).toMatchObject({ counts: { registered: 1 } });
  given.set('', { properties: {}, body: Buffer.from(`rejected ${MARKER}`) });
  await allRead(/-(none|a|b|meanwhile|during\d)-|bulk-1.$/);
}, 180_000);

/** Connections are cut at some byte or other; what was done by then is done, and what was not is done again. */
async function cutOff(): Promise<void> {
  const proxy = await openTcpProxy(testServices().databaseUrl);
  const instance = await registerInstance({ database, logger: silentLogger });
  const cut = connectDatabase({
    url: proxy.through(office.databaseUrl),
    poolSize: 2,
    contentCipher: new ContentCipher(contentKeys('b', 'a')),
  });
  const options = { instanceId: instance.id, target: 'b', onProgress: () => undefined };
  try {
    await openContentKeys(cut, instance.id);
    for (let bytes = 20_000; bytes < 200_000; bytes += 60_000) {
      const limit = proxy.bytes().toServer + bytes;
      const watching = setInterval(() => {
        if (proxy.bytes().toServer > limit) proxy.cut();
      }, 1);
      await expect(rotateContents(cut, { ...options, signal: new AbortController().signal })).rejects.toBeInstanceOf(
        Error,
      );
      clearInterval(watching);
    }
    // The lease of one that lives is its own.
    await database('leases').where('name', 'rotate-contents').delete();
    await database.raw(
      "INSERT INTO leases (name, instance_id, held_until) VALUES ('rotate-contents', ?, UTC_TIMESTAMP(3) + INTERVAL 30 SECOND)",
      [instance.id],
    );
    await expect(
      rotateContents(cut, { ...options, instanceId: '0', signal: new AbortController().signal }),
    ).rejects.toBeInstanceOf(RotationRunsError);
  } finally {
    await instance.stop();
    await cut.destroy();
    await proxy.close();
  }
}
