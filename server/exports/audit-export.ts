import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { z } from 'zod';

import { recordAuditEvent } from '../audit/audit-store.ts';
import { allAuditEvents } from '../audit/event-queries.ts';
import { auditExportQuery, type AuditEvent } from '../contract/schemas/audit.ts';
import type { Database } from '../database/connect.ts';
import type { CurrentMasking } from '../masking/current-masking.ts';
import { maskAuditEvent } from '../masking/mask-others.ts';
import { route, type Route } from '../web/route.ts';

import { sendCsv, type CsvRow } from './send-csv.ts';

const COLUMNS = [
  'id',
  'at',
  'actor',
  'address',
  'kind',
  'operationId',
  'messageId',
  'subject',
  'reason',
  'details',
  'requestId',
  'seal',
  'sealedAt',
] as const;

/** The audit record for those who audit. */
export function auditExportRoutes(database: Database, masking: CurrentMasking, { seals }: { seals: boolean }): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/audit-events/export',
      summary: 'The audit events that match a filter, as CSV or NDJSON, newest first. The export is on record itself',
      access: 'audit.export',
      query: auditExportQuery,
      responses: {
        200: {
          description: 'CSV (text/csv), with formulas escaped; or NDJSON (application/x-ndjson), one event a line.',
          contentType: 'application/x-ndjson',
          schema: z.string(),
        },
      },
      handle: async ({ query: { format, ...filter }, principal, requestId, response }) => {
        await recordAuditEvent(database, {
          actor: principal,
          kind: 'audit.exported',
          details: { format, filter },
          requestId,
        });
        const events = masked(allAuditEvents(database, filter, { principal, seals }), masking);
        if (format === 'csv') {
          await sendCsv(response, { fileName: 'audit-events', columns: COLUMNS, rows: rowsOf(events) });
          return undefined;
        }
        response.status(200).set({
          'Content-Type': 'application/x-ndjson; charset=utf-8',
          'Content-Disposition': 'attachment; filename="audit-events.ndjson"',
        });
        await pipeline(Readable.from(linesOf(events)), response);
        return undefined;
      },
    }),
  ];
}

async function* masked(events: AsyncIterable<AuditEvent>, masking: CurrentMasking): AsyncGenerator<AuditEvent> {
  for await (const event of events) yield maskAuditEvent(event, await masking.rules());
}

async function* rowsOf(events: AsyncIterable<AuditEvent>): AsyncGenerator<CsvRow> {
  for await (const event of events) {
    const { reason } = event.details;
    const cells = {
      ...event,
      reason: typeof reason === 'string' ? reason : null,
      details: JSON.stringify(event.details),
    };
    yield COLUMNS.map((column) => cells[column]);
  }
}

async function* linesOf(events: AsyncIterable<AuditEvent>): AsyncGenerator<string> {
  for await (const event of events) yield `${JSON.stringify(event)}\n`;
}
