import type { GroupRow } from '../../../server/contract/schemas/groups.ts';
import type { MessageFilter } from '../../../server/contract/schemas/messages.ts';
import type { Operation } from '../../../server/contract/schemas/operations.ts';
import { queryString } from '../api/api-client.ts';

type Filtered = Pick<GroupRow, 'filter'>;

/** What an act on a group takes: those that wait for a decision, and none of which it is unknown whether they arrived. */
export function pendingOf({ filter }: Filtered): MessageFilter | null {
  return filter === null ? null : { ...filter, status: ['pending'] };
}

/** Where its messages are; those that wait for a decision first. */
export function messagesPath({ filter }: Filtered): string | null {
  return filter === null ? null : `/messages${queryString(filter)}`;
}

/** Of the operations that run, those on messages of this row. */
export function operationsOf(
  { groupIds, filter }: Pick<GroupRow, 'groupIds' | 'filter'>,
  running: readonly Operation[],
): Operation[] {
  return running.filter((operation) => {
    const asked = operation.filter?.groupId;
    if (asked === undefined || !asked.some((id) => groupIds.includes(id))) return false;
    const queues = operation.filter?.queue;
    return queues === undefined || filter?.queue === undefined || queues.some((queue) => filter.queue?.includes(queue));
  });
}
