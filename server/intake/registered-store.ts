import { z } from 'zod';

import { idColumn } from '../database/columns.ts';
import type { Database, Transaction } from '../database/connect.ts';
import { isDuplicateKey } from '../database/faults.ts';
import { insertRows } from '../database/insert-rows.ts';
import type { Installation } from '../messages/resend-mark.ts';

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
    if (isDuplicateKey(error)) throw new EntryTakenError();
    throw error;
  }
}

const AT_ONCE = 1000;

/**
 * Which of these entries are on record: registered before, or, of an export of this very installation, still here under
 * their own ids.
 */
export async function findOnRecord(
  database: Database,
  installation: Installation,
  entryIds: readonly string[],
): Promise<Set<string>> {
  const found = new Set<string>();
  for (let start = 0; start < entryIds.length; start += AT_ONCE) {
    const some = entryIds.slice(start, start + AT_ONCE);
    const registered = await database('registered_entries').whereIn('entry_id', some).pluck<string[]>('entry_id');
    const exported = new Map(some.map((id) => [exportedDeath(installation, id), id]));
    exported.delete(null);
    const deathIds = [...exported.keys()];
    const deaths: unknown[] = deathIds.length === 0 ? [] : await database('deaths').whereIn('id', deathIds).pluck('id');
    for (const id of registered) found.add(id);
    for (const id of z.array(idColumn).parse(deaths)) found.add(exported.get(id) ?? '');
  }
  return found;
}

/** The id of a death in every installation: by it an export that is imported twice adds nothing. */
export function exportId({ name }: Installation, deathId: string): string {
  return `${name}.${deathId}`;
}

/** The death of an export of this very installation; null for anything else. */
function exportedDeath({ name }: Installation, entryId: string): string | null {
  const [, of, deathId] = /^([^.]+)\.([1-9]\d{0,18})$/.exec(entryId) ?? [];
  return of === name && deathId !== undefined ? deathId : null;
}
