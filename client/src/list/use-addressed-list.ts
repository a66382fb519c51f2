import { keepPreviousData } from '@tanstack/react-query';
import { useGetList, type RaRecord } from 'ra-core';
import { useMemo } from 'react';
import { useSearchParams } from 'react-router-dom';

import type { PageInfo } from '../../../server/contract/schemas/lists.ts';
import type { Query } from '../api/api-client.ts';
import type { ListAnswerMeta } from '../api/data-provider.ts';
import type { ResourceName, Resources } from '../api/office.ts';
import {
  changed,
  nextPage,
  previousPage,
  readAddress,
  writeAddress,
  type AddressChange,
  type Cursors,
  type ListAddress,
  type ListSpec,
} from './list-address.ts';

export interface AddressedList<T> {
  address: ListAddress;
  change: (change: AddressChange) => void;
  setFilter: (name: string, values: readonly string[]) => void;
  next: (() => void) | undefined;
  previous: (() => void) | undefined;
  /** Undefined until the first answer, and when that failed. */
  rows: readonly T[] | undefined;
  /** Null where the capped count is not exact. */
  total: number | null;
  totalAtLeast: number;
  /** From where the pages before and after this one go on, where there are any. */
  cursors: Cursors;
  searchedTo: string | undefined;
  searchOn: (() => void) | undefined;
  isPending: boolean;
  /** The rows are those of the address before; the new ones are on their way. */
  isStale: boolean;
  error: unknown;
  updatedAt: number;
  reload: () => void;
}

/** What an answer says, in the words that every list shares. */
interface Answer<T> extends Pick<
  AddressedList<T>,
  'rows' | 'total' | 'totalAtLeast' | 'isPending' | 'isStale' | 'error' | 'updatedAt' | 'reload'
> {
  pageInfo: PageInfo | undefined;
}

interface Parts<T> {
  address: ListAddress;
  spec: ListSpec;
  setSearch: (search: URLSearchParams) => void;
  answer: Answer<T>;
}

/** The cursors of an answer, each only where there is a page in its direction. */
export function cursorsOf(pageInfo: PageInfo | undefined): Cursors {
  return {
    after: pageInfo?.hasNextPage ? pageInfo.after : undefined,
    before: pageInfo?.hasPreviousPage ? pageInfo.before : undefined,
  };
}

/** Joins an address and an answer: what the list shows, and where its controls lead. */
export function asAddressedList<T>({ address, spec, setSearch, answer }: Parts<T>): AddressedList<T> {
  const { pageInfo, ...rest } = answer;
  const go = (to: ListAddress) => {
    setSearch(writeAddress(to, spec));
  };
  const leadsTo = (to: ListAddress | undefined) =>
    to &&
    (() => {
      go(to);
    });
  const change = (by: AddressChange) => {
    go(changed(address, by));
  };
  const next = leadsTo(pageInfo?.hasNextPage ? nextPage(address, pageInfo) : undefined);
  return {
    ...rest,
    address,
    change,
    setFilter: (name, values) => {
      change({ filter: { ...address.filter, [name]: values } });
    },
    next,
    previous: leadsTo(
      pageInfo?.hasPreviousPage || address.page > 1 ? previousPage(address, pageInfo ?? {}) : undefined,
    ),
    cursors: cursorsOf(pageInfo),
    searchedTo: pageInfo?.searchedTo,
    searchOn: pageInfo?.searchedTo === undefined ? undefined : next,
  };
}

interface Options<R extends ResourceName> {
  resource: R;
  spec: ListSpec;
  /** The filter of the address in the words of the API; must be stable for equal addresses. */
  toApi?: (filter: ListAddress['filter']) => Query;
  pollMs: number | false;
}

/** A list of the API whose whole state is its address. */
export function useAddressedList<R extends ResourceName>({
  resource,
  spec,
  toApi,
  pollMs,
}: Options<R>): AddressedList<Resources[R]> {
  const [search, setSearch] = useSearchParams();
  const address = useMemo(() => readAddress(search, spec), [search, spec]);
  const answer = useGetList<Resources[R] & RaRecord>(
    resource,
    {
      pagination: { page: address.page, perPage: address.perPage },
      sort: {
        field: spec.sorts.length > 0 ? address.sort.replace(/^-/, '') : '',
        order: address.sort.startsWith('-') ? 'DESC' : 'ASC',
      },
      filter: toApi ? toApi(address.filter) : address.filter,
      meta: { after: address.after, before: address.before },
    },
    {
      placeholderData: keepPreviousData,
      refetchInterval: pollMs,
      // A list that is not polled stands still until the user wants it to move.
      refetchOnWindowFocus: pollMs !== false,
      retry: false,
    },
  );
  const meta = answer.meta as ListAnswerMeta | undefined;
  return asAddressedList({
    address,
    spec,
    setSearch,
    answer: {
      rows: answer.data,
      total: answer.total ?? null,
      totalAtLeast: meta?.totalAtLeast ?? 0,
      pageInfo: meta?.pageInfo,
      isPending: answer.isPending,
      isStale: answer.isPlaceholderData,
      error: answer.error,
      updatedAt: answer.dataUpdatedAt,
      reload: () => {
        void answer.refetch();
      },
    },
  });
}
