import { z } from 'zod';

import { recordAuditEvent } from '../audit/audit-store.ts';
import { id } from '../contract/schemas/lists.ts';
import { OUTCOMES, type Outcome } from '../contract/operations.ts';
import type { OperationItem } from '../contract/schemas/operations.ts';
import type { Database } from '../database/connect.ts';
import type { CurrentMasking } from '../masking/current-masking.ts';
import { maskItem } from '../masking/mask-others.ts';
import { listOperationItems, readOperation } from '../operations/operation-queries.ts';
import { route, type Route, type Sight } from '../web/route.ts';

import { sendCsv, type CsvRow } from './send-csv.ts';

const query = z.strictObject({
  outcome: z.union([z.array(z.enum(OUTCOMES)), z.enum(OUTCOMES).transform((one) => [one])]).optional(),
});

const COLUMNS = [
  'messageId',
  'outcome',
  'exchange',
  'routingKey',
  'at',
  'errorCode',
  'errorText',
  'cameBackAt',
  'settledAt',
] as const;
/** Items read by one statement. */
const PAGE = 500;

/** The items of an operation, with their outcomes, as a table. */
export function operationItemsExportRoutes(database: Database, masking: CurrentMasking): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/operations/:id/items/export',
      summary: 'The messages of an operation with their outcomes as CSV, in id order',
      access: 'desk.read',
      params: z.strictObject({ id }),
      query,
      responses: { 200: { description: 'The table.', contentType: 'text/csv', schema: z.string() } },
      handle: async ({ params, query: { outcome }, principal, requestId, response }) => {
        await readOperation(database, params.id, principal);
        await recordAuditEvent(database, {
          actor: principal,
          kind: 'operation.exported',
          operationId: params.id,
          details: outcome === undefined ? {} : { outcome },
          requestId,
        });
        await sendCsv(response, {
          fileName: `operation-${params.id}`,
          columns: COLUMNS,
          rows: rowsOf(database, masking, params.id, principal, outcome),
        });
        return undefined;
      },
    }),
  ];
}

async function* rowsOf(
  database: Database,
  masking: CurrentMasking,
  operationId: string,
  sight: Sight,
  outcome: Outcome[] | undefined,
): AsyncGenerator<CsvRow> {
  for (let after: string | undefined; ;) {
    const page = await listOperationItems(
      database,
      operationId,
      {
        perPage: PAGE,
        ...(after === undefined ? {} : { after }),
        ...(outcome === undefined ? {} : { outcome }),
      },
      sight,
    );
    const rules = await masking.rules();
    for (const item of page.data) yield rowOf(maskItem(item, rules));
    if (!page.pageInfo.hasNextPage) return;
    after = page.pageInfo.after;
  }
}

function rowOf(item: OperationItem): CsvRow {
  const { messageId, outcome, exchange, routingKey, at, error, cameBackAt = null, settledAt = null } = item;
  return [
    messageId,
    outcome,
    exchange,
    routingKey,
    at,
    error?.code ?? null,
    error?.text ?? null,
    cameBackAt,
    settledAt,
  ];
}
