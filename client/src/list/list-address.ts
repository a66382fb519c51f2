/**
 * The state of a list as it stands in the address: readable, shareable, and in the names of the API.
 * What has its default value is left out, and what the list does not know is ignored.
 */
export interface ListAddress {
  filter: Readonly<Record<string, readonly string[]>>;
  /** As in the API: `-failedAt` is newest first. */
  sort: string;
  page: number;
  perPage: number;
  /** Past the depth that pages reach, the list goes on by cursor; `page` is then only counted along. */
  after?: string | undefined;
  before?: string | undefined;
}

export interface ListSpec {
  filters: readonly string[];
  sort: string;
  sorts: readonly string[];
  perPage: number;
}

export const PER_PAGE_CHOICES = [25, 50, 100] as const;

/** What `page × perPage` may reach; beyond it the API takes cursors only. */
export const DEEPEST_ROW = 10_000;

export function readAddress(search: URLSearchParams, spec: ListSpec): ListAddress {
  const filter: Record<string, string[]> = {};
  for (const name of spec.filters) {
    const values = search.getAll(name).filter((value) => value !== '');
    if (values.length > 0) filter[name] = values;
  }
  const sort = search.get('sort') ?? '';
  return {
    filter,
    sort: spec.sorts.includes(sort) ? sort : spec.sort,
    page: positive(search.get('page')) ?? 1,
    perPage: Math.min(positive(search.get('perPage')) ?? spec.perPage, 500),
    after: search.get('after') ?? undefined,
    before: search.get('before') ?? undefined,
  };
}

export function writeAddress(address: ListAddress, spec: ListSpec): URLSearchParams {
  const search = new URLSearchParams();
  for (const name of spec.filters) {
    for (const value of address.filter[name] ?? []) search.append(name, value);
  }
  if (address.sort !== spec.sort) search.set('sort', address.sort);
  if (address.perPage !== spec.perPage) search.set('perPage', String(address.perPage));
  if (address.page > 1) search.set('page', String(address.page));
  if (address.after !== undefined) search.set('after', address.after);
  if (address.before !== undefined) search.set('before', address.before);
  return search;
}

/** A change of the address. Anything but a turn of the page starts again at the first page. */
export type AddressChange = Partial<Pick<ListAddress, 'filter' | 'sort' | 'perPage'>>;

export function changed(address: ListAddress, change: AddressChange): ListAddress {
  return { ...address, ...change, page: 1, after: undefined, before: undefined };
}

/** The cursors that an answer gave for going on from it. */
export interface Cursors {
  after?: string | undefined;
  before?: string | undefined;
}

/** The next page: by number as deep as numbers reach, then by cursor. */
export function nextPage(address: ListAddress, cursors: Cursors): ListAddress | undefined {
  const page = address.page + 1;
  const byCursor = address.after !== undefined || address.before !== undefined || page * address.perPage > DEEPEST_ROW;
  if (!byCursor) return { ...address, page };
  if (cursors.after === undefined) return undefined;
  return { ...address, page, after: cursors.after, before: undefined };
}

export function previousPage(address: ListAddress, cursors: Cursors): ListAddress | undefined {
  const page = Math.max(1, address.page - 1);
  if (page * address.perPage <= DEEPEST_ROW) return { ...address, page, after: undefined, before: undefined };
  if (cursors.before === undefined) return undefined;
  return { ...address, page, after: undefined, before: cursors.before };
}

function positive(text: string | null): number | undefined {
  return text !== null && /^[1-9]\d{0,6}$/.test(text) ? Number(text) : undefined;
}
