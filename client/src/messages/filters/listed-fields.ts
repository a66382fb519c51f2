import type { FilterValues, FilterValuesQuery } from '../../../../server/contract/schemas/filter-values.ts';
import { office } from '../../api/office.ts';
import { useOfficeQuery } from '../../api/use-office-query.ts';
import type { MessageFilterName } from '../message-list-spec.ts';

type ListedField = FilterValuesQuery['field'];

/** The filters whose values the office can list, with how many failures each had. */
const LISTED: readonly ListedField[] = ['queue', 'deadQueue', 'errorType', 'exchange'];

export function listedField(name: MessageFilterName | undefined): ListedField | undefined {
  return LISTED.find((field) => field === name);
}

/** The values of a filter that contain a text; undefined until they are there, and for filters that have no list. */
export function useFilterValues(name: MessageFilterName | undefined, search: string): FilterValues | undefined {
  const field = listedField(name);
  const wanted = search.trim().slice(0, 255);
  const { data } = useOfficeQuery(
    ['messages', 'values', field, wanted],
    (signal) => office.filterValues({ field: field ?? 'queue', ...(wanted === '' ? {} : { search: wanted }) }, signal),
    { enabled: field !== undefined, staleTime: 10_000 },
  );
  return field === undefined ? undefined : data;
}
