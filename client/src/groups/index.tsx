import { lazy } from 'react';
import { Route } from 'react-router-dom';

const GroupList = lazy(async () => ({ default: (await import('./GroupList.tsx')).GroupList }));
const GroupPage = lazy(async () => ({ default: (await import('./GroupPage.tsx')).GroupPage }));

/** Failures that are alike, and who looks into them. */
export const groups = {
  name: 'groups',
  list: GroupList,
  recordRepresentation: 'key',
  children: <Route path=":id" element={<GroupPage />} />,
};
