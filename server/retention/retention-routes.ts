import { retentionPreview, retentionPreviewQuery } from '../contract/schemas/retention.ts';
import type { Database } from '../database/connect.ts';
import { route, type Route } from '../web/route.ts';

import { previewRetention } from './retention-preview.ts';

/** What retention terms would remove, before they are set. */
export function retentionRoutes(database: Database): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/retention/preview',
      summary: 'How much would be removed by these retention terms now',
      access: 'settings.edit',
      query: retentionPreviewQuery,
      responses: { 200: { description: 'What would go.', schema: retentionPreview } },
      handle: async ({ query: { contentsKeptDays, recordsKeptDays = null } }) => ({
        status: 200,
        body: await previewRetention(database, { contentsKeptDays, recordsKeptDays }),
      }),
    }),
  ];
}
