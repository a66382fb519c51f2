import { lazy } from 'react';

/** The start page: how things stand. */
export const Overview = lazy(async () => ({ default: (await import('./OverviewPage.tsx')).OverviewPage }));
