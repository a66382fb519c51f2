import type { QueryClient, QueryKey } from '@tanstack/react-query';
import type { GetListResult } from 'ra-core';

import { MESSAGE_STATUSES } from '../../../server/contract/messages.ts';
import type { Message } from '../../../server/contract/schemas/messages.ts';
import { office } from '../api/office.ts';

type Listed = GetListResult<Message>;

const LISTS = ['messages', 'getList'];

/** Whether it is a list of messages whose rows the user looks at. */
export function isMessageList(key: QueryKey): boolean {
  return LISTS.every((part, index) => key[index] === part);
}

/**
 * Shows each message on the screen as it is now, where it stands: no row comes, goes or moves. One that failed again
 * stays as it was: it is at the list's top now, and counted there as new. What cannot be asked is asked at the next change.
 */
export async function renewRowsInPlace(queryClient: QueryClient): Promise<void> {
  const shown = queryClient.getQueryCache().findAll({ queryKey: LISTS, type: 'active' });
  await Promise.all(shown.map(({ queryKey }) => renewList(queryClient, queryKey)));
}

async function renewList(queryClient: QueryClient, key: QueryKey): Promise<void> {
  const id = queryClient.getQueryData<Listed>(key)?.data.map((row) => row.id) ?? [];
  if (id.length === 0) return;
  const now = await office
    .list('messages', { id, status: MESSAGE_STATUSES, perPage: id.length })
    .then(({ data }) => new Map(data.map((row) => [row.id, row])))
    .catch(() => new Map<string, Message>());
  queryClient.setQueryData<Listed>(key, (list) => {
    if (list === undefined) return undefined;
    const data = list.data.map((row) => {
      const renewed = now.get(row.id);
      return renewed === undefined || renewed.failureCount !== row.failureCount ? row : renewed;
    });
    return data.every((row, index) => row === list.data[index]) ? list : { ...list, data };
  });
}
