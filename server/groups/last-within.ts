import { z } from 'zod';

import { withinScope } from '../access/within-scope.ts';
import { countColumn, idColumn } from '../database/columns.ts';
import type { Database } from '../database/connect.ts';

/** Messages of a fingerprint and shelf that are looked at for some in scope: its index does not tell dead queues apart. */
const LOOKED_AT = 2_000;
/** Ranges in one statement. */
const BRANCHES = 60;

/** A fingerprint's messages on one shelf. */
export interface ShelfOfFingerprint {
  id: string;
  shelf: string;
}

const lookRow = z.object({
  fingerprint_id: idColumn,
  looked: countColumn,
  oldest: idColumn.nullable(),
  last: idColumn.nullable(),
});

/**
 * The latest deaths in scope of fingerprints that fail in other dead queues as well, by fingerprint. One whose newest 2 000
 * messages on a shelf are all outside, and which has older ones, is taken to have been seen last before those. Absent: it
 * has no message in scope.
 *
 * @param branches the shelves on which they have any.
 */
export async function readLastWithin(
  database: Database,
  branches: readonly ShelfOfFingerprint[],
  scope: readonly string[],
): Promise<Map<string, bigint>> {
  const within = withinScope('looked.dead_queue_id', scope);
  const found = new Map<string, bigint>();
  const before = new Map<string, bigint>();
  for (let start = 0; start < branches.length; start += BRANCHES) {
    const part = branches.slice(start, start + BRANCHES);
    const union = part.map(
      () =>
        `(SELECT looked.fingerprint_id, COUNT(*) AS looked, MIN(looked.last_death_id) AS oldest,
                 MAX(CASE WHEN ${within.sql} THEN looked.last_death_id END) AS last
          FROM (SELECT message.fingerprint_id, message.last_death_id, message.dead_queue_id
                FROM failed_messages AS message FORCE INDEX (failed_messages_fingerprint)
                WHERE message.shelf = ? AND message.fingerprint_id = ?
                ORDER BY message.last_death_id DESC LIMIT ${LOOKED_AT}) AS looked
          GROUP BY looked.fingerprint_id)`,
    );
    const [rows] = (await database.raw(
      union.join(' UNION ALL '),
      part.flatMap(({ id, shelf }) => [...within.bindings, shelf, id]),
    )) as [unknown[]];
    for (const { fingerprint_id, looked, oldest, last } of z.array(lookRow).parse(rows)) {
      if (last !== null) keepLatest(found, fingerprint_id, BigInt(last));
      else if (oldest !== null && looked >= LOOKED_AT) keepLatest(before, fingerprint_id, BigInt(oldest));
    }
  }
  return new Map([...before, ...found]);
}

function keepLatest(known: Map<string, bigint>, id: string, death: bigint): void {
  const other = known.get(id);
  if (other === undefined || death > other) known.set(id, death);
}
