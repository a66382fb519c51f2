import { useListContext } from 'ra-core';
import { useLocation } from 'react-router-dom';

import type { Message } from '../../../server/contract/schemas/messages.ts';

/** Where a message was opened from: the list's address, and its neighbours on that page. Kept in the history entry. */
export interface ListTrail {
  search: string;
  ids: string[];
}

export function useListTrail(): ListTrail {
  const { search } = useLocation();
  const { data = [] } = useListContext<Message>();
  return { search, ids: data.map(({ id }) => id) };
}

/** The trail of the current history entry, if the message was opened from the list. */
export function readTrail(state: unknown): ListTrail | undefined {
  if (typeof state !== 'object' || state === null) return undefined;
  const { search, ids } = state as Partial<ListTrail>;
  if (typeof search !== 'string' || !Array.isArray(ids)) return undefined;
  return { search, ids: ids.filter((id) => typeof id === 'string') };
}
