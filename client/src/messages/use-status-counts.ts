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

/**
 * How many messages of each state match the filter. The tab of all of them has no count: it would be a sum of caps.
 *
 * @param isNext whether it is their turn: the rows that somebody waits for come first.
 */
export function useStatusCounts(
  filter: ListAddress['filter'],
  isNext: boolean,
): Partial<Record<StatusTab, StatusCount>> {
  const minute = Math.floor(useNow().getTime() / 60_000) * 60_000;
  const query = withoutStatus(filter, minute);
  const answer = useOfficeQuery(
    ['messages', 'counts', query],
    async (signal) => {
      const counts: Partial<Record<StatusTab, StatusCount>> = {};
      // One by one: nobody waits for them, and what is waited for does not queue behind them.
      for (const status of MESSAGE_STATUSES) {
        const list = await office.list('messages', { ...query, status, perPage: 1 }, signal);
        counts[status] =
          list.total === null
            ? { atLeast: Math.max(0, list.totalAtLeast - 1), capped: true }
            : { atLeast: list.total, capped: false };
      }
      return counts;
    },
    { refetchInterval: usePolling(10_000), keepPrevious: true, enabled: isNext },
  );
  return answer.data ?? {};
}
