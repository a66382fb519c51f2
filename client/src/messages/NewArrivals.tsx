import ArrowUpward from '@mui/icons-material/ArrowUpward';
import Button from '@mui/material/Button';

import type { Message } from '../../../server/contract/schemas/messages.ts';
import type { Query } from '../api/api-client.ts';
import { office } from '../api/office.ts';
import { useOfficeQuery } from '../api/use-office-query.ts';
import { useText } from '../i18n/use-text.ts';
import type { AddressedList } from '../list/use-addressed-list.ts';
import { usePolling } from '../live/live-context.ts';

/**
 * How many messages came since the list was loaded: only where they would stand at its top, and while it is live.
 */
export function useArrivals(list: AddressedList<Message>, query: Query): number {
  const interval = usePolling(5000);
  const { page, sort } = list.address;
  const newest = list.rows?.[0]?.failedAt;
  const since = newest === undefined ? undefined : new Date(Date.parse(newest) + 1).toISOString();
  const answer = useOfficeQuery(
    ['messages', 'arrivals', query, since],
    (signal) => office.list('messages', { ...query, failedAfter: since ?? query['failedAfter'], perPage: 1 }, signal),
    {
      enabled: interval !== false && page === 1 && sort === '-failedAt' && list.rows !== undefined && !list.isStale,
      refetchInterval: interval,
    },
  );
  return answer.data?.totalAtLeast ?? 0;
}

/** Says how many there are. The rows move only when the user wants it. */
export function NewArrivals({ count, onShow }: { count: number; onShow: () => void }) {
  const text = useText();
  return (
    <Button onClick={onShow} startIcon={<ArrowUpward aria-hidden />}>
      {text('list.newArrivals', { count })}
    </Button>
  );
}
