import { MESSAGE_SORTS, MESSAGE_STATUSES, type MessageStatus } from '../../../server/contract/messages.ts';
import type { MessageFilter } from '../../../server/contract/schemas/messages.ts';
import type { Query } from '../api/api-client.ts';
import type { ListAddress, ListSpec } from '../list/list-address.ts';

/** The filters of the list, in the order of their chips; exactly names of the API. */
export const MESSAGE_FILTER_NAMES = [
  'orderId',
  'queue',
  'deadQueue',
  'errorType',
  'text',
  'reason',
  'failedAfter',
  'failedBefore',
  'exchange',
  'routingKey',
  'framework',
  'groupId',
  'messageId',
  'correlationId',
  'minFailureCount',
  'possibleDuplicate',
  'operationId',
  'outcome',
  'id',
] as const;
export type MessageFilterName = (typeof MESSAGE_FILTER_NAMES)[number];

export const MESSAGE_LIST: ListSpec = {
  filters: ['status', ...MESSAGE_FILTER_NAMES],
  sort: '-failedAt',
  sorts: MESSAGE_SORTS,
  perPage: 25,
};

/** `all` is every status but deleted, as the API answers without one. */
export type StatusTab = MessageStatus | 'all';
export const STATUS_TABS: readonly StatusTab[] = [...MESSAGE_STATUSES, 'all'];

/** The tab of an address: pending where it says nothing, because that is what waits for somebody. */
export function statusTab(filter: ListAddress['filter']): StatusTab {
  const status = filter['status']?.[0] ?? 'pending';
  return STATUS_TABS.find((tab) => tab === status) ?? 'pending';
}

/** The filter of an address as the API takes it, and with the status of its tab. */
export function messageQuery(filter: ListAddress['filter'], now: number): Query {
  const tab = statusTab(filter);
  return { ...withoutStatus(filter, now), ...(tab === 'all' ? {} : { status: tab }) };
}

/** The filter of an address without its status: what the counts of all tabs share. */
export function withoutStatus(filter: ListAddress['filter'], now: number): Query {
  const query: Record<string, Query[string]> = {};
  for (const name of MESSAGE_FILTER_NAMES) {
    const values = filter[name];
    if (!values?.[0]) continue;
    if (name === 'failedAfter' || name === 'failedBefore') query[name] = absoluteTime(values[0], now);
    else if (SINGLE.has(name)) query[name] = values[0];
    else query[name] = values;
  }
  return query;
}

/**
 * The filter of an address as a selection takes it: the same names, as JSON. The office checks the values again, which
 * are the user's own.
 */
export function selectionFilter(filter: ListAddress['filter'], now: number): MessageFilter {
  const { minFailureCount, possibleDuplicate, status, ...rest } = messageQuery(filter, now);
  return {
    ...(rest as Omit<MessageFilter, 'minFailureCount' | 'possibleDuplicate' | 'status'>),
    ...(status === undefined ? {} : { status: MESSAGE_STATUSES.filter((one) => one === status) }),
    ...(minFailureCount === undefined ? {} : { minFailureCount: Number(minFailureCount) }),
    ...(possibleDuplicate === undefined ? {} : { possibleDuplicate: possibleDuplicate === 'true' }),
  };
}

/** The states of the messages that a tab can show. */
export function statusesOfTab(tab: StatusTab): MessageStatus[] {
  return MESSAGE_STATUSES.filter((status) => (tab === 'all' ? status !== 'deleted' : status === tab));
}

/** What the API takes only once. */
const SINGLE = new Set<MessageFilterName>(['text', 'minFailureCount', 'possibleDuplicate', 'operationId']);

const RELATIVE = /^-(\d{1,5})([mhd])$/;
const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `-2h` counted back from now, to the minute so that the same view asks the same question for a while. */
export function absoluteTime(value: string, now: number): string {
  const relative = relativeSpan(value);
  if (!relative) return value;
  return new Date(Math.floor(now / 60_000) * 60_000 - relative.amount * UNIT_MS[relative.unit]).toISOString();
}

/** The parts of `-2h`; undefined for anything else. */
export function relativeSpan(value: string): { amount: number; unit: keyof typeof UNIT_MS } | undefined {
  const match = RELATIVE.exec(value);
  if (!match) return undefined;
  return { amount: Number(match[1]), unit: match[2] as keyof typeof UNIT_MS };
}
