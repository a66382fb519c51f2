import { z } from 'zod';

import type { CountedGroup } from '../contract/schemas/statistics.ts';
import { idColumn, nameColumn } from '../database/columns.ts';
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

/** Groups by id, as statistics name them. */
export async function readCountedGroups(
  database: Database,
  groupIds: readonly string[],
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
  return new Map(
    z
      .array(row)
      .parse(rows)
      .map((group) => [group.id, group]),
  );
}
