import { lazy } from 'react';

/** The runtime switches of the office. */
export const settings = {
  name: 'settings',
  list: lazy(async () => ({ default: (await import('./SettingsPage.tsx')).SettingsPage })),
};
