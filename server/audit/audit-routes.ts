import { z } from 'zod';

import { AUDIT_KINDS } from '../contract/audit.ts';
import { auditEventList, auditEventQuery, type AuditEvent, type AuditEventQuery } from '../contract/schemas/audit.ts';
import type { List } from '../contract/schemas/lists.ts';
import type { Database } from '../database/connect.ts';
import { idColumn, timeColumn } from '../database/columns.ts';
import { COUNT_CAP, decodeCursor, encodeCursor, listAnswer, pagingOf } from '../web/list-query.ts';
import { route, type Route } from '../web/route.ts';

const row = z.object({
  id: idColumn,
  at: timeColumn,
  actor_name: z.string(),
  kind: z.enum(AUDIT_KINDS),
  operation_id: idColumn.nullable(),
  message_id: idColumn.nullable(),
  subject: z.string().nullable(),
  details: z.string().transform((json) => z.record(z.string(), z.unknown()).parse(JSON.parse(json))),
  request_id: z.string().nullable(),
});
const cursorShape = z.tuple([z.string().regex(/^\d{1,19}$/)]);

/** The record of who did what, newest first. */
export function auditRoutes(database: Database): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/audit-events',
      summary: 'Who did what, newest first',
      access: 'audit.read',
      query: auditEventQuery,
      responses: { 200: { description: 'A page of audit events.', schema: auditEventList } },
      handle: async ({ query }) => ({ status: 200, body: await listAuditEvents(database, query) }),
    }),
  ];
}

async function listAuditEvents(database: Database, query: AuditEventQuery): Promise<List<AuditEvent>> {
  const paging = pagingOf(query);
  const matching = () => {
    const events = database('audit_events');
    if (query.kind !== undefined) void events.whereIn('kind', query.kind);
    if (query.actor !== undefined) void events.where('actor_name', query.actor);
    if (query.operationId !== undefined) void events.where('operation_id', query.operationId);
    if (query.messageId !== undefined) void events.where('message_id', query.messageId);
    return events;
  };
  const page = matching()
    .orderBy('id', paging.before === undefined ? 'desc' : 'asc')
    .limit(paging.limit + 1)
    .offset(paging.offset);
  if (paging.after !== undefined) void page.where('id', '<', decodeCursor(paging.after, cursorShape)[0]);
  if (paging.before !== undefined) void page.where('id', '>', decodeCursor(paging.before, cursorShape)[0]);
  const capped = matching().select(database.raw('1')).limit(COUNT_CAP).as('capped');
  const [rows, counted] = await Promise.all([
    page as PromiseLike<unknown[]>,
    database(capped).count({ counted: '*' }).first(),
  ]);
  return listAnswer({
    rows: z.array(row).parse(rows),
    paging,
    toItem: toAuditEvent,
    cursorOf: (event) => encodeCursor([event.id]),
    counted: Number(counted?.['counted'] ?? 0),
  });
}

function toAuditEvent(given: z.infer<typeof row>): AuditEvent {
  return {
    id: given.id,
    at: given.at,
    actor: given.actor_name,
    kind: given.kind,
    operationId: given.operation_id,
    messageId: given.message_id,
    subject: given.subject,
    details: given.details,
    requestId: given.request_id,
  };
}
