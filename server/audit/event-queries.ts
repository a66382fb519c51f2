import { z } from 'zod';

import { AUDIT_KINDS } from '../contract/audit.ts';
import type { AuditEvent, AuditEventQuery, AuditFilter } from '../contract/schemas/audit.ts';
import type { List } from '../contract/schemas/lists.ts';
import { idColumn, timeColumn } from '../database/columns.ts';
import type { Database } from '../database/connect.ts';
import { COUNT_CAP, decodeCursor, encodeCursor, listAnswer, pagingOf } from '../web/list-query.ts';
import type { Principal } from '../web/route.ts';

import { eventFilter } from './event-filter.ts';
import { countEvents, searchEvents } from './event-search.ts';

const row = z.object({
  id: idColumn,
  at: timeColumn,
  actor_name: z.string(),
  address: z.string().nullable(),
  kind: z.enum(AUDIT_KINDS),
  operation_id: idColumn.nullable(),
  message_id: idColumn.nullable(),
  subject: z.string().nullable(),
  details: z.string().transform((json) => z.record(z.string(), z.unknown()).parse(JSON.parse(json))),
  request_id: z.string().nullable(),
  sealed_at: timeColumn.nullable(),
});
const cursorShape = z.tuple([z.string().regex(/^\d{1,19}$/)]);

export interface Reader {
  principal: Principal;
  /** Whether the office seals: what has no seal gets one then. */
  seals: boolean;
}

/**
 * A page of the events that somebody may see, newest first.
 *
 * @throws AppError `page.tooDeep`, `cursor.invalid`, `request.malformed`.
 */
export async function listAuditEvents(
  database: Database,
  query: AuditEventQuery,
  reader: Reader,
): Promise<List<AuditEvent>> {
  const paging = pagingOf(query);
  const place = (cursor: string) => decodeCursor(cursor, cursorShape)[0];
  const filter = await eventFilter(database, query, reader.principal);
  const [{ ids, searchedTo }, count] = await Promise.all([
    searchEvents(database, filter, {
      limit: paging.limit,
      offset: paging.offset,
      ...(paging.after === undefined ? {} : { after: place(paging.after) }),
      ...(paging.before === undefined ? {} : { before: place(paging.before) }),
    }),
    countEvents(database, filter),
  ]);
  const edge = searchedTo === undefined ? undefined : (await readEvents(database, [searchedTo], reader))[0];
  const answer = listAnswer({
    rows: await readEvents(database, ids, reader),
    paging,
    toItem: (event) => event,
    cursorOf: (event) => encodeCursor([event.id]),
    counted: count.exact ? count.counted : COUNT_CAP,
    ...(edge === undefined ? {} : { searched: { to: edge.at, cursor: encodeCursor([edge.id]) } }),
  });
  return count.exact ? answer : { ...answer, totalAtLeast: count.counted };
}

/** Events read by one statement of an export. */
const AT_ONCE = 500;

/** All events that match and that somebody may see, as of now; newest first. */
export async function* allAuditEvents(
  database: Database,
  query: AuditFilter,
  reader: Reader,
): AsyncGenerator<AuditEvent> {
  const filter = await eventFilter(database, query, reader.principal);
  for (let after: string | undefined; ;) {
    const page = { limit: AT_ONCE - 1, offset: 0, ...(after === undefined ? {} : { after }) };
    const { ids, searchedTo }: Awaited<ReturnType<typeof searchEvents>> = await searchEvents(database, filter, page);
    yield* await readEvents(database, ids, reader);
    if (ids.length < AT_ONCE && searchedTo === undefined) return;
    after = searchedTo ?? ids.at(-1);
  }
}

/** In the order of the ids given. */
async function readEvents(database: Database, ids: readonly string[], { seals }: Reader): Promise<AuditEvent[]> {
  if (ids.length === 0) return [];
  const rows: unknown[] = await database('audit_events AS event')
    .leftJoin('audit_seals AS seal', 'seal.event_id', 'event.id')
    .whereIn('event.id', [...ids])
    .select('event.*', 'seal.at AS sealed_at');
  const events = new Map(
    z
      .array(row)
      .parse(rows)
      .map((event) => [event.id, toAuditEvent(event, seals)]),
  );
  return ids.flatMap((id) => events.get(id) ?? []);
}

function toAuditEvent(given: z.infer<typeof row>, seals: boolean): AuditEvent {
  return {
    id: given.id,
    at: given.at,
    actor: given.actor_name,
    address: given.address,
    kind: given.kind,
    operationId: given.operation_id,
    messageId: given.message_id,
    subject: given.subject,
    details: given.details,
    requestId: given.request_id,
    seal: given.sealed_at !== null ? 'sealed' : seals ? 'waiting' : 'off',
    sealedAt: given.sealed_at,
  };
}
