import { z } from 'zod';

import { CHANGE_KINDS, type ChangeKind } from '../contract/changes.ts';

import { idColumn } from './columns.ts';
import type { Database, Transaction } from './connect.ts';

/** How long changes are kept, in ms: so long a stream can have been away and still be told what it missed. */
export const CHANGES_KEPT_MS = 3_600_000;
/**
 * How long after it was written a change may become visible, in ms. The server closes a connection that says nothing
 * for so long, and an act writes its change at its end.
 */
export const CHANGES_LATE_MS = 60_000;
/** Rows read at once; more within a minute are no acts of people. */
const MOST = 2_000;
const PURGED_AT_ONCE = 1_000;

/** Something that was changed. */
export interface NewChange {
  kind: ChangeKind;
  /** The one that was changed; null: several, or all there is. */
  subjectId: string | null;
}

export interface RecordedChange extends NewChange {
  id: string;
  at: Date;
}

/**
 * Writes down what an act changed, so that the event streams of all instances tell of it. Give it the transaction of the
 * act, and call it near its end: what becomes visible later than `CHANGES_LATE_MS` is not told.
 */
export async function recordChanges(database: Database | Transaction, changes: readonly NewChange[]): Promise<void> {
  if (changes.length === 0) return;
  await database('changes').insert(
    changes.map(({ kind, subjectId }) => ({
      at: database.raw('UTC_TIMESTAMP(3)'),
      kind,
      subject_id: subjectId,
    })),
  );
}

const row = z.object({
  at: z.date(),
  /** Null in the row that tells the time. */
  id: idColumn.nullable(),
  kind: z.string().nullable(),
  subject_id: idColumn.nullable(),
});

/** What one look at the changes found. */
export interface ReadChanges {
  /** The database's clock at the look. */
  now: Date;
  /** Oldest first. */
  changes: RecordedChange[];
  /** Where there were more than are read at once: those from before this moment may be missing. */
  missingBefore: Date | null;
}

/**
 * What was written since a moment of the database's clock (null: now), and up to `CHANGES_LATE_MS` before it: those may
 * have become visible since. One statement along an index, whatever it finds; kinds of a newer version are passed over.
 */
export async function readChanges(database: Database, since: Date | null): Promise<ReadChanges> {
  const [found] = (await database.raw(
    `SELECT UTC_TIMESTAMP(3) AS at, NULL AS id, NULL AS kind, NULL AS subject_id
     UNION ALL
     (SELECT at, id, kind, subject_id FROM changes
      WHERE at >= COALESCE(LEAST(CAST(? AS DATETIME(3)), UTC_TIMESTAMP(3)), UTC_TIMESTAMP(3)) - INTERVAL ? MICROSECOND
      ORDER BY at DESC, id DESC
      LIMIT ?)`,
    [since, CHANGES_LATE_MS * 1000, MOST],
  )) as [unknown[]];
  const rows = z.array(row).parse(found);
  const now = rows.find(({ id }) => id === null)?.at;
  if (now === undefined) throw new Error('The database did not say its time.');
  const written = rows.filter(({ id }) => id !== null).sort(byTime);
  const changes = written.flatMap(({ id, at, kind, subject_id: subjectId }) => {
    const known = CHANGE_KINDS.find((one) => one === kind);
    return id === null || known === undefined ? [] : [{ id, at, kind: known, subjectId }];
  });
  return { now, changes, missingBefore: written.length < MOST ? null : (written[0]?.at ?? null) };
}

function byTime(one: z.infer<typeof row>, other: z.infer<typeof row>): number {
  return +one.at - +other.at || Number(one.id) - Number(other.id);
}

/** Removes changes that are older than they are kept, some at a time. @returns how many. */
export async function purgeChanges(database: Database): Promise<number> {
  return await database('changes')
    .where('at', '<', database.raw('UTC_TIMESTAMP(3) - INTERVAL ? MICROSECOND', [CHANGES_KEPT_MS * 1000]))
    .orderBy('at')
    .limit(PURGED_AT_ONCE)
    .delete();
}
