import { z } from 'zod';

import { recordAuditEvent, THE_OFFICE } from '../audit/audit-store.ts';
import type { Database, Transaction } from '../database/connect.ts';
import { countColumn, idColumn } from '../database/columns.ts';
import { inTransaction } from '../database/transaction.ts';

import { lastIdBefore, shortestTerm, type RetentionTerms } from './expired-messages.ts';
import type { Removed } from './remove-expired.ts';

/** A pass through the messages by id, under way: everything up to `after` has been looked at by these terms. */
export interface PurgeWalk {
  after: string;
  /** No younger message can be past its term. */
  upTo: string;
  terms: RetentionTerms;
}

/** The only walk. */
const NAME = 'purging';

const walkRow = z
  .object({
    after_id: idColumn,
    up_to_id: idColumn.nullable(),
    contents_kept_days: countColumn,
    records_kept_days: countColumn.nullable(),
    contents_removed: countColumn,
    records_removed: countColumn,
    rested: countColumn,
  })
  .transform((row) => ({
    after: row.after_id,
    upTo: row.up_to_id,
    terms: { contentsKeptDays: row.contents_kept_days, recordsKeptDays: row.records_kept_days },
    removed: { contents: row.contents_removed, records: row.records_removed },
    /** A day has passed since the pass began, or its beginning is still to come (a clock was set back). */
    rested: row.rested === 1,
  }));
type WalkRow = z.infer<typeof walkRow>;

/**
 * The pass that is under way, or a new one: a day after the last one began, and at once when the terms are others.
 *
 * @returns null when no pass is due.
 */
export async function openWalk(database: Database, terms: RetentionTerms): Promise<PurgeWalk | null> {
  await database('purge_walks')
    .insert({
      name: NAME,
      began_at: database.raw('UTC_TIMESTAMP(3) - INTERVAL 2 DAY'),
      after_id: 0,
      ...columnsOf(terms),
      contents_removed: 0,
      records_removed: 0,
    })
    .onConflict('name')
    .ignore();
  const seen = await readWalk(database, false);
  if (sameTerms(seen.terms, terms)) {
    if (seen.upTo !== null) return { ...seen, upTo: seen.upTo };
    if (!seen.rested) return null;
  }
  return await inTransaction(database, async (transaction) => {
    const row = await readWalk(transaction, true);
    await report(transaction, row);
    const upTo = (await lastIdBefore(transaction, shortestTerm(terms))) ?? '0';
    await transaction('purge_walks')
      .where('name', NAME)
      .update({
        began_at: transaction.raw('UTC_TIMESTAMP(3)'),
        after_id: 0,
        up_to_id: upTo,
        ...columnsOf(terms),
        contents_removed: 0,
        records_removed: 0,
      });
    return { after: '0', upTo, terms };
  });
}

/**
 * Does a step of the walk: what it removes, and how far it went by that, are one transaction.
 *
 * @returns the walk as it is then; null when somebody else walks: nothing was done.
 */
export async function stepOn(
  database: Database,
  walk: PurgeWalk,
  to: string,
  remove: (transaction: Transaction) => Promise<Removed>,
): Promise<PurgeWalk | null> {
  return await inTransaction(database, async (transaction) => {
    if (!isAt(await readWalk(transaction, true), walk)) return null;
    const { contents, records } = await remove(transaction);
    await transaction('purge_walks')
      .where('name', NAME)
      .update({
        after_id: to,
        contents_removed: transaction.raw('contents_removed + ?', [contents]),
        records_removed: transaction.raw('records_removed + ?', [records]),
      });
    return { ...walk, after: to };
  });
}

/**
 * Ends a round: how far it came by looking alone, and an audit event about all that was removed since the last one, also
 * by a process that died before it could say so.
 */
export async function closeRound(
  database: Database,
  walk: PurgeWalk,
  { after, ended }: { after: string; ended: boolean },
): Promise<void> {
  await inTransaction(database, async (transaction) => {
    const row = await readWalk(transaction, true);
    if (!isAt(row, walk)) return;
    await report(transaction, row);
    await transaction('purge_walks')
      .where('name', NAME)
      .update({ after_id: after, contents_removed: 0, records_removed: 0, ...(ended ? { up_to_id: null } : {}) });
  });
}

async function report(transaction: Transaction, { removed, terms }: WalkRow): Promise<void> {
  if (removed.contents + removed.records === 0) return;
  await recordAuditEvent(transaction, {
    actor: THE_OFFICE,
    kind: 'retention.purged',
    details: { ...removed, ...terms },
  });
}

async function readWalk(database: Database | Transaction, locked: boolean): Promise<WalkRow> {
  const row: unknown = await database('purge_walks')
    .where('name', NAME)
    .modify((query) => {
      if (locked) void query.forUpdate();
    })
    .first(
      'after_id',
      'up_to_id',
      'contents_kept_days',
      'records_kept_days',
      'contents_removed',
      'records_removed',
      database.raw('NOT (began_at > UTC_TIMESTAMP(3) - INTERVAL 1 DAY AND began_at <= UTC_TIMESTAMP(3)) AS rested'),
    );
  return walkRow.parse(row);
}

function isAt(row: WalkRow, { after, upTo, terms }: PurgeWalk): boolean {
  return row.after === after && row.upTo === upTo && sameTerms(row.terms, terms);
}

export function sameTerms(one: RetentionTerms, other: RetentionTerms): boolean {
  return one.contentsKeptDays === other.contentsKeptDays && one.recordsKeptDays === other.recordsKeptDays;
}

function columnsOf({ contentsKeptDays, recordsKeptDays }: RetentionTerms) {
  return { contents_kept_days: contentsKeptDays, records_kept_days: recordsKeptDays };
}
