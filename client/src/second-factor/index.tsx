import { lazy } from 'react';
import { Route } from 'react-router-dom';

const SecondFactorPage = lazy(async () => ({ default: (await import('./SecondFactorPage.tsx')).SecondFactorPage }));

/** One's own second factor. */
export const secondFactorRoute = <Route path="/account/second-factor" element={<SecondFactorPage />} />;
