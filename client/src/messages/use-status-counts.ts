import { MESSAGE_STATUSES } from '../../../server/contract/messages.ts';
import { office } from '../api/office.ts';
import { useOfficeQuery } from '../api/use-office-query.ts';
import type { ListAddress } from '../list/list-address.ts';
import { usePolling } from '../live/live-context.ts';
import { useNow } from '../show/use-now.ts';
import { withoutStatus, type StatusTab } from './message-list-spec.ts';

export interface StatusCount {
  atLeast: number;
  /** There are more than that; the office counts to 10 001 and no further. */
  capped: boolean;
}

/** How many messages of each state match the filter. The tab of all of them has no count: it would be a sum of caps. */
export function useStatusCounts(filter: ListAddress['filter']): Partial<Record<StatusTab, StatusCount>> {
  const minute = Math.floor(useNow().getTime() / 60_000) * 60_000;
  const query = withoutStatus(filter, minute);
  const answer = useOfficeQuery(
    ['messages', 'counts', query],
    async (signal) => {
      const lists = await Promise.all(
        MESSAGE_STATUSES.map((status) => office.list('messages', { ...query, status, perPage: 1 }, signal)),
      );
      const counts: Partial<Record<StatusTab, StatusCount>> = {};
      MESSAGE_STATUSES.forEach((status, index) => {
        const list = lists[index];
        if (!list) return;
        counts[status] =
          list.total === null
            ? { atLeast: Math.max(0, list.totalAtLeast - 1), capped: true }
            : { atLeast: list.total, capped: false };
      });
      return counts;
    },
    { refetchInterval: usePolling(10_000), keepPrevious: true },
  );
  return answer.data ?? {};
}
