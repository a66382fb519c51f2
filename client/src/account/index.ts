import { lazy } from 'react';

/** The account of whoever is signed in. */
export const account = {
  name: 'account',
  list: lazy(async () => ({ default: (await import('./AccountPage.tsx')).AccountPage })),
};
