import type { ListControllerResult, RaRecord, SortPayload } from 'ra-core';

import type { AddressedList } from './use-addressed-list.ts';
import type { Selection } from './use-selection.ts';

const nothing = () => undefined;

/**
 * An addressed list as react-admin's list context, so that its DataTable, with its columns and its selection, works on
 * it. What the table never calls is left empty.
 */
export function asListContext<T extends RaRecord & { id: string }>(
  resource: string,
  list: AddressedList<T>,
  selection?: Selection<T>,
): ListControllerResult<T> {
  const { sort, page, perPage } = list.address;
  return {
    resource,
    data: [...(list.rows ?? [])],
    total: list.total ?? list.totalAtLeast,
    error: null,
    isPending: false,
    isLoading: false,
    isFetching: false,
    sort: { field: sort.replace(/^-/, ''), order: sort.startsWith('-') ? 'DESC' : 'ASC' },
    setSort: ({ field, order }: SortPayload) => {
      list.change({ sort: `${order === 'DESC' ? '-' : ''}${field}` });
    },
    page,
    perPage,
    setPage: nothing,
    setPerPage: nothing,
    selectedIds: selection?.ids ?? [],
    onSelect: selection?.setIds ?? nothing,
    onToggleItem: selection?.toggle ?? nothing,
    onUnselectItems: selection?.clear ?? nothing,
    onSelectAll: nothing,
    filterValues: list.address.filter,
    displayedFilters: {},
    setFilters: nothing,
    showFilter: nothing,
    hideFilter: nothing,
    refetch: list.reload,
    defaultTitle: '',
  } as unknown as ListControllerResult<T>;
}
