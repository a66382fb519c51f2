import { z } from 'zod';

import { idColumn } from '../database/columns.ts';
import type { Database, Transaction } from '../database/connect.ts';
import { insertRows } from '../database/insert-rows.ts';

/** An entry that has been stored, and as what: a failed message, or a reject; neither where it was on record before. */
export interface RegisteredEntry {
  entryId: string;
  messageId: bigint | null;
  rejectId: bigint | null;
}

/** Somebody else has stored the same entry meanwhile. */
export class EntryTakenError extends Error {}

/**
 * Puts on record that entries have been stored. In the transaction that stores them: by it each is stored once,
 * whoever does it and however often it is tried.
 *
 * @throws EntryTakenError
 */
export async function insertRegistered(
  transaction: Transaction,
  { deadQueueId, at, entries }: { deadQueueId: string; at: Date; entries: readonly RegisteredEntry[] },
): Promise<void> {
  try {
    await insertRows(
      transaction,
      'registered_entries',
      ['entry_id', 'dead_queue_id', 'message_id', 'reject_id', 'registered_at'],
      [...entries]
        // In the order of the key: two who register the same wait for each other in one direction only.
        .sort((a, b) => (a.entryId < b.entryId ? -1 : 1))
        .map(({ entryId, messageId, rejectId }) => [entryId, deadQueueId, messageId, rejectId, at]),
    );
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ER_DUP_ENTRY') {
      throw new EntryTakenError();
    }
    throw error;
  }
}

const AT_ONCE = 1000;

/** Which of these have been stored. */
export async function findRegistered(
  database: Database | Transaction,
  entryIds: readonly string[],
): Promise<Set<string>> {
  const found = new Set<string>();
  for (let start = 0; start < entryIds.length; start += AT_ONCE) {
    const rows = await database('registered_entries')
      .whereIn('entry_id', entryIds.slice(start, start + AT_ONCE))
      .pluck<string[]>('entry_id');
    for (const entryId of rows) found.add(entryId);
  }
  return found;
}

/** Which of these deaths are on record here: an export of this very installation holds their ids. */
export async function findDeaths(database: Database, ids: readonly string[]): Promise<Set<string>> {
  const found: unknown[] = ids.length === 0 ? [] : await database('deaths').whereIn('id', ids).pluck('id');
  return new Set(z.array(idColumn).parse(found));
}
