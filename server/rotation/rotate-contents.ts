import { z } from 'zod';

import { countColumn, idColumn } from '../database/columns.ts';
import type { Database, Transaction } from '../database/connect.ts';
import { readOthersAlive } from '../database/instance.ts';
import { giveBackLease, holdLease } from '../database/lease.ts';
import { inTransaction } from '../database/transaction.ts';
import { contentCipherOf } from '../encryption/content-cipher.ts';
import { CONTENTS, keepOneKey, lockRotation, putKeysAway } from '../encryption/open-content-keys.ts';

import { RowRotation, type Rotated } from './rotate-rows.ts';

/** Another process rotates at this moment. */
export class RotationRunsError extends Error {}

const LEASE = 'rotate-contents';
const LEASE_MS = 60_000;
/** What one transaction rewrites: so many rows, or bytes of bodies; a larger message alone. */
const AT_ONCE = { rows: 200, bytes: 4 * 1024 * 1024 };

/** How it ended. */
export interface RotationEnd extends Rotated {
  /** False: it was told to stop. It goes on from there the next time. */
  done: boolean;
  /** Keys with which instances have encrypted since it began: they may have left more behind. */
  encrypting: string[];
  /** The keys that nothing is encrypted with any more. */
  notNeeded: string[];
  /** Messages in intake journals, which no rotation reaches. */
  journalled: number;
}

export interface RotationOptions {
  instanceId: string;
  /** The id of the key that everything is to be encrypted with: the first one. Null: everything is stored as it is again. */
  target: string | null;
  signal: AbortSignal;
  /** From 0 to 1. */
  onProgress: (share: number) => void;
}

/**
 * Encrypts all contents anew, in the order of their ids, in small transactions, each with the position that it has
 * reached: it can end at any point, and goes on from there. It runs beside the office: whatever a transaction rewrites,
 * a row and its key change together, and who reads sees one or the other.
 *
 * @throws RotationRunsError.
 */
export async function rotateContents(database: Database, options: RotationOptions): Promise<RotationEnd> {
  const { instanceId, target, signal, onProgress } = options;
  const rotated: Rotated = { changed: 0, unreadable: 0, keyIds: new Set() };
  await holdOrTakeOver(database, instanceId);
  try {
    // What this process counts as: no office that encrypts with another key.
    await database('instances')
      .where('id', instanceId)
      .update({ content_key_id: target ?? '' });
    let walk = await inTransaction(database, (transaction) => openWalk(transaction, target));
    while (BigInt(walk.after) < BigInt(walk.upTo)) {
      if (signal.aborted) return { ...rotated, done: false, encrypting: [], notNeeded: [], journalled: 0 };
      await hold(database, instanceId);
      const { after } = walk;
      const to = await nextStop(database, walk);
      const part = await inTransaction(database, (transaction) => rotatePart(transaction, { after, to, target }));
      rotated.changed += part.changed;
      for (const keyId of part.keyIds) rotated.keyIds.add(keyId);
      walk = { ...walk, after: to };
      onProgress(Number(to) / Number(walk.upTo));
    }
    return {
      ...rotated,
      ...(await inTransaction(database, (transaction) => finish(transaction, options))),
      done: true,
    };
  } finally {
    await giveBackLease(database, LEASE, instanceId).catch(() => undefined);
  }
}

async function hold(database: Database, instanceId: string): Promise<void> {
  if (await holdLease(database, { name: LEASE, instanceId, ms: LEASE_MS })) return;
  throw new RotationRunsError('Another rotation is running.');
}

/** One that was killed holds its lease for a while yet; its instance is known to be dead before. */
async function holdOrTakeOver(database: Database, instanceId: string): Promise<void> {
  const row: unknown = await database('leases').where('name', LEASE).first('instance_id');
  if (row !== undefined) {
    const holder = z.object({ instance_id: idColumn }).parse(row).instance_id;
    const alive = await readOthersAlive(database, instanceId);
    if (!alive.has(holder)) await giveBackLease(database, LEASE, holder);
  }
  await hold(database, instanceId);
}

interface Walk {
  after: string;
  upTo: string;
}

const walkRow = z.object({
  target_key_id: z.string().nullable(),
  began_at: z.date().nullable(),
  finished_at: z.date().nullable(),
  after_id: idColumn,
  up_to_id: idColumn,
});

/** The walk that was left, or a new one through all that there is. */
async function openWalk(transaction: Transaction, target: string | null): Promise<Walk> {
  await lockRotation(transaction);
  const row = walkRow.parse(
    await transaction('content_rotations')
      .where('name', CONTENTS)
      .first('target_key_id', 'began_at', 'finished_at', 'after_id', 'up_to_id'),
  );
  if (row.began_at !== null && row.finished_at === null && row.target_key_id === target) {
    return { after: row.after_id, upTo: row.up_to_id };
  }
  const last: unknown = await transaction('id_sequences').where('name', 'arrivals').first('next_id');
  const upTo = last === undefined ? '0' : z.object({ next_id: idColumn }).parse(last).next_id;
  await transaction('content_rotations')
    .where('name', CONTENTS)
    .update({
      target_key_id: target,
      began_at: transaction.raw('UTC_TIMESTAMP(3)'),
      finished_at: null,
      after_id: 0,
      up_to_id: upTo,
      unreadable: 0,
    });
  return { after: '0', upTo };
}

const sizeRow = z.object({ id: idColumn, body_size: countColumn });

/** Up to which id one transaction goes. */
async function nextStop(database: Database, { after, upTo }: Walk): Promise<string> {
  const found: z.infer<typeof sizeRow>[] = [];
  let end = BigInt(upTo);
  for (const table of ['contents', 'intake_rejects']) {
    const rows: unknown[] = await database(table)
      .where('id', '>', after)
      .where('id', '<=', upTo)
      .orderBy('id')
      .limit(AT_ONCE.rows)
      .select('id', 'body_size');
    const sizes = z.array(sizeRow).parse(rows);
    found.push(...sizes);
    const last = sizes.at(-1);
    // What lies behind a full page has not been seen.
    if (last !== undefined && sizes.length === AT_ONCE.rows && BigInt(last.id) < end) end = BigInt(last.id);
  }
  const seen = found
    .map(({ id, body_size }) => ({ id: BigInt(id), size: body_size }))
    .filter(({ id }) => id <= end)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  let [bytes, last] = [0, null as bigint | null];
  for (const { id, size } of seen) {
    bytes += size;
    if (last !== null && bytes > AT_ONCE.bytes) return last.toString();
    last = id;
  }
  return end.toString();
}

const hashesRow = z.object({ hashed_after_id: idColumn, keyed_from_id: idColumn.nullable() });

async function rotatePart(
  transaction: Transaction,
  { after, to, target }: { after: string; to: string; target: string | null },
): Promise<Rotated> {
  const rows = new RowRotation(transaction, target);
  await rows.rotate({ after, to });
  const { hashed_after_id, keyed_from_id } = hashesRow.parse(
    await transaction('content_rotations')
      .where('name', CONTENTS)
      .forUpdate()
      .first('hashed_after_id', 'keyed_from_id'),
  );
  if (keyed_from_id !== null && contentCipherOf(transaction).keysHashes) {
    const from = later(after, hashed_after_id);
    const until = earlier(to, (BigInt(keyed_from_id) - 1n).toString());
    if (BigInt(from) < BigInt(until)) await rows.keyHashes({ after: from, to: until });
  }
  // Whoever has another position has gone on without this process, which then changes nothing.
  const moved = await transaction('content_rotations')
    .where({ name: CONTENTS, after_id: after })
    .whereNull('finished_at')
    .whereRaw('target_key_id <=> ?', [target])
    .update({
      after_id: to,
      hashed_after_id: later(to, hashed_after_id),
      unreadable: transaction.raw('unreadable + ?', [rows.unreadable]),
    });
  if (moved !== 1) throw new RotationRunsError('Another rotation has gone on meanwhile.');
  return rows;
}

function later(a: string, b: string): string {
  return BigInt(a) > BigInt(b) ? a : b;
}

function earlier(a: string, b: string): string {
  return BigInt(a) < BigInt(b) ? a : b;
}

/** Puts the keys away that nothing needs any more, where that is certain. */
async function finish(
  transaction: Transaction,
  { instanceId, target }: RotationOptions,
): Promise<Pick<RotationEnd, 'unreadable' | 'encrypting' | 'notNeeded' | 'journalled'>> {
  await lockRotation(transaction);
  await transaction('content_rotations')
    .where('name', CONTENTS)
    .whereNull('finished_at')
    .update({ finished_at: transaction.raw('UTC_TIMESTAMP(3)') });
  const row = z
    .object({ unreadable: countColumn })
    .parse(await transaction('content_rotations').where('name', CONTENTS).first('unreadable'));
  const others: unknown[] = await transaction('instances')
    .whereNot('id', instanceId)
    .whereRaw('last_seen_at >= (SELECT began_at FROM content_rotations WHERE name = ?)', [CONTENTS])
    .whereNotNull('content_key_id')
    .whereNotIn('content_key_id', ['', target ?? ''])
    .distinct('content_key_id')
    .pluck('content_key_id');
  const encrypting = z.array(z.string()).parse(others);
  const journalled = z
    .object({ n: countColumn.nullable() })
    .parse(await transaction('instances').sum('journal_unregistered AS n').first());
  let notNeeded: string[] = [];
  if (row.unreadable === 0 && encrypting.length === 0) {
    notNeeded = await (target === null
      ? putKeysAway(transaction, contentCipherOf(transaction))
      : keepOneKey(transaction, target));
  }
  return { unreadable: row.unreadable, encrypting, notNeeded, journalled: journalled.n ?? 0 };
}
