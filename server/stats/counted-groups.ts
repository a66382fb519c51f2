import { z } from 'zod';

import type { CountedGroup } from '../contract/schemas/statistics.ts';
import { idColumn, nameColumn } from '../database/columns.ts';
import { fingerprintBeyondScope, fingerprintInScope } from '../groups/groups-in-scope.ts';
import type { Scope } from '../web/route.ts';
import type { Database } from '../database/connect.ts';

const row = z
  .object({
    id: idColumn,
    title: z.string(),
    normalised_message: z.string().nullable(),
    error_type: nameColumn.nullable(),
    queue: nameColumn.nullable(),
  })
  .transform(({ id, title, normalised_message, error_type, queue }): CountedGroup => ({
    id,
    errorType: error_type,
    // A failure without a message is told by its title.
    message: normalised_message ?? title,
    queue,
  }));

/** Groups by id, as statistics name them: those of which a part lies outside the scope by what lies within. */
export async function readCountedGroups(
  database: Database,
  groupIds: readonly string[],
  scope: Scope,
): Promise<Map<string, CountedGroup>> {
  if (groupIds.length === 0) return new Map();
  const rows: unknown[] = await database('failure_groups AS failure_group')
    .leftJoin('names AS error_type', 'error_type.id', 'failure_group.error_type_id')
    .leftJoin('names AS queue', 'queue.id', 'failure_group.queue_id')
    .whereIn('failure_group.id', groupIds)
    .select(
      'failure_group.id',
      'failure_group.title',
      'failure_group.normalised_message',
      'error_type.value AS error_type',
      'queue.value AS queue',
    );
  const groups = new Map(
    z
      .array(row)
      .parse(rows)
      .map((group) => [group.id, group]),
  );
  return scope === null ? groups : new Map([...groups, ...(await readByWhatIsSeen(database, groupIds, scope))]);
}

/** Of groups that have failures outside the scope: each as its newest fingerprint within. */
async function readByWhatIsSeen(
  database: Database,
  groupIds: readonly string[],
  scope: Scope,
): Promise<Map<string, CountedGroup>> {
  const within = fingerprintInScope('fingerprint.id', scope);
  const beyond = fingerprintBeyondScope('other.id', scope);
  const rows: unknown[] = await database('fingerprints AS fingerprint')
    .leftJoin('names AS error_type', 'error_type.id', 'fingerprint.error_type_id')
    .leftJoin('names AS queue', 'queue.id', 'fingerprint.queue_id')
    .whereIn('fingerprint.group_id', groupIds)
    .whereRaw(within.sql, within.bindings)
    .whereExists(
      database('fingerprints AS other')
        .whereRaw('other.group_id = fingerprint.group_id')
        .whereRaw(beyond.sql, beyond.bindings)
        .select(database.raw('1')),
    )
    .orderBy('fingerprint.id')
    .select(
      'fingerprint.group_id AS id',
      database.raw(`COALESCE(fingerprint.normalised_message, '') AS title`),
      'fingerprint.normalised_message',
      'error_type.value AS error_type',
      'queue.value AS queue',
    );
  return new Map(
    z
      .array(row)
      .parse(rows)
      .map((group) => [group.id, group]),
  );
}
