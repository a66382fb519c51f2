import { useMemo } from 'react';
import { useSearchParams } from 'react-router-dom';

import type { Operation, OperationItem } from '../../../server/contract/schemas/operations.ts';
import { listQuery } from '../api/data-provider.ts';
import { office } from '../api/office.ts';
import { useOfficeQuery } from '../api/use-office-query.ts';
import { readAddress, type ListSpec } from '../list/list-address.ts';
import { asAddressedList, type AddressedList } from '../list/use-addressed-list.ts';
import { useLive } from '../live/live-context.ts';
import { isEnded } from './operation-queries.ts';

/** The items of an operation, with the state of the list in the address of the operation's page. */
export function useOperationItems(operation: Operation, spec: ListSpec): AddressedList<OperationItem> {
  const [search, setSearch] = useSearchParams();
  const { connected } = useLive();
  const address = useMemo(() => readAddress(search, spec), [search, spec]);
  const query = listQuery({
    pagination: { page: address.page, perPage: address.perPage },
    filter: address.filter,
    meta: { after: address.after, before: address.before },
  });
  const answer = useOfficeQuery(
    ['operations', 'items', operation.id, query],
    (signal) => office.operationItems(operation.id, query, signal),
    { keepPrevious: true, refetchInterval: isEnded(operation) || connected ? false : 2000 },
  );
  return asAddressedList({
    address,
    spec,
    setSearch,
    answer: {
      rows: answer.data?.data,
      total: answer.data?.total ?? null,
      totalAtLeast: answer.data?.totalAtLeast ?? 0,
      pageInfo: answer.data?.pageInfo,
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
