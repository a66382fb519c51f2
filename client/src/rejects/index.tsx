import { lazy } from 'react';
import { Route } from 'react-router-dom';

const RejectList = lazy(async () => ({ default: (await import('./RejectList.tsx')).RejectList }));
const RejectPage = lazy(async () => ({ default: (await import('./RejectPage.tsx')).RejectPage }));

/** Messages that are not registered, and registering them by hand. */
export const rejects = {
  name: 'rejects',
  list: RejectList,
  recordRepresentation: 'id',
  children: <Route path=":id" element={<RejectPage />} />,
};
