import { z } from 'zod';

import { countColumn, idColumn } from '../database/columns.ts';
import type { Database, Transaction } from '../database/connect.ts';

import type { EventRow } from './seal-chain.ts';

export interface Seal {
  seq: string;
  eventId: string;
  keyId: string;
  at: Date;
  hmac: Buffer;
}

const sealRow = z
  .object({ seq: idColumn, event_id: idColumn, key_id: z.string(), at: z.date(), hmac: z.instanceof(Buffer) })
  .transform((row): Seal => ({
    seq: row.seq,
    eventId: row.event_id,
    keyId: row.key_id,
    at: row.at,
    hmac: row.hmac,
  }));
const eventRow = z.record(z.string(), z.unknown());
const eventId = z.object({ id: idColumn });

/** The end of the chain; null before the first seal. */
export async function newestSeal(database: Database | Transaction): Promise<Seal | null> {
  const row: unknown = await database('audit_seals').orderBy('seq', 'desc').first();
  return row === undefined ? null : sealRow.parse(row);
}

/** Seals of the chain, in its order, from behind one on. */
export async function readSeals(
  database: Database,
  { after, limit }: { after: string; limit: number },
): Promise<Seal[]> {
  const rows: unknown[] = await database('audit_seals').where('seq', '>', after).orderBy('seq').limit(limit);
  return z.array(sealRow).parse(rows);
}

export async function readSealsBySeq(database: Database, seqs: readonly string[]): Promise<Map<string, Seal>> {
  const rows: unknown[] = await database('audit_seals').whereIn('seq', [...seqs]);
  return new Map(
    z
      .array(sealRow)
      .parse(rows)
      .map((seal) => [seal.seq, seal]),
  );
}

/** Whole events, by id. Those that are not there are left out. */
export async function readEventRows(
  database: Database | Transaction,
  ids: readonly string[],
): Promise<Map<string, EventRow>> {
  if (ids.length === 0) return new Map();
  const rows: unknown[] = await database('audit_events').whereIn('id', [...ids]);
  return new Map(
    z
      .array(eventRow)
      .parse(rows)
      .map((row) => [eventId.parse(row).id, row]),
  );
}

/** The latest event that is sealed, by id, and the latest that there is; 0 for none. */
export async function latestIds(database: Database): Promise<{ sealed: bigint; written: bigint }> {
  const [[row]] = (await database.raw(
    `SELECT COALESCE((SELECT MAX(event_id) FROM audit_seals), 0) AS \`sealed\`,
            COALESCE((SELECT MAX(id) FROM audit_events), 0) AS written`,
  )) as [[unknown]];
  const latest = z.object({ sealed: idColumn, written: idColumn }).parse(row);
  return { sealed: BigInt(latest.sealed), written: BigInt(latest.written) };
}

/** Ids of events without a seal, in a range of ids that includes its ends, lowest first. */
export async function unsealedIds(
  database: Database | Transaction,
  { from, to, limit }: { from: bigint; to?: bigint; limit: number },
): Promise<string[]> {
  const query = database('audit_events AS event')
    .leftJoin('audit_seals AS seal', 'seal.event_id', 'event.id')
    .where('event.id', '>=', from.toString())
    .whereNull('seal.event_id')
    .orderBy('event.id')
    .limit(limit)
    .select('event.id');
  if (to !== undefined) void query.where('event.id', '<=', to.toString());
  const rows: unknown = await query;
  return z
    .array(eventId)
    .parse(rows)
    .map(({ id }) => id);
}

/** Those of these events that have no seal. */
export async function withoutSeal(database: Database | Transaction, ids: readonly string[]): Promise<string[]> {
  const sealed: unknown[] = await database('audit_seals')
    .whereIn('event_id', [...ids])
    .pluck('event_id');
  const known = new Set(z.array(idColumn).parse(sealed));
  return ids.filter((id) => !known.has(id));
}

/** @throws what the driver throws; `ER_DUP_ENTRY` when another one has sealed meanwhile: the chain is one. */
export async function insertSeals(transaction: Transaction, seals: readonly Seal[]): Promise<void> {
  await transaction('audit_seals').insert(
    seals.map(({ seq, eventId: event, keyId, at, hmac }) => ({ seq, event_id: event, key_id: keyId, at, hmac })),
  );
}

/** Locks the lease until the transaction ends. @returns whether this instance holds it. */
export async function lockHeldLease(transaction: Transaction, name: string, instanceId: string): Promise<boolean> {
  const row: unknown = await transaction('leases')
    .where({ name, instance_id: instanceId })
    .where('held_until', '>', transaction.raw('UTC_TIMESTAMP(3)'))
    .forUpdate()
    .first('name');
  return row !== undefined;
}

const aliveRow = z.object({ n: countColumn });

/** Whether an instance seals now. */
export async function isLeaseHeld(database: Database, name: string): Promise<boolean> {
  const row: unknown = await database('leases')
    .where({ name })
    .where('held_until', '>', database.raw('UTC_TIMESTAMP(3)'))
    .count({ n: '*' })
    .first();
  return aliveRow.parse(row).n > 0;
}
