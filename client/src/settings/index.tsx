import { lazy } from 'react';
import { Route } from 'react-router-dom';

const MaskingPage = lazy(async () => ({ default: (await import('../masking/MaskingPage.tsx')).MaskingPage }));

/** The runtime switches of the office. */
export const settings = {
  name: 'settings',
  children: <Route path="masking" element={<MaskingPage />} />,
  list: lazy(async () => ({ default: (await import('./SettingsPage.tsx')).SettingsPage })),
};
