import type { ActionDefinition } from './action-definition.ts';

/** Says that messages whose resend ended `unknown` did arrive. Publishes nothing. */
export const markResent: ActionDefinition = {
  action: 'markResent',
  takes: ['unknown'],
  work: { kind: 'change', to: 'resent', counts: 'resent', resentNow: true },
};
