import ArrowUpward from '@mui/icons-material/ArrowUpward';
import Button from '@mui/material/Button';

import type { Message } from '../../../server/contract/schemas/messages.ts';
import type { Query } from '../api/api-client.ts';
import { office } from '../api/office.ts';
import { useOfficeQuery } from '../api/use-office-query.ts';
import { useText } from '../i18n/use-text.ts';
import type { AddressedList } from '../list/use-addressed-list.ts';
import { usePolling } from '../live/live-context.ts';

/** Says how many messages came since the list was loaded. The rows move only when the user wants it. */
export function NewArrivals({ list, query }: { list: AddressedList<Message>; query: Query }) {
  const text = useText();
  const newest = list.rows?.[0]?.failedAt;
  const since = newest === undefined ? undefined : new Date(Date.parse(newest) + 1).toISOString();
  const answer = useOfficeQuery(
    ['messages', 'arrivals', query, since],
    (signal) => office.list('messages', { ...query, failedAfter: since, perPage: 1 }, signal),
    { enabled: list.rows !== undefined && !list.isStale, refetchInterval: usePolling(5000) },
  );
  const count = answer.data?.totalAtLeast ?? 0;
  if (count === 0) return null;
  return (
    <Button
      fullWidth
      onClick={list.reload}
      startIcon={<ArrowUpward aria-hidden />}
      sx={{ borderRadius: 0, borderBottom: 1, borderColor: 'divider', bgcolor: 'action.selected', py: 0.5 }}
    >
      {text('list.newArrivals', { count })}
    </Button>
  );
}
