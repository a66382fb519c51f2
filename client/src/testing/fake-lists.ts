import type { List } from '../../../server/contract/schemas/lists.ts';
import type { Message } from '../../../server/contract/schemas/messages.ts';

/** The filters that the tests use. */
export function matches(message: Message, query: URLSearchParams): boolean {
  const oneOf = (name: string, value: string | null) =>
    query.getAll(name).length === 0 || (value !== null && query.getAll(name).includes(value));
  const orders = query.getAll('orderId');
  return (
    (query.has('status') ? query.getAll('status').includes(message.status) : message.status !== 'deleted') &&
    oneOf('queue', message.queue) &&
    oneOf('deadQueue', message.deadQueue) &&
    oneOf('errorType', message.errorType) &&
    oneOf('reason', message.reason) &&
    oneOf('groupId', message.groupId) &&
    oneOf('id', message.id) &&
    (orders.length === 0 || orders.some((orderId) => message.keys['orderId']?.includes(orderId))) &&
    message.failedAt >= (query.get('failedAfter') ?? '') &&
    message.failedAt < (query.get('failedBefore') ?? '9')
  );
}

/** The messages are kept newest first. */
export function inOrder(messages: Message[], sort: string | null): Message[] {
  return sort === 'failedAt' ? messages.toReversed() : messages;
}

/** A page by number or by cursor; a cursor is the number of the row that it points to. */
export function page<T>(rows: readonly T[], query: URLSearchParams, countsTo = 10_000): List<T> {
  const perPage = Number(query.get('perPage') ?? 25);
  const before = query.get('before');
  const from =
    before !== null
      ? Math.max(0, Number(before) - perPage)
      : Number(query.get('after') ?? (Number(query.get('page') ?? 1) - 1) * perPage);
  const to = before === null ? from + perPage : Number(before);
  return {
    data: rows.slice(from, to),
    pageInfo: {
      hasNextPage: to < rows.length,
      hasPreviousPage: from > 0,
      ...(from < rows.length ? { after: String(to), before: String(from) } : {}),
    },
    total: rows.length > countsTo ? null : rows.length,
    totalAtLeast: Math.min(rows.length, countsTo + 1),
  };
}
