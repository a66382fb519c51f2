import type { ActionDefinition } from './action-definition.ts';

/** Publishes messages again, as they were. */
export const resend: ActionDefinition = {
  action: 'resend',
  takes: ['pending', 'unknown'],
  takesWhenNamed: ['resent', 'settled'],
  leavesOutPossibleDuplicates: true,
  work: { kind: 'publish' },
};
