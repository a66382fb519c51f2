import type { DataProvider, GetListParams, GetListResult, RaRecord } from 'ra-core';

import type { List, PageInfo } from '../../../server/contract/schemas/lists.ts';
import type { Query } from './api-client.ts';
import { office, type ResourceName } from './office.ts';

/** What our lists carry beside react-admin's own parameters. */
export interface ListMeta {
  after?: string | undefined;
  before?: string | undefined;
}

/** What a list answers beside its rows: the capped count, and how far a bounded search looked. */
export interface ListAnswerMeta {
  totalAtLeast: number;
  pageInfo: PageInfo;
}

/** react-admin's parameters in the words of the API: a cursor replaces the page, `-` sorts downwards. */
export function listQuery({ pagination, sort, filter, meta }: GetListParams): Query {
  const cursor = (meta ?? {}) as ListMeta;
  const query: Record<string, Query[string]> = { ...(filter as Query | undefined) };
  if (pagination) {
    query['perPage'] = pagination.perPage;
    if (!cursor.after && !cursor.before && pagination.page > 1) query['page'] = pagination.page;
  }
  if (cursor.after) query['after'] = cursor.after;
  if (cursor.before) query['before'] = cursor.before;
  if (sort && sort.field !== '') query['sort'] = `${sort.order === 'DESC' ? '-' : ''}${sort.field}`;
  return query;
}

/** A list of the API as react-admin takes it. A total that is not exact stays away: then `pageInfo` counts. */
export function listResult<T extends RaRecord>(list: List<T>): GetListResult<T> {
  const { hasNextPage, hasPreviousPage } = list.pageInfo;
  const meta: ListAnswerMeta = { totalAtLeast: list.totalAtLeast, pageInfo: list.pageInfo };
  return {
    data: list.data,
    ...(list.total === null ? {} : { total: list.total }),
    pageInfo: { hasNextPage, hasPreviousPage },
    meta,
  };
}

const unsupported = (what: string) => () => Promise.reject(new Error(`The office has no ${what} for this resource.`));

/**
 * The office as react-admin's data provider. Acts on messages are operations with dialogs of their own and do not go
 * through `update` or `delete`: those would be optimistic or undoable somewhere.
 */
export const dataProvider: DataProvider = {
  supportAbortSignal: true,
  getList: async <T extends RaRecord>(resource: string, params: GetListParams) => {
    const list = await office.list(resource as ResourceName, listQuery(params), params.signal);
    return listResult(list as unknown as List<T>);
  },
  getOne: async <T extends RaRecord>(resource: string, { id, signal }: { id: T['id']; signal?: AbortSignal }) => {
    if (resource === 'operations') return { data: (await office.operation(String(id), signal)) as unknown as T };
    if (resource === 'messages') return { data: (await office.message(String(id), signal)) as unknown as T };
    throw new Error(`The office has no single ${resource}.`);
  },
  getMany: async <T extends RaRecord>(resource: string, { ids, signal }: { ids: T['id'][]; signal?: AbortSignal }) => {
    const list = await office.list(resource as ResourceName, { id: ids.map(String), perPage: ids.length }, signal);
    return { data: list.data as unknown as T[] };
  },
  getManyReference: unsupported('references'),
  create: unsupported('create'),
  update: unsupported('update'),
  updateMany: unsupported('update of many'),
  delete: unsupported('delete'),
  deleteMany: unsupported('delete of many'),
};
