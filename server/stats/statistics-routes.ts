import { failuresOverTime, failuresQuery, overview, overviewQuery } from '../contract/schemas/statistics.ts';
import type { Database } from '../database/connect.ts';
import type { QueueFacts } from '../dead-queues/queue-facts.ts';
import { route, type Route } from '../web/route.ts';

import { readFailuresOverTime } from './failures-over-time.ts';
import { readOverview } from './overview.ts';
import { PendingEstimate } from './pending-flow.ts';

/** What the overview shows: how things stand, and failures over time. */
export function statisticsRoutes({ database, facts }: { database: Database; facts: QueueFacts }): Route[] {
  const estimateOfAll = new PendingEstimate(database, null);
  return [
    route({
      method: 'get',
      path: '/api/stats/overview',
      summary: 'How things stand: what waits, what came back, what grows',
      access: 'desk.read',
      query: overviewQuery,
      responses: { 200: { description: 'As of now, from counts that are kept by the hour', schema: overview } },
      handle: async ({ query: { timeZone = 'UTC' }, principal }) => {
        const { scope } = principal;
        const estimate = scope === null ? estimateOfAll : new PendingEstimate(database, scope);
        return { status: 200, body: await readOverview(database, { facts, estimate, timeZone }, principal) };
      },
    }),
    route({
      method: 'get',
      path: '/api/stats/failures',
      summary: 'Failures over time by failing queue or by group',
      access: 'desk.read',
      query: failuresQuery,
      responses: {
        200: { description: 'Every bucket of the range, the empty ones included', schema: failuresOverTime },
      },
      handle: async ({ query, principal }) => ({
        status: 200,
        body: await readFailuresOverTime(database, query, principal.scope),
      }),
    }),
  ];
}
