import { z } from 'zod';

import type { Database } from '../database/connect.ts';
import type { Names } from '../database/names.ts';
import { countColumn, idColumn } from '../database/columns.ts';
import { coarseFingerprint, fingerprint, type Fingerprint, type FingerprintParts } from '../diagnosis/fingerprint.ts';

/** New fingerprints per dead queue and day; what comes beyond it is told apart by a coarser one. */
const NEW_PER_DAY = 1_000;
/** Fingerprints remembered per process; beyond that the oldest are asked for again. */
const REMEMBERED = 20_000;
/** Hashes in one look-up. */
const LOOKUP = 500;

/** What a failure's fingerprint is made from, and the dead queue that it came by. */
export interface Failure {
  deadQueueId: string;
  parts: FingerprintParts;
  /** `fingerprint(parts)`, made once. */
  fingerprint: Fingerprint;
}

interface Options {
  database: Database;
  names: Names;
  brokerId: string;
  newPerDay?: number;
}

const known = z.object({ id: idColumn, hash: z.instanceof(Buffer) });
const counted = z.object({ counted: countColumn });

/**
 * The `fingerprints` table and the groups under it. Each new fingerprint begins with a group of its own; a group can
 * take over others later without touching a message. Fingerprints are never removed, so remembering their ids is safe.
 */
export class FingerprintStore {
  readonly #options: Options;
  readonly #newPerDay: number;
  readonly #ids = new Map<string, string>();

  constructor(options: Options) {
    this.#options = options;
    this.#newPerDay = options.newPerDay ?? NEW_PER_DAY;
  }

  /**
   * The fingerprint id of each failure, in the same order, making those that are new. Call it outside the transaction
   * that uses them: what stays behind when that one rolls back is a group without messages, which is not shown.
   */
  async idsOf(failures: readonly Failure[]): Promise<string[]> {
    await this.#look(failures.map((failure) => failure.fingerprint.hash));
    const ids: string[] = [];
    for (const failure of failures) {
      ids.push(this.#ids.get(keyOf(failure.fingerprint.hash)) ?? (await this.#make(failure)));
    }
    return ids;
  }

  async #look(hashes: readonly Buffer[]): Promise<void> {
    const missing = new Map(hashes.map((hash) => [keyOf(hash), hash]));
    for (const key of missing.keys()) if (this.#ids.has(key)) missing.delete(key);
    const wanted = [...missing.values()];
    for (let start = 0; start < wanted.length; start += LOOKUP) {
      const rows: unknown[] = await this.#options
        .database('fingerprints')
        .whereIn('hash', wanted.slice(start, start + LOOKUP))
        .select('id', 'hash');
      for (const row of z.array(known).parse(rows)) this.#remember(row.hash, row.id);
    }
  }

  /** The fine fingerprint; past the day's cap the coarse one; past twice the cap one for all that is left of the queue. */
  async #make(failure: Failure): Promise<string> {
    const today = await this.#countToday(failure.deadQueueId);
    if (today < this.#newPerDay) return await this.#insert(failure, failure.fingerprint, failure.parts, false);
    const coarse =
      today < 2 * this.#newPerDay
        ? failure.parts
        : { ...failure.parts, queue: null, errorType: null, errorMessage: null, stackTrace: null };
    const made = coarseFingerprint(coarse);
    await this.#look([made.hash]);
    return this.#ids.get(keyOf(made.hash)) ?? (await this.#insert(failure, made, coarse, true));
  }

  async #countToday(deadQueueId: string): Promise<number> {
    const { database } = this.#options;
    const row: unknown = await database('fingerprints')
      .where({ dead_queue_id: deadQueueId, created_on: database.raw('UTC_DATE()') })
      .count('* AS counted')
      .first();
    return counted.parse(row).counted;
  }

  async #insert(failure: Failure, made: Fingerprint, parts: FingerprintParts, coarse: boolean): Promise<string> {
    const { database, names, brokerId } = this.#options;
    const named = [parts.queue, parts.errorType].filter((name) => name !== null);
    const ids = await names.idsOf(named);
    const queueId = parts.queue === null ? null : ids.get(parts.queue);
    const errorTypeId = parts.errorType === null ? null : ids.get(parts.errorType);
    const normalised = made.normalisedMessage === '' ? null : made.normalisedMessage;
    await database.transaction(async (transaction) => {
      const group: unknown = await transaction('failure_groups').insert({
        title: made.title,
        normalised_message: normalised,
        error_type_id: errorTypeId,
        queue_id: queueId,
        state: 'open',
        created_at: transaction.raw('UTC_TIMESTAMP(3)'),
      });
      const [groupId] = z.tuple([idColumn]).parse(group);
      // Of two instances that meet a new failure at once, the second finds the first one's row and leaves no group.
      await transaction('fingerprints')
        .insert({
          hash: made.hash,
          group_id: groupId,
          broker_id: brokerId,
          queue_id: queueId,
          error_type_id: errorTypeId,
          normalised_message: normalised,
          frame: made.frame,
          dead_queue_id: failure.deadQueueId,
          coarse: coarse ? 1 : 0,
          created_on: transaction.raw('UTC_DATE()'),
        })
        .onConflict()
        .ignore();
      // What the other instance has committed by now is seen.
      const mine: unknown = await transaction('fingerprints').where({ hash: made.hash }).first('group_id');
      if (z.object({ group_id: idColumn }).parse(mine).group_id !== groupId) {
        await transaction('failure_groups').where({ id: groupId }).delete();
      }
    });
    await this.#look([made.hash]);
    const made_id = this.#ids.get(keyOf(made.hash));
    if (made_id === undefined) throw new Error('A fingerprint was neither found nor made.');
    return made_id;
  }

  #remember(hash: Buffer, fingerprintId: string): void {
    if (this.#ids.size >= REMEMBERED) {
      const oldest = this.#ids.keys().next();
      if (oldest.done !== true) this.#ids.delete(oldest.value);
    }
    this.#ids.set(keyOf(hash), fingerprintId);
  }
}

function keyOf(hash: Buffer): string {
  return hash.toString('base64');
}

/** The failure of one message, ready to be looked up. Pure. */
export function failureOf(deadQueueId: string, parts: FingerprintParts): Failure {
  return { deadQueueId, parts, fingerprint: fingerprint(parts) };
}
