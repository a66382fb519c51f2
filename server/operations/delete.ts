import type { ActionDefinition } from './action-definition.ts';

/** Hides messages; they can be restored until their retention term. */
export const deleteMessages: ActionDefinition = {
  action: 'delete',
  takes: ['pending', 'unknown'],
  work: { kind: 'change', to: 'deleted', counts: 'deleted' },
};
