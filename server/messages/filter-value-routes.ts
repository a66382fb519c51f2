import { filterValues, filterValuesQuery } from '../contract/schemas/filter-values.ts';
import type { Database } from '../database/connect.ts';
import { route, type Route } from '../web/route.ts';

import { listFilterValues } from './filter-values.ts';

/** What the filters of the list can be set to. */
export function filterValueRoutes(database: Database): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/messages/values',
      summary: 'The values of a filter, for completion, with how many failures each had in the last days',
      access: 'desk.read',
      query: filterValuesQuery,
      responses: { 200: { description: 'Most failures first.', schema: filterValues } },
      handle: async ({ query, principal }) => ({
        status: 200,
        body: await listFilterValues(database, query, principal.scope),
      }),
    }),
  ];
}
