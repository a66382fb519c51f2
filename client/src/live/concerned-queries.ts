import type { QueryClient, QueryKey } from '@tanstack/react-query';

import type { ChangeKind } from '../../../server/contract/changes.ts';
import { isMessageList, renewRowsInPlace } from '../messages/rows-in-place.ts';

const MESSAGES: readonly QueryKey[] = [['messages'], ['orders'], ['statistics'], ['groups']];

/** What an operation that comes along changes on other screens; it itself comes with the event. */
export const CONCERNED_BY_PROGRESS: readonly QueryKey[] = [
  ...MESSAGES,
  ['operations', 'getList'],
  ['operations', 'items'],
];

/** Which answers of the office a change makes old, by the beginning of their keys. */
const CONCERNED: Readonly<Record<ChangeKind, readonly QueryKey[]>> = {
  groups: [['groups'], ['statistics'], ['messages', 'one']],
  savedViews: [['saved-views']],
  settings: [['settings']],
  deadQueues: [['dead-queues'], ['statistics']],
  rejects: [['rejects'], ['reject'], ...MESSAGES],
  messages: MESSAGES,
  // Not what an open dialog previews: what is started is compared with what was shown.
  operations: [...CONCERNED_BY_PROGRESS, ['operations', 'one'], ['operations', 'running']],
  // They say what every screen shows.
  maskingRules: [
    ['masking-rules'],
    ['reject'],
    ['saved-views'],
    ...CONCERNED_BY_PROGRESS,
    ['operations', 'one'],
    ['operations', 'running'],
  ],
  // Who a group can be given to.
  users: [['users'], ['groups', 'one']],
  tokens: [['tokens']],
};

/** Everything there is. */
export const ALL: QueryKey = [];

/** What a change concerns; the audit in any case. A kind of a newer office concerns everything. */
export function concernedBy(kind: string): readonly QueryKey[] {
  return Object.hasOwn(CONCERNED, kind) ? [...CONCERNED[kind as ChangeKind], ['audit-events']] : [ALL];
}

/** Asks the office anew for what begins with this key and is on the screen. Lists of messages keep their rows. */
export function askAnew(queryClient: QueryClient, key: QueryKey): void {
  void queryClient.invalidateQueries({ queryKey: key, predicate: ({ queryKey }) => !isMessageList(queryKey) });
  const [resource, part] = key;
  if (resource === undefined || (resource === 'messages' && part === undefined)) void renewRowsInPlace(queryClient);
}
