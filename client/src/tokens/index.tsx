import { lazy } from 'react';
import { Route } from 'react-router-dom';

const TokenPage = lazy(async () => ({ default: (await import('./TokenPage.tsx')).TokenPage }));

/** API tokens, a screen of the user's account. */
export const tokenRoute = <Route path="/account/tokens" element={<TokenPage />} />;
