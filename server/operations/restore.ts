import type { ActionDefinition } from './action-definition.ts';

/** Puts deleted or handled messages back on the desk. */
export const restore: ActionDefinition = {
  action: 'restore',
  takes: ['deleted', 'handled'],
  work: { kind: 'change', to: 'pending', counts: 'restored' },
};
