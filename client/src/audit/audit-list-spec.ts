import { AUDIT_KINDS, auditFamily, type AuditKind } from '../../../server/contract/audit.ts';
import type { Query } from '../api/api-client.ts';
import type { ListAddress, ListSpec } from '../list/list-address.ts';

/** Filters that are typed, in the order of the screen; those of `FIRST` are always shown. */
export const TYPED = ['actor', 'orderId', 'messageId', 'operationId', 'subject', 'address'] as const;
export type TypedFilter = (typeof TYPED)[number];
export const FIRST: readonly TypedFilter[] = ['actor', 'orderId'];

export const AUDIT_LIST: ListSpec = {
  filters: ['kind', 'from', 'to', ...TYPED],
  sort: '',
  sorts: [],
  perPage: 50,
};

/** Only the kind may be repeated. */
export function auditQuery(filter: ListAddress['filter']): Query {
  const { kind, ...others } = filter;
  return { kind, ...Object.fromEntries(Object.entries(others).map(([name, values]) => [name, values[0]])) };
}

/** What kinds belong together on the screen, by their families; `office`: all others. */
const GROUP_OF: Readonly<Record<string, KindGroup>> = {
  session: 'users',
  user: 'users',
  token: 'users',
  identity: 'users',
  operation: 'operations',
  message: 'messages',
  messages: 'messages',
  orders: 'messages',
  reject: 'messages',
  rejects: 'messages',
  journal: 'messages',
  group: 'groups',
  savedView: 'groups',
};

export const KIND_GROUPS = ['operations', 'messages', 'users', 'groups', 'office'] as const;
export type KindGroup = (typeof KIND_GROUPS)[number];

/** The kinds of a group, in the order of the contract. */
export function kindsOf(group: KindGroup): readonly AuditKind[] {
  return AUDIT_KINDS.filter((kind) => (GROUP_OF[auditFamily(kind)] ?? 'office') === group);
}
