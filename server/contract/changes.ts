/** What a change was made to; stable. `messages` are told of here where no operation tells of them. */
export const CHANGE_KINDS = [
  'groups',
  'savedViews',
  'settings',
  'deadQueues',
  'rejects',
  'messages',
  'operations',
  'users',
  'tokens',
  'maskingRules',
] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];
