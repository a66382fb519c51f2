import { lazy } from 'react';

/** Who may sign in, and as what. */
export const users = {
  name: 'users',
  list: lazy(async () => ({ default: (await import('./UserList.tsx')).UserList })),
  recordRepresentation: 'username',
};
