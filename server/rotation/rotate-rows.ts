import { z } from 'zod';

import { countColumn, idColumn } from '../database/columns.ts';
import type { Transaction } from '../database/connect.ts';
import { updateRows } from '../database/update-rows.ts';
import { contentCipherOf, isUnreadable, type ContentCipher, type StoredBytes } from '../encryption/content-cipher.ts';
import { placeOfReject } from '../intake/rejects-store.ts';
import { placeOfChunk } from '../messages/body-chunks.ts';
import { openEnvelope, sealEnvelope } from '../messages/sealed-envelope.ts';

/** Rows whose ids are above `after` and up to `to`. */
export interface IdRange {
  after: string;
  to: string;
}

/** What became of rows. */
export interface Rotated {
  /** Rows that were written anew. */
  changed: number;
  /** Rows that could not be decrypted, and stay as they are. */
  unreadable: number;
  /** The keys of those. */
  keyIds: Set<string>;
}

/** Chunks of a body that are held in memory at once where a range is one large message. */
const CHUNKS_AT_ONCE = 2;

/** Re-encrypts rows of one range with the first key of the cipher, or stores them as they are again. */
export class RowRotation implements Rotated {
  readonly keyIds = new Set<string>();
  changed = 0;
  unreadable = 0;
  readonly #transaction: Transaction;
  readonly #cipher: ContentCipher;
  /** The id of the key that everything is to be encrypted with; null: with none. */
  readonly #target: string | null;

  constructor(transaction: Transaction, target: string | null) {
    this.#transaction = transaction;
    this.#cipher = contentCipherOf(transaction);
    this.#target = target;
  }

  /**
   * The chunks first, then the rows that they belong to, as a purge locks them too. Rows of a transaction that has not
   * ended are waited for.
   */
  async rotate(range: IdRange): Promise<void> {
    await this.#chunks(range);
    await this.#contents(range);
    await this.#rejects(range);
  }

  #store(plain: Buffer, place: string): StoredBytes {
    return this.#target === null ? { keyId: null, data: plain } : this.#cipher.store(plain, place);
  }

  /** Null where it cannot be decrypted, which is counted. */
  #opened<Read>(keyId: string | null, read: () => Read): Read | null {
    try {
      return read();
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      this.unreadable += 1;
      if (keyId !== null) this.keyIds.add(keyId);
      return null;
    }
  }

  /** Rows of a table that are not as they should be, locked. */
  #stale(table: string, id: string, { after, to }: IdRange) {
    return this.#transaction(table)
      .where(id, '>', after)
      .where(id, '<=', to)
      .whereRaw('NOT (key_id <=> ?)', [this.#target])
      .forUpdate();
  }

  async #chunks(range: IdRange): Promise<void> {
    const rows: unknown[] = await this.#stale('content_chunks', 'content_id', range)
      .orderBy(['content_id', 'number'])
      .select('content_id', 'number');
    const stale = z.array(z.object({ content_id: idColumn, number: countColumn })).parse(rows);
    if (stale.length === 0) return;
    const counts = await this.#chunkCounts(range);
    // A range of many messages is small; one of a single message can be as large as a message can be.
    const atOnce = new Set(stale.map(({ content_id }) => content_id)).size > 1 ? stale.length : CHUNKS_AT_ONCE;
    for (let start = 0; start < stale.length; start += atOnce) {
      await this.#someChunks(stale.slice(start, start + atOnce), counts);
    }
  }

  async #someChunks(
    some: readonly { content_id: string; number: number }[],
    counts: ReadonlyMap<string, number>,
  ): Promise<void> {
    const rows: unknown[] = await this.#transaction('content_chunks')
      .whereIn('content_id', [...new Set(some.map(({ content_id }) => content_id))])
      .whereIn('number', [...new Set(some.map(({ number }) => number))])
      .whereRaw('NOT (key_id <=> ?)', [this.#target])
      .select('content_id', 'number', 'key_id', 'data');
    const changes = z
      .array(chunkRow)
      .parse(rows)
      .flatMap(({ content_id: contentId, number, key_id: keyId, data }) => {
        const place = placeOfChunk({ contentId, number, of: counts.get(contentId) ?? 0 });
        const plain = this.#opened(keyId, () => this.#cipher.read({ keyId, data }, place));
        if (plain === null) return [];
        const stored = this.#store(plain, place);
        return [[BigInt(contentId), number, stored.keyId, stored.data]];
      });
    await updateRows(
      this.#transaction,
      { table: 'content_chunks', by: ['content_id', 'number'], set: ['key_id', 'data'] },
      changes,
    );
    this.changed += changes.length;
  }

  /** How many chunks the bodies of contents and rejects have. */
  async #chunkCounts({ after, to }: IdRange): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    for (const table of ['contents', 'intake_rejects']) {
      const rows: unknown[] = await this.#transaction(table)
        .where('id', '>', after)
        .where('id', '<=', to)
        .select('id', 'chunk_count');
      for (const { id, chunk_count } of z.array(z.object({ id: idColumn, chunk_count: countColumn })).parse(rows)) {
        counts.set(id, chunk_count);
      }
    }
    return counts;
  }

  async #contents(range: IdRange): Promise<void> {
    const rows: unknown[] = await this.#stale('contents', 'id', range)
      .whereNull('purged_at')
      .orderBy('id')
      .select('id', 'key_id', 'sealed', 'properties', 'headers');
    const changes = z
      .array(contentsRow)
      .parse(rows)
      .flatMap((row) => {
        const texts = this.#opened(row.key_id, () => openEnvelope(this.#cipher, row));
        if (texts === null) return [];
        const columns =
          this.#target === null
            ? [null, null, texts.properties, texts.headers]
            : sealEnvelope(this.#cipher, row.id, texts);
        return [[BigInt(row.id), ...columns]];
      });
    const set = ['key_id', 'sealed', 'properties', 'headers'];
    await updateRows(this.#transaction, { table: 'contents', by: ['id'], set }, changes);
    this.changed += changes.length;
  }

  async #rejects(range: IdRange): Promise<void> {
    const rows: unknown[] = await this.#stale('intake_rejects', 'id', range)
      .orderBy('id')
      .select('id', 'key_id', 'envelope');
    const changes = z
      .array(rejectRow)
      .parse(rows)
      .flatMap(({ id, key_id: keyId, envelope: data }) => {
        const plain = this.#opened(keyId, () => this.#cipher.read({ keyId, data }, placeOfReject(id)));
        if (plain === null) return [];
        const stored = this.#store(plain, placeOfReject(id));
        return [[BigInt(id), stored.keyId, stored.data]];
      });
    const set = ['key_id', 'envelope'];
    await updateRows(this.#transaction, { table: 'intake_rejects', by: ['id'], set }, changes);
    this.changed += changes.length;
  }

  /** Hashes of deaths in this range that are plain become keyed ones. Once only: the caller knows which are. */
  async keyHashes({ after, to }: IdRange): Promise<void> {
    const rows: unknown[] = await this.#transaction('deaths')
      .where('id', '>', after)
      .where('id', '<=', to)
      .orderBy('id')
      .forUpdate()
      .select('id', 'content_hash');
    await updateRows(
      this.#transaction,
      { table: 'deaths', by: ['id'], set: ['content_hash'] },
      z
        .array(deathRow)
        .parse(rows)
        .map(({ id, content_hash }) => [BigInt(id), this.#cipher.keyedHash(content_hash)]),
    );
  }
}

const keyId = z.string().nullable();
const bytes = z.instanceof(Buffer);
const chunkRow = z.object({ content_id: idColumn, number: countColumn, key_id: keyId, data: bytes });
const contentsRow = z.object({
  id: idColumn,
  key_id: keyId,
  sealed: bytes.nullable(),
  properties: z.string(),
  headers: z.string().nullable(),
});
const rejectRow = z.object({ id: idColumn, key_id: keyId, envelope: bytes });
const deathRow = z.object({ id: idColumn, content_hash: bytes });
