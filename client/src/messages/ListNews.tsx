import ArrowUpward from '@mui/icons-material/ArrowUpward';
import Refresh from '@mui/icons-material/Refresh';
import Button from '@mui/material/Button';

import type { Message } from '../../../server/contract/schemas/messages.ts';
import type { Query } from '../api/api-client.ts';
import { office } from '../api/office.ts';
import { useOfficeQuery } from '../api/use-office-query.ts';
import { useText } from '../i18n/use-text.ts';
import type { AddressedList } from '../list/use-addressed-list.ts';
import { usePolling } from '../live/live-context.ts';
import { statusesOfTab, statusTab } from './message-list-spec.ts';

/** What a list does not show of itself until the user wants it: its rows never move by themselves. */
export interface ListNews {
  /** Messages that came since it was loaded. */
  arrived: number;
  /** Rows whose state has changed meanwhile: they do not belong to this list any more. */
  left: number;
}

/** Arrivals are counted only where they would stand at the list's top, and while it is live. */
export function useListNews(list: AddressedList<Message>, query: Query): ListNews {
  const interval = usePolling(5000);
  const { page, sort, filter } = list.address;
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
  const shown = statusesOfTab(statusTab(filter));
  return {
    arrived: answer.data?.totalAtLeast ?? 0,
    left: list.isStale ? 0 : (list.rows ?? []).filter(({ status }) => !shown.includes(status)).length,
  };
}

/** Says what there is, and shows it when the user wants it. */
export function ListNewsButton({ news: { arrived, left }, onShow }: { news: ListNews; onShow: () => void }) {
  const text = useText();
  return arrived > 0 ? (
    <Button onClick={onShow} startIcon={<ArrowUpward aria-hidden />}>
      {text('list.newArrivals', { count: arrived })}
    </Button>
  ) : (
    <Button onClick={onShow} startIcon={<Refresh aria-hidden />}>
      {text('list.left', { count: left })}
    </Button>
  );
}
