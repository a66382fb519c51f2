import { createContext, useContext } from 'react';

import type { Message } from '../../../server/contract/schemas/messages.ts';
import { office } from '../api/office.ts';
import { useOfficeQuery } from '../api/use-office-query.ts';
import { nextPage, previousPage, readAddress, writeAddress, type Cursors } from '../list/list-address.ts';
import { cursorsOf, type AddressedList } from '../list/use-addressed-list.ts';
import { MESSAGE_LIST, messageQuery } from './message-list-spec.ts';

/**
 * Where a message was opened from: the list's address, its neighbours on that page, and the cursors to the pages around
 * it. Kept in the history entry.
 */
export interface ListTrail extends Cursors {
  search: string;
  ids: string[];
}

/** The trail that the messages of a list are opened with; none where they are not in a list of their own. */
export const ListTrailContext = createContext<ListTrail | undefined>(undefined);

export function useListTrail(): ListTrail | undefined {
  return useContext(ListTrailContext);
}

/** The trail of a list as it is shown. */
export function trailOf(list: AddressedList<Message>): ListTrail {
  return {
    search: searchOf(writeAddress(list.address, MESSAGE_LIST)),
    ids: (list.rows ?? []).map(({ id }) => id),
    ...list.cursors,
  };
}

/** The trail of the current history entry, if the message was opened from the list. */
export function readTrail(state: unknown): ListTrail | undefined {
  if (typeof state !== 'object' || state === null) return undefined;
  const { search, ids, after, before } = state as Partial<Record<keyof ListTrail, unknown>>;
  if (typeof search !== 'string' || !Array.isArray(ids)) return undefined;
  return {
    search,
    ids: ids.filter((id) => typeof id === 'string'),
    after: typeof after === 'string' ? after : undefined,
    before: typeof before === 'string' ? before : undefined,
  };
}

/** A message beside the current one in its list, and the trail to open it with. */
export interface Neighbour {
  id: string;
  trail: ListTrail;
}

/**
 * The messages before and after one in the list that it was opened from. At the border of the page the next page is
 * asked for, by cursor: so no message is left out when those before it have left the list meanwhile, which is what
 * happens when one works through the pending ones.
 */
export function useNeighbours(
  trail: ListTrail | undefined,
  id: string,
): { previous: Neighbour | undefined; next: Neighbour | undefined; isInList: boolean } {
  const at = trail ? trail.ids.indexOf(id) : -1;
  const known = (index: number): Neighbour | undefined => {
    const found = trail?.ids[index];
    return trail && found !== undefined ? { id: found, trail } : undefined;
  };
  const isInList = at >= 0;
  const pageAfter = usePage(trail, 'after', isInList && at === (trail?.ids.length ?? 0) - 1);
  const pageBefore = usePage(trail, 'before', isInList && at === 0);
  if (!isInList) return { previous: undefined, next: undefined, isInList };
  const first = pageAfter?.ids[0];
  const last = pageBefore?.ids.at(-1);
  return {
    previous: known(at - 1) ?? (pageBefore && last !== undefined ? { id: last, trail: pageBefore } : undefined),
    next: known(at + 1) ?? (pageAfter && first !== undefined ? { id: first, trail: pageAfter } : undefined),
    isInList,
  };
}

/** The trail of the page after or before a trail's own; undefined where there is none, and until it is there. */
function usePage(trail: ListTrail | undefined, way: 'after' | 'before', isWanted: boolean): ListTrail | undefined {
  const cursor = trail?.[way];
  const search = trail?.search ?? '';
  const { data } = useOfficeQuery(
    ['messages', 'page', search, way, cursor],
    async (signal) => {
      const address = readAddress(new URLSearchParams(search), MESSAGE_LIST);
      const { filter, perPage, sort } = address;
      const query = { ...messageQuery(filter, Date.now()), perPage, sort, [way]: cursor };
      const list = await office.list('messages', query, signal);
      const turned = (way === 'after' ? nextPage : previousPage)(address, { [way]: cursor }) ?? address;
      return {
        search: searchOf(writeAddress({ ...turned, after: undefined, before: undefined, [way]: cursor }, MESSAGE_LIST)),
        ids: list.data.map((message) => message.id),
        ...cursorsOf(list.pageInfo),
      };
    },
    { enabled: isWanted && cursor !== undefined, staleTime: 30_000 },
  );
  return isWanted && cursor !== undefined ? data : undefined;
}

function searchOf(search: URLSearchParams): string {
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}
