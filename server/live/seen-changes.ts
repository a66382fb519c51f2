import { z } from 'zod';

import { limitToScope, readOperationReach, seesOperation } from '../access/within-scope.ts';
import type { ChangeKind } from '../contract/changes.ts';
import type { ChangesEvent } from '../contract/schemas/events.ts';
import { idColumn } from '../database/columns.ts';
import type { Database } from '../database/connect.ts';
import { seenGroups } from '../groups/groups-in-scope.ts';
import type { Sight } from '../web/route.ts';

type Change = ChangesEvent['changes'][number];
type Limited = NonNullable<Sight> & { scope: readonly string[] };
/** Those of some subjects that are seen. */
type Seen = (database: Database, ids: readonly string[], sight: Limited) => Promise<ReadonlySet<string>>;

/** How the subjects of a change are seen. Null: the change is told, and what it was made to is not. */
const SEEN: Readonly<Record<ChangeKind, Seen | null>> = {
  messages: (database, ids, { scope }) => within(database, 'failed_messages', ids, scope),
  rejects: (database, ids, { scope }) => within(database, 'intake_rejects', ids, scope),
  groups: async (database, ids, { scope }) => (await seenGroups(database, ids, scope)) ?? new Set(),
  operations: async (database, ids, sight) => {
    const reaches = await readOperationReach(database, ids);
    return new Set([...reaches].flatMap(([id, reach]) => (seesOperation(sight, reach) ? [id] : [])));
  },
  deadQueues: (_database, ids, { scope }) => Promise.resolve(new Set(ids.filter((id) => scope.includes(id)))),
  savedViews: null,
  settings: null,
  users: null,
  tokens: null,
  maskingRules: null,
};

/** What of these changes somebody may learn: those of what they see, and that something changed that is no one's alone. */
export async function seenChanges(
  database: Database,
  changes: readonly Change[],
  { userId, scope }: NonNullable<Sight>,
): Promise<Change[]> {
  if (scope === null) return [...changes];
  const subjects = new Map<ChangeKind, string[]>();
  for (const { kind, subjectId } of changes) {
    if (subjectId !== null) subjects.set(kind, [...(subjects.get(kind) ?? []), subjectId]);
  }
  const seen = new Map<ChangeKind, ReadonlySet<string> | null>();
  for (const [kind, ids] of subjects) {
    seen.set(kind, (await SEEN[kind]?.(database, ids, { userId, scope })) ?? null);
  }
  return changes.flatMap((change) => {
    const ofKind = seen.get(change.kind) ?? null;
    if (change.subjectId === null || ofKind === null) return [{ ...change, subjectId: null }];
    return ofKind.has(change.subjectId) ? [change] : [];
  });
}

const row = z.object({ id: idColumn });

async function within(
  database: Database,
  table: 'failed_messages' | 'intake_rejects',
  ids: readonly string[],
  scope: readonly string[],
): Promise<ReadonlySet<string>> {
  const query = database(table).whereIn('id', [...ids]);
  limitToScope(query, 'dead_queue_id', scope);
  const rows: unknown[] = await query.select('id');
  return new Set(
    z
      .array(row)
      .parse(rows)
      .map(({ id }) => id),
  );
}
