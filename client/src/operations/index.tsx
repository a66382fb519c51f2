import { lazy } from 'react';
import { Route } from 'react-router-dom';

const OperationList = lazy(async () => ({ default: (await import('./OperationList.tsx')).OperationList }));
const OperationPage = lazy(async () => ({ default: (await import('./OperationPage.tsx')).OperationPage }));

/** Operations: what was done to messages, by whom, and how it ended. */
export const operations = {
  name: 'operations',
  list: OperationList,
  recordRepresentation: 'id',
  children: <Route path=":id" element={<OperationPage />} />,
};
