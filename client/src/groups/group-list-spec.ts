import {
  GROUP_SORTS,
  GROUP_STATES,
  GROUP_VIEWS,
  type GroupState,
  type GroupView,
} from '../../../server/contract/groups.ts';
import type { Query } from '../api/api-client.ts';
import type { ListAddress, ListSpec } from '../list/list-address.ts';

export const GROUP_LIST: ListSpec = {
  filters: ['by', 'state', 'text', 'queue', 'assignee'],
  sort: '-lastSeenAt',
  sorts: GROUP_SORTS,
  perPage: 25,
};

/** The orders that are offered: downwards, all of them. */
export const OFFERED_SORTS = ['-lastSeenAt', '-pending', '-growth'] as const;

/** `active` is what wants somebody: neither snoozed nor resolved. */
export const STATE_TABS = ['active', 'regressed', 'snoozed', 'resolved', 'all'] as const;
export type StateTab = (typeof STATE_TABS)[number];

const STATES_OF: Readonly<Record<StateTab, readonly GroupState[] | undefined>> = {
  active: ['regressed', 'open', 'investigating'],
  regressed: ['regressed'],
  snoozed: ['snoozed'],
  resolved: ['resolved'],
  all: undefined,
};

/** The tab of an address: where it says nothing, what wants somebody. */
export function stateTab(filter: ListAddress['filter']): StateTab {
  return STATE_TABS.find((tab) => tab === filter['state']?.[0]) ?? 'active';
}

export function viewOf(filter: ListAddress['filter']): GroupView {
  return GROUP_VIEWS.find((view) => view === filter['by']?.[0]) ?? 'error';
}

/** The view that a row was made for: while another one is on its way, the rows of the last are still on the screen. */
export function viewOfRow({ key }: { key: string }): GroupView {
  if (key.startsWith('q')) return 'queue';
  return key.includes('q') ? 'errorQueue' : 'error';
}

/** The filter of an address as the API takes it. */
export function groupQuery(filter: ListAddress['filter']): Query {
  const states = STATES_OF[stateTab(filter)];
  return {
    by: viewOf(filter),
    state: states ?? GROUP_STATES,
    text: filter['text']?.[0],
    queue: filter['queue'],
    assignee: filter['assignee'],
  };
}
