import { lazy } from 'react';
import { Route } from 'react-router-dom';

const OrderSearchPage = lazy(async () => ({ default: (await import('./OrderSearchPage.tsx')).OrderSearchPage }));
const OrderPage = lazy(async () => ({ default: (await import('./OrderPage.tsx')).OrderPage }));

/** Orders: the search, and everything that happened to one. */
export const orders = {
  name: 'orders',
  list: OrderSearchPage,
  recordRepresentation: 'id',
  children: <Route path=":id" element={<OrderPage />} />,
};
