import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { addContentsEnvelopeId } from '../../../migrations/0026-contents-envelope-id.ts';
import { addContentsInexactParts } from '../../../migrations/0027-contents-inexact-parts.ts';
import type { MessageContents } from '../../../server/amqp/message.ts';
import { connectDatabase, type Database } from '../../../server/database/connect.ts';
import { migrate } from '../../../server/database/migrate.ts';
import { encodeBody } from '../../../server/messages/body-chunks.ts';
import {
  insertContents,
  openContents,
  readContents,
  readContentsHead,
  readContentsPreview,
} from '../../../server/messages/contents-store.ts';
import { createTestDatabase, type TestDatabase } from '../../support/services.ts';

let made: TestDatabase;
let database: Database;
let nextId = 1n;

beforeAll(async () => {
  made = await createTestDatabase();
  database = connectDatabase({ url: made.url });
  await migrate(database);
});

afterAll(async () => {
  await database.destroy();
  await made.drop();
});

async function store(
  body: Buffer,
  contents: Partial<MessageContents> & { envelopeId?: bigint; inexactParts?: string[] } = {},
): Promise<string> {
  const id = nextId++;
  const encoded = await encodeBody(body);
  await database.transaction((transaction) =>
    insertContents(transaction, [
      {
        id,
        exchange: 'orders',
        routingKey: 'order.cancelled',
        properties: JSON.stringify(contents.properties ?? {}),
        headers: contents.headers === undefined ? null : JSON.stringify(contents.headers),
        contentType: null,
        envelopeId: contents.envelopeId ?? null,
        inexactParts: contents.inexactParts ?? [],
        stripHeaders: ['x-failure-reason'],
        body: encoded,
      },
    ]),
  );
  return id.toString();
}

const MIB = 1024 * 1024;
const bodies: [string, Buffer][] = [
  ['empty', Buffer.alloc(0)],
  ['one byte', Buffer.from([0])],
  ['every byte, quotes and all', Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))],
  ['Korean text of several chunks', Buffer.from('주문 취소 시간초과가 발생했습니다. '.repeat(200_000))],
  ['20 MiB that nothing makes smaller', randomBytes(20 * MIB)],
  ['20 MiB of zeros', Buffer.alloc(20 * MIB)],
];

describe('contents are read as they were written', () => {
  test.each(bodies)('a body: %s', async (_, body) => {
    const id = await store(body);
    const { contents, exchange, routingKey, stripHeaders } = await readContents(database, id);
    expect(contents.body.equals(body)).toBe(true);
    expect({ exchange, routingKey, stripHeaders }).toEqual({
      exchange: 'orders',
      routingKey: 'order.cancelled',
      stripHeaders: ['x-failure-reason'],
    });
  });

  test('with the envelope that they were in, and what of them is a guess', async () => {
    const envelopeId = await store(Buffer.from('envelope'));
    const inexactParts = ['body', 'header 주문'];
    const id = await store(Buffer.from('x'), { envelopeId: BigInt(envelopeId), inexactParts });
    expect(await readContentsHead(database, id)).toMatchObject({ envelopeId, inexactParts });
    expect(await readContentsHead(database, envelopeId)).toMatchObject({ envelopeId: null, inexactParts: [] });
  });

  test.each(bodies)('the beginning of a body: %s', async (_, body) => {
    const preview = await readContentsPreview(database, await store(body));
    expect(preview.bodyStart.equals(body.subarray(0, 64 * 1024))).toBe(true);
    expect(preview.bodySize).toBe(body.length);
  });

  test.each(bodies)('chunk by chunk: %s', async (_, body) => {
    const { body: stream, bodySize } = await openContents(database, await store(body));
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(body)).toBe(true);
    expect(bodySize).toBe(body.length);
    expect(Math.max(0, ...chunks.map(({ length }) => length))).toBeLessThanOrEqual(4 * MIB);
  });

  test('a body whose beginning does not compress but whose rest does', async () => {
    const body = Buffer.concat([randomBytes(100 * 1024), Buffer.alloc(3 * MIB, 'x')]);
    const preview = await readContentsPreview(database, await store(body));
    expect(preview.bodyStart.equals(body.subarray(0, 64 * 1024))).toBe(true);
  });

  test('no header table is not an empty one', async () => {
    expect((await readContents(database, await store(Buffer.from('a')))).contents).not.toHaveProperty('headers');
    const empty = await store(Buffer.from('a'), { headers: [] });
    expect((await readContents(database, empty)).contents.headers).toEqual([]);
  });

  test('headers of any name and text', async () => {
    const contents: MessageContents = {
      body: Buffer.from('{}'),
      properties: { messageId: "it's \\ \u0000 😀", raw: { replyTo: '/w==' } },
      headers: [
        { name: '__proto__', type: 'string', value: "O'Reilly \\' 주문 \u{1F600}" },
        { name: '', type: 'int64', value: '9223372036854775807' },
        { name: 'half', type: 'string', value: '\ud800' },
      ],
    };
    const id = await store(contents.body, contents);
    expect((await readContents(database, id)).contents).toEqual(contents);
  });
});

test('purged contents say so', async () => {
  const id = await store(Buffer.from('gone'));
  await database('contents').where({ id }).update({ purged_at: new Date() });
  await expect(readContents(database, id)).rejects.toMatchObject({ code: 'message.contentsPurged' });
  await expect(readContentsPreview(database, id)).rejects.toMatchObject({ code: 'message.contentsPurged' });
  await expect(readContents(database, '999999')).rejects.toMatchObject({ code: 'message.notFound' });
});

test('a column that is there is not added again: a step that was cut off can be repeated', async () => {
  for (const step of [addContentsEnvelopeId, addContentsInexactParts]) await step.up(database);
});
