import type { ActionDefinition } from './action-definition.ts';

/** Says that a person dealt with messages outside: they are neither resent nor deleted. The reason says how. */
export const handle: ActionDefinition = {
  action: 'handle',
  takes: ['pending', 'unknown'],
  needsReason: true,
  work: { kind: 'change', to: 'handled', counts: 'handled' },
};
