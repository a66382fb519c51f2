import { z } from 'zod';

import type { HeaderTable, MessageContents, MessageProperties } from '../amqp/message.ts';
import type { Database, Transaction } from '../database/connect.ts';
import { contentCipherOf, isUnreadable, type ContentCipher } from '../encryption/content-cipher.ts';
import { insertRows } from '../database/insert-rows.ts';
import { countColumn, idColumn, nameColumn, nameListColumn } from '../database/columns.ts';
import { AppError } from '../web/app-error.ts';

import { insertChunks, readBodies, readChunk, readStart, type EncodedBody } from './body-chunks.ts';
import { openEnvelope, sealEnvelope } from './sealed-envelope.ts';

/** `contents.strip_headers` and `inexact_parts` are TEXT; names beyond this many bytes of JSON are left off. */
const NAMES_BYTES = 60_000;

/** The message of a death, to be written under the id of that death; or the envelope that it was in, under its own. */
export interface NewContents {
  id: bigint;
  exchange: string;
  routingKey: string;
  /** JSON of `MessageProperties`. */
  properties: string;
  /** JSON of a `HeaderTable`, or null when the message had no table at all. */
  headers: string | null;
  contentType: string | null;
  /** Header names that the framework added because it failed. */
  stripHeaders: readonly string[];
  /** The contents in which these were, as they arrived. */
  envelopeId: bigint | null;
  /** The parts of these that the envelope did not hold exactly. */
  inexactParts: readonly string[];
  body: EncodedBody;
}

/** What was stored, as it arrived. */
export interface StoredContents {
  contents: MessageContents;
  exchange: string;
  routingKey: string;
  /** Header names that the framework added because it failed; a resend leaves them out beside the broker's own. */
  stripHeaders: string[];
}

/** All but the body. */
export interface StoredEnvelope {
  properties: MessageProperties;
  /** Absent when the message had no header table at all. */
  headers?: HeaderTable;
  exchange: string;
  routingKey: string;
  stripHeaders: string[];
  contentType: string | null;
  /** Bytes. */
  bodySize: number;
  /** The contents in which these arrived, where that was an envelope. */
  envelopeId: string | null;
  /** The parts that the envelope did not hold exactly. */
  inexactParts: string[];
}

/** Writes contents with their bodies (`encodeBody`: compressed before the transaction begins). */
export async function insertContents(transaction: Transaction, contents: readonly NewContents[]): Promise<void> {
  const cipher = contentCipherOf(transaction);
  await insertRows(
    transaction,
    'contents',
    [
      'id',
      'key_id',
      'sealed',
      'properties',
      'headers',
      'exchange',
      'routing_key',
      'strip_headers',
      'content_type',
      'body_size',
      'body_encoding',
      'chunk_count',
      'envelope_id',
      'inexact_parts',
    ],
    contents.map((row) => [
      row.id,
      ...sealEnvelope(cipher, row.id, row),
      Buffer.from(row.exchange),
      Buffer.from(row.routingKey),
      boundedNames(row.stripHeaders),
      row.contentType === null ? null : Buffer.from(row.contentType),
      row.body.size,
      row.body.encoding,
      row.body.chunks.length,
      row.envelopeId,
      row.inexactParts.length === 0 ? null : boundedNames(row.inexactParts),
    ]),
  );
  await insertChunks(
    transaction,
    contents.map(({ id, body }) => ({ contentId: id, body })),
  );
}

/** Removes contents that nothing points to, with their bodies. */
export async function removeContents(transaction: Transaction, contentIds: readonly string[]): Promise<void> {
  await transaction('content_chunks')
    .whereIn('content_id', [...contentIds])
    .delete();
  await transaction('contents')
    .whereIn('id', [...contentIds])
    .delete();
}

function boundedNames(names: readonly string[]): string {
  const kept = [...names];
  let json = JSON.stringify(kept);
  while (Buffer.byteLength(json) > NAMES_BYTES) {
    kept.length = Math.floor(kept.length / 2);
    json = JSON.stringify(kept);
  }
  return json;
}

/** NULL: all of it is as it was. */
export const inexactPartsColumn = nameListColumn.nullable().transform((parts) => parts ?? []);

const row = z.object({
  id: idColumn,
  key_id: z.string().nullable(),
  sealed: z.instanceof(Buffer).nullable(),
  exchange: nameColumn,
  routing_key: nameColumn,
  properties: z.string(),
  headers: z.string().nullable(),
  strip_headers: nameListColumn,
  content_type: nameColumn.nullable(),
  body_size: countColumn,
  body_encoding: z.enum(['raw', 'deflate']),
  chunk_count: z.number().int(),
  purged_at: z.date().nullable(),
  envelope_id: idColumn.nullable(),
  inexact_parts: inexactPartsColumn,
});
type Row = z.infer<typeof row>;

const COLUMNS = [
  'id',
  'key_id',
  'sealed',
  'exchange',
  'routing_key',
  'properties',
  'headers',
  'strip_headers',
  'content_type',
  'body_size',
  'body_encoding',
  'chunk_count',
  'purged_at',
  'envelope_id',
  'inexact_parts',
] as const;

/**
 * Everything that is needed to publish the message again.
 *
 * @throws AppError `message.notFound`, `message.contentsPurged` after the retention term, `contents.keyMissing`,
 *   `contents.damaged`.
 */
export async function readContents(database: Database | Transaction, contentId: string): Promise<StoredContents> {
  const stored = await readRow(database, contentId);
  const chunks: Buffer[] = [];
  for (let number = 0; number < stored.chunk_count; number += 1) {
    chunks.push(
      present(await readChunk(database, { contentId, number, of: stored.chunk_count }, stored.body_encoding)),
    );
  }
  const { properties, headers, exchange, routingKey, stripHeaders } = toEnvelope(contentCipherOf(database), stored);
  const body = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
  return {
    contents: { properties, ...(headers === undefined ? {} : { headers }), body },
    exchange,
    routingKey,
    stripHeaders,
  };
}

/**
 * The same for many at once, by content id, in two round trips; for a bulk resend. Those that are purged, not whole or
 * cannot be decrypted are left out: `readContents` says why. The caller bounds the bytes.
 */
export async function readManyContents(
  database: Database | Transaction,
  contentIds: readonly string[],
): Promise<Map<string, MessageContents>> {
  if (contentIds.length === 0) return new Map();
  const found: unknown[] = await database('contents')
    .whereIn('id', [...contentIds])
    .whereNull('purged_at')
    .select(...COLUMNS);
  const rows = z.array(row).parse(found);
  const bodies = await readBodies(
    database,
    rows.map((stored) => ({ contentId: stored.id, encoding: stored.body_encoding })),
  );
  const cipher = contentCipherOf(database);
  const many = new Map<string, MessageContents>();
  for (const stored of rows) {
    const body = bodies.get(stored.id);
    if (body?.length !== stored.body_size) continue;
    const envelope = readable(() => toEnvelope(cipher, stored));
    if (envelope === null) continue;
    const { properties, headers } = envelope;
    many.set(stored.id, { properties, ...(headers === undefined ? {} : { headers }), body });
  }
  return many;
}

/** Properties and headers of many, by content id; those that are purged or cannot be decrypted are left out. Reads no bodies. */
export async function readManyEnvelopes(
  database: Database | Transaction,
  contentIds: readonly string[],
): Promise<Map<string, Pick<StoredEnvelope, 'properties' | 'headers'>>> {
  if (contentIds.length === 0) return new Map();
  const found: unknown[] = await database('contents')
    .whereIn('id', [...contentIds])
    .whereNull('purged_at')
    .select(...COLUMNS);
  const cipher = contentCipherOf(database);
  return new Map(
    z
      .array(row)
      .parse(found)
      .flatMap((stored) => {
        const envelope = readable(() => toEnvelope(cipher, stored));
        return envelope === null ? [] : [[stored.id, envelope] as const];
      }),
  );
}

/**
 * All but the body.
 *
 * @throws AppError like `readContents`.
 */
export async function readContentsHead(database: Database, contentId: string): Promise<StoredEnvelope> {
  return toEnvelope(contentCipherOf(database), await readRow(database, contentId));
}

/**
 * The envelope and the first bytes of the body, whatever its size.
 *
 * @throws AppError like `readContents`.
 */
export async function readContentsPreview(
  database: Database,
  contentId: string,
  bytes = 64 * 1024,
): Promise<StoredEnvelope & { bodyStart: Buffer }> {
  const stored = await readRow(database, contentId);
  const bodyStart =
    stored.chunk_count === 0
      ? Buffer.alloc(0)
      : present(await readStart(database, { contentId, of: stored.chunk_count }, stored.body_encoding, bytes));
  return { ...toEnvelope(contentCipherOf(database), stored), bodyStart };
}

/**
 * The envelope, and the body chunk by chunk (at most 4 MiB in memory): for downloads. The body's iteration throws when
 * the contents are purged meanwhile: a download then breaks off instead of looking whole.
 *
 * @throws AppError like `readContents`.
 */
export async function openContents(
  database: Database,
  contentId: string,
): Promise<StoredEnvelope & { body: AsyncIterable<Buffer> }> {
  const stored = await readRow(database, contentId);
  const of = stored.chunk_count;
  const chunk = async (number: number) =>
    present(await readChunk(database, { contentId, number, of }, stored.body_encoding));
  // What cannot be decrypted is told of before anything is sent.
  const first = of === 0 ? null : await chunk(0);
  async function* body(): AsyncGenerator<Buffer> {
    if (first !== null) yield first;
    for (let number = 1; number < of; number += 1) yield await chunk(number);
  }
  return { ...toEnvelope(contentCipherOf(database), stored), body: body() };
}

async function readRow(database: Database | Transaction, contentId: string): Promise<Row> {
  const found: unknown = await database('contents')
    .where('id', contentId)
    .first(...COLUMNS);
  if (found === undefined) throw new AppError('message.notFound');
  const stored = row.parse(found);
  if (stored.purged_at !== null) throw new AppError('message.contentsPurged');
  return stored;
}

/** A chunk that is gone was purged between two reads. */
function present(chunk: Buffer | null): Buffer {
  if (chunk === null) throw new AppError('message.contentsPurged');
  return chunk;
}

/** Null where contents cannot be decrypted. */
function readable<Read>(read: () => Read): Read | null {
  try {
    return read();
  } catch (error) {
    if (isUnreadable(error)) return null;
    throw error;
  }
}

function toEnvelope(cipher: ContentCipher, stored: Row): StoredEnvelope {
  const { properties, headers } = openEnvelope(cipher, stored);
  return {
    // Written by the intake from these very types; checking each value of large tables again would only cost time.
    properties: JSON.parse(properties) as MessageProperties,
    ...(headers === null ? {} : { headers: JSON.parse(headers) as HeaderTable }),
    exchange: stored.exchange,
    routingKey: stored.routing_key,
    stripHeaders: stored.strip_headers,
    contentType: stored.content_type,
    bodySize: stored.body_size,
    envelopeId: stored.envelope_id,
    inexactParts: stored.inexact_parts,
  };
}
