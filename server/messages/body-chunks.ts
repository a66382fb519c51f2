import { promisify } from 'node:util';
import { constants, deflate, inflate, inflateSync } from 'node:zlib';

import { z } from 'zod';

import type { Database, Transaction } from '../database/connect.ts';
import { contentCipherOf, isUnreadable, type ContentCipher } from '../encryption/content-cipher.ts';
import { insertRows } from '../database/insert-rows.ts';
import { idColumn } from '../database/columns.ts';

/** Each row of `content_chunks` holds this much of a body, before compression. */
export const CHUNK_BYTES = 4 * 1024 * 1024;
/** Smaller bodies are stored as they are: compressing them costs more time than it saves space. */
const WORTH_COMPRESSING = 4 * 1024;

const deflateBytes = promisify(deflate);
const inflateBytes = promisify(inflate);

/** `raw`: the bytes themselves. `deflate`: each chunk is a zlib stream of its own. */
export type BodyEncoding = 'raw' | 'deflate';

/** A body as rows. An empty one has no chunk. */
export interface EncodedBody {
  size: number;
  encoding: BodyEncoding;
  chunks: Buffer[];
}

/** Cuts a body into chunks, compressed when the first one becomes at least an eighth smaller by it. */
export async function encodeBody(body: Buffer): Promise<EncodedBody> {
  const plain = cutBody(body);
  const [first] = plain.chunks;
  if (first === undefined || body.length < WORTH_COMPRESSING) return plain;
  const tried = await compress(first);
  if (tried.length > first.length * 0.875) return plain;
  const rest = [];
  for (const chunk of plain.chunks.slice(1)) rest.push(await compress(chunk));
  return { size: body.length, encoding: 'deflate', chunks: [tried, ...rest] };
}

/** Cuts a body into chunks as it is. */
export function cutBody(body: Buffer): EncodedBody {
  const chunks = [];
  for (let start = 0; start < body.length; start += CHUNK_BYTES) chunks.push(body.subarray(start, start + CHUNK_BYTES));
  return { size: body.length, encoding: 'raw', chunks };
}

function compress(chunk: Buffer): Promise<Buffer> {
  return deflateBytes(chunk, { level: constants.Z_BEST_SPEED });
}

/** Where a chunk lies. `of`: how many there are, so that none can be cut off unseen of an encrypted body. */
export interface ChunkPlace {
  contentId: bigint | string;
  number: number;
  of: number;
}

/** By this place an encrypted chunk is authenticated. */
export function placeOfChunk({ contentId, number, of }: ChunkPlace): string {
  return `content_chunks/${contentId}/${number}/${of}`;
}

/** Inserts the chunks of several bodies, in the order of their content ids. */
export async function insertChunks(
  database: Database | Transaction,
  bodies: readonly { contentId: bigint; body: EncodedBody }[],
): Promise<void> {
  const cipher = contentCipherOf(database);
  await insertRows(
    database,
    'content_chunks',
    ['content_id', 'number', 'key_id', 'data'],
    bodies.flatMap(({ contentId, body }) =>
      body.chunks.map((plain, number) => {
        const { keyId, data } = cipher.store(plain, placeOfChunk({ contentId, number, of: body.chunks.length }));
        return [contentId, number, keyId, data];
      }),
    ),
  );
}

const chunkRow = z.object({ key_id: z.string().nullable(), data: z.instanceof(Buffer) });

/**
 * One chunk's bytes, or null when it is not there (any more).
 *
 * @throws AppError `contents.keyMissing`, `contents.damaged`.
 */
export async function readChunk(
  database: Database | Transaction,
  place: ChunkPlace,
  encoding: BodyEncoding,
): Promise<Buffer | null> {
  const row: unknown = await database('content_chunks')
    .where({ content_id: place.contentId.toString(), number: place.number })
    .first('key_id', 'data');
  if (row === undefined) return null;
  const data = open(contentCipherOf(database), chunkRow.parse(row), place);
  return encoding === 'raw' ? data : await inflateBytes(data, { maxOutputLength: CHUNK_BYTES });
}

function open(cipher: ContentCipher, { key_id, data }: z.infer<typeof chunkRow>, place: ChunkPlace): Buffer {
  return key_id === null ? data : cipher.read({ keyId: key_id, data }, placeOfChunk(place));
}

const numberedChunkRow = chunkRow.extend({ content_id: idColumn });

/**
 * Whole bodies, by content id. One of which chunks are missing comes shorter than it was, or not at all; one that cannot
 * be decrypted does not come: `readBody` says why.
 */
export async function readBodies(
  database: Database | Transaction,
  wanted: readonly { contentId: string; encoding: BodyEncoding }[],
): Promise<Map<string, Buffer>> {
  const found: unknown[] = await database('content_chunks')
    .whereIn(
      'content_id',
      wanted.map(({ contentId }) => contentId),
    )
    .orderBy(['content_id', 'number'])
    .select('content_id', 'key_id', 'data');
  const chunks = new Map<string, z.infer<typeof chunkRow>[]>();
  for (const { content_id, ...chunk } of z.array(numberedChunkRow).parse(found)) {
    const own = chunks.get(content_id) ?? [];
    chunks.set(content_id, own);
    own.push(chunk);
  }
  const cipher = contentCipherOf(database);
  const bodies = new Map<string, Buffer>();
  for (const { contentId, encoding } of wanted) {
    const stored = opened(cipher, contentId, chunks.get(contentId) ?? []);
    if (stored === null) continue;
    const plain =
      encoding === 'raw'
        ? stored
        : await Promise.all(stored.map((data) => inflateBytes(data, { maxOutputLength: CHUNK_BYTES })));
    const [first = Buffer.alloc(0)] = plain;
    bodies.set(contentId, plain.length > 1 ? Buffer.concat(plain) : first);
  }
  return bodies;
}

function opened(cipher: ContentCipher, contentId: string, rows: readonly z.infer<typeof chunkRow>[]): Buffer[] | null {
  try {
    return rows.map((chunk, number) => open(cipher, chunk, { contentId, number, of: rows.length }));
  } catch (error) {
    if (isUnreadable(error)) return null;
    throw error;
  }
}

/**
 * The first bytes of a body, at most `bytes`, without reading the rest of its first chunk (all of it where it is
 * encrypted: what is not read to its end is not authenticated). Null when it is not there.
 *
 * @throws AppError `contents.keyMissing`, `contents.damaged`.
 */
export async function readStart(
  database: Database,
  { contentId, of }: Omit<ChunkPlace, 'number'>,
  encoding: BodyEncoding,
  bytes: number,
): Promise<Buffer | null> {
  // Deflate never makes anything longer by more than some bytes a block: so much holds at least `bytes`.
  const enough = encoding === 'raw' ? bytes : bytes + 1024;
  const row: unknown = await database('content_chunks')
    .where({ content_id: contentId.toString(), number: 0 })
    .first('key_id', database.raw('IF(key_id IS NULL, SUBSTRING(data, 1, ?), data) AS data', [enough]));
  if (row === undefined) return null;
  const data = open(contentCipherOf(database), chunkRow.parse(row), { contentId, number: 0, of });
  if (encoding === 'raw') return data.subarray(0, bytes);
  // A stream that ends early gives what it holds so far.
  const start = inflateSync(data, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: CHUNK_BYTES });
  return start.subarray(0, bytes);
}
