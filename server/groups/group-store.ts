import type { Knex } from 'knex';
import { z } from 'zod';

import { SET_GROUP_STATES, type GroupState, type SetGroupState } from '../contract/groups.ts';
import type { Database, Transaction } from '../database/connect.ts';
import { idColumn, nameColumn, timeColumn } from '../database/columns.ts';
import { failureTitle } from '../diagnosis/fingerprint.ts';

/** A row of `failure_groups`. */
export interface StoredGroup {
  id: string;
  title: string;
  errorTypeId: string | null;
  normalisedMessage: string | null;
  firstSeenAt: string;
  state: SetGroupState;
  snoozedUntil: string | null;
  /** By the database's clock. */
  snoozeOver: boolean;
  resolvedAt: string | null;
  /** Deaths with a later id are new since it was called resolved. */
  resolvedAfter: bigint | null;
  assignee: string | null;
  note: string | null;
  trackerUrl: string | null;
  /** The group that its fingerprints went to, when it has none any more. */
  mergedInto: string | null;
  version: number;
}

const row = z
  .object({
    id: idColumn,
    title: z.string(),
    error_type_id: idColumn.nullable(),
    normalised_message: z.string().nullable(),
    created_at: timeColumn,
    state: z.enum(SET_GROUP_STATES),
    snoozed_until: timeColumn.nullable(),
    snooze_over: z.union([z.string(), z.number()]).transform((value) => Number(value) === 1),
    resolved_at: timeColumn.nullable(),
    resolved_after: idColumn.nullable(),
    assignee: z.string().nullable(),
    note: z.string().nullable(),
    tracker_url: z.string().nullable(),
    merged_into: idColumn.nullable(),
    version: z.number().int(),
  })
  .transform((given): StoredGroup => ({
    id: given.id,
    title: given.title,
    errorTypeId: given.error_type_id,
    normalisedMessage: given.normalised_message,
    firstSeenAt: given.created_at,
    state: given.state,
    snoozedUntil: given.snoozed_until,
    snoozeOver: given.snooze_over,
    resolvedAt: given.resolved_at,
    resolvedAfter: given.resolved_after === null ? null : BigInt(given.resolved_after),
    assignee: given.assignee,
    note: given.note,
    trackerUrl: given.tracker_url,
    mergedInto: given.merged_into,
    version: given.version,
  }));

/** What it is in by now, seen from its latest death. Nothing is written when a snooze ends or a group regresses. */
export function stateNow(group: StoredGroup, lastDeathId: bigint): GroupState {
  if (group.state === 'snoozed' && group.snoozeOver) return 'open';
  if (group.state === 'resolved' && lastDeathId > (group.resolvedAfter ?? 0n)) return 'regressed';
  return group.state;
}

function selectGroups(database: Database | Transaction) {
  return database('failure_groups AS stored')
    .leftJoin('users AS assignee', 'assignee.id', 'stored.assignee_id')
    .select(
      'stored.*',
      'assignee.username AS assignee',
      database.raw('COALESCE(stored.snoozed_until <= UTC_TIMESTAMP(3), 0) AS snooze_over'),
    );
}

/** Ids of groups, or a query for them. */
export type GroupIds = readonly string[] | Knex.QueryBuilder;

export async function readGroups(database: Database | Transaction, ids: GroupIds): Promise<StoredGroup[]> {
  const rows: unknown[] = await selectGroups(database).whereIn('stored.id', ids as never);
  return z.array(row).parse(rows);
}

/** Locked in the order of their ids until the transaction ends. */
export async function lockGroups(transaction: Transaction, ids: readonly string[]): Promise<StoredGroup[]> {
  await transaction('failure_groups')
    .whereIn('id', [...new Set(ids)])
    .orderBy('id')
    .forUpdate()
    .select('id');
  return await readGroups(transaction, ids);
}

/** What a person writes; absent stays. */
export interface GroupValues {
  state?: SetGroupState;
  snoozedUntil?: Date;
  assigneeId?: string | null;
  note?: string | null;
  trackerUrl?: string | null;
}

/** Call it with the group locked. */
export async function writeGroup(transaction: Transaction, groupId: string, values: GroupValues): Promise<void> {
  const { state, snoozedUntil, assigneeId, note, trackerUrl } = values;
  // Whatever has a number by now has failed already, also what is still being written.
  const resolvedAfter = state === 'resolved' ? await readLastArrival(transaction) : null;
  await transaction('failure_groups')
    .where({ id: groupId })
    .update({
      version: transaction.raw('version + 1'),
      ...(state === undefined
        ? {}
        : {
            state,
            snoozed_until: snoozedUntil ?? null,
            resolved_at: resolvedAfter === null ? null : transaction.raw('UTC_TIMESTAMP(3)'),
            resolved_after: resolvedAfter,
          }),
      ...(assigneeId === undefined ? {} : { assignee_id: assigneeId }),
      ...(note === undefined ? {} : { note: note === '' ? null : note }),
      ...(trackerUrl === undefined ? {} : { tracker_url: trackerUrl }),
    });
}

/** The last id that an arrival has taken. Read without a lock: every arrival wants that row. */
async function readLastArrival(transaction: Transaction): Promise<string> {
  const found: unknown = await transaction('id_sequences').where({ name: 'arrivals' }).first('next_id');
  return found === undefined ? '0' : String(BigInt(z.object({ next_id: idColumn }).parse(found).next_id) - 1n);
}

/** All fingerprints of these groups go to another one; no message is touched. Call it with all of them locked. */
export async function mergeGroups(
  transaction: Transaction,
  into: StoredGroup,
  merged: readonly StoredGroup[],
): Promise<void> {
  const ids = merged.map(({ id }) => id);
  await transaction('fingerprints').whereIn('group_id', ids).update({ group_id: into.id });
  await transaction('failure_groups')
    .whereIn('id', ids)
    .orWhereIn('merged_into', ids)
    .update({ merged_into: into.id, version: transaction.raw('version + 1') });
  const firstSeen = Math.min(...[into, ...merged].map(({ firstSeenAt }) => Date.parse(firstSeenAt)));
  await transaction('failure_groups')
    .where({ id: into.id })
    .update({ version: transaction.raw('version + 1'), created_at: new Date(firstSeen) });
}

const ownFingerprint = z.object({
  id: idColumn,
  queue_id: idColumn.nullable(),
  error_type_id: idColumn.nullable(),
  error_type: nameColumn.nullable(),
  normalised_message: z.string().nullable(),
});

/**
 * Some of a group's fingerprints get a group of their own; no message is touched. Call it with the group locked. When the
 * new one first failed is known to the hour.
 *
 * @returns the new group's id, or why not.
 */
export async function splitGroup(
  transaction: Transaction,
  from: StoredGroup,
  fingerprintIds: readonly string[],
): Promise<{ id: string } | 'notIts' | 'nothingLeft'> {
  const rows: unknown[] = await transaction('fingerprints AS fingerprint')
    .leftJoin('names AS error_type', 'error_type.id', 'fingerprint.error_type_id')
    .where({ group_id: from.id })
    .orderBy('fingerprint.id')
    .select('fingerprint.*', 'error_type.value AS error_type');
  const own = z.array(ownFingerprint).parse(rows);
  const leaving = own.filter(({ id }) => fingerprintIds.includes(id));
  const [first] = leaving;
  if (first === undefined || leaving.length < new Set(fingerprintIds).size) return 'notIts';
  if (leaving.length === own.length) return 'nothingLeft';
  const ids = leaving.map(({ id }) => id);
  const counted: unknown = await transaction('failure_counts')
    .whereIn('fingerprint_id', ids)
    .min('hour AS hour')
    .first();
  const { hour } = z.object({ hour: z.date().nullable() }).parse(counted);
  const bare = first.error_type === null && first.normalised_message === null;
  const inserted: unknown = await transaction('failure_groups').insert({
    title: bare ? from.title : failureTitle(first.error_type, first.normalised_message ?? '', null),
    normalised_message: first.normalised_message,
    error_type_id: first.error_type_id,
    queue_id: first.queue_id,
    state: 'open',
    created_at: new Date(Math.max(Date.parse(from.firstSeenAt), +(hour ?? 0))),
  });
  const [id] = z.tuple([idColumn]).parse(inserted);
  await transaction('fingerprints').whereIn('id', ids).update({ group_id: id });
  await transaction('failure_groups')
    .where({ id: from.id })
    .update({ version: transaction.raw('version + 1') });
  return { id };
}
