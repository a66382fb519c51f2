import { auditEventList, auditEventQuery } from '../contract/schemas/audit.ts';
import type { Database } from '../database/connect.ts';
import { route, type Route } from '../web/route.ts';

import { listAuditEvents } from './event-queries.ts';

/** The record of who did what, newest first. `seals`: whether the office has a key to seal it with. */
export function auditRoutes(database: Database, { seals }: { seals: boolean }): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/audit-events',
      summary: 'Who did what, newest first: as far as you may see it',
      access: 'audit.read',
      query: auditEventQuery,
      responses: { 200: { description: 'A page of audit events.', schema: auditEventList } },
      handle: async ({ query, principal }) => ({
        status: 200,
        body: await listAuditEvents(database, query, { principal, seals }),
      }),
    }),
  ];
}
