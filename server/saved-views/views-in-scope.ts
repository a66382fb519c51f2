import { limitToScope, seenOperations } from '../access/within-scope.ts';
import type { SavedView } from '../contract/schemas/saved-views.ts';
import type { Database, Transaction } from '../database/connect.ts';
import { readSeenNames } from '../dead-queues/dead-queue-store.ts';
import { seenGroups } from '../groups/groups-in-scope.ts';
import type { Scope } from '../web/route.ts';

/** Those of these views that name no dead queue, group, operation or message outside the scope, and one's own. */
export async function viewsInScope(
  database: Database | Transaction,
  views: readonly SavedView[],
  scope: Scope,
): Promise<SavedView[]> {
  if (scope === null) return [...views];
  const filters = new Map(views.filter(({ isMine }) => !isMine).map((view) => [view.id, filterOf(view)]));
  const idsIn = (name: string) =>
    [...filters.values()].flatMap((filter) => filter.getAll(name)).filter((id) => /^\d{1,19}$/.test(id));
  const [deadQueues, groups, operations, messages] = await Promise.all([
    readSeenNames(database, scope),
    seenGroups(database, idsIn('groupId'), scope),
    seenOperations(database, idsIn('operationId'), scope),
    seenMessages(database, idsIn('id'), scope),
  ]);
  const seen = { deadQueue: deadQueues, groupId: groups, operationId: operations, id: messages };
  return views.filter(({ id }) => {
    const filter = filters.get(id);
    return Object.entries(seen).every(([name, known]) =>
      (filter?.getAll(name) ?? []).every((value) => known?.has(value) !== false),
    );
  });
}

function filterOf({ address }: SavedView): URLSearchParams {
  return new URLSearchParams(address);
}

async function seenMessages(
  database: Database | Transaction,
  ids: readonly string[],
  scope: Scope,
): Promise<ReadonlySet<string>> {
  const query = database('failed_messages').whereIn('id', [...ids]);
  limitToScope(query, 'dead_queue_id', scope);
  return new Set(await query.pluck<string[]>('id'));
}
