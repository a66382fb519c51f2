import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { z } from 'zod';

import { recordAuditEvent } from '../audit/audit-store.ts';
import { MESSAGE_STATUSES } from '../contract/messages.ts';
import { messageFilters, type Message, type MessageFilter } from '../contract/schemas/messages.ts';
import { withinScope } from '../access/within-scope.ts';
import { idColumn, nameColumn } from '../database/columns.ts';
import type { Database } from '../database/connect.ts';
import type { CurrentMasking } from '../masking/current-masking.ts';
import { maskMessage } from '../masking/mask-messages.ts';
import { reasonOf } from '../masking/reveals.ts';
import { linesOfEntry } from '../intake/journal-lines.ts';
import { exportId } from '../intake/registered-store.ts';
import { readContents } from '../messages/contents-store.ts';
import { readMessages } from '../messages/message-rows.ts';
import { planSweep, sweepPart } from '../messages/message-sweep.ts';
import { ensureInstallation, type Installation } from '../messages/resend-mark.ts';
import { AppError } from '../web/app-error.ts';
import { mustBeAllowed, route, type Route, type Scope } from '../web/route.ts';

import { sendCsv, type CsvRow } from './send-csv.ts';

const FORMATS = ['csv', 'ndjson'] as const;
const query = z.strictObject({ format: z.enum(FORMATS), ...messageFilters });

/** Index entries of one part, and messages that are read by one statement. */
const AT_ONCE = { entries: 5_000, messages: 200 };

const COLUMNS = [
  'id',
  'status',
  'deadQueue',
  'queue',
  'exchange',
  'routingKey',
  'reason',
  'framework',
  'errorType',
  'errorMessage',
  'retryCount',
  'failureCount',
  'orderId',
  'messageId',
  'correlationId',
  'contentType',
  'bodySize',
  'failedAt',
  'occurredAt',
  'capturedAt',
  'resentAt',
  'possibleDuplicateOf',
  'copyOf',
] as const;
type Column = (typeof COLUMNS)[number];

/** Failed messages for a spreadsheet, or with everything that is needed to register them in another installation. */
export function messagesExportRoutes(database: Database, masking: CurrentMasking): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/messages/export',
      summary: 'The messages that match a filter, as CSV, or as NDJSON that can be registered again. Oldest first',
      access: 'desk.read',
      query,
      responses: {
        200: {
          description:
            'CSV (text/csv), masked, with formulas escaped; or NDJSON (application/x-ndjson), as POST /api/rejects/import ' +
            'takes it: the latest death of each message as it arrived, without those whose contents were removed. ' +
            'NDJSON needs the permission messages.reveal and a reason in the header X-Reveal-Reason (percent-encoded).',
          contentType: 'application/x-ndjson',
          schema: z.string(),
        },
      },
      handle: async ({ query: { format, ...filter }, principal, requestId, request, response }) => {
        if (format === 'ndjson') mustBeAllowed(principal, 'messages.reveal');
        // It holds everything as it arrived; CSV is masked.
        const reason = format === 'ndjson' ? { reason: reasonOf(request) } : {};
        if (filter.outcome !== undefined && filter.operationId === undefined) {
          throw new AppError('request.malformed', {
            detail: 'outcome needs operationId.',
            errors: { outcome: 'field.invalid' },
          });
        }
        const installation = await ensureInstallation(database);
        await recordAuditEvent(database, {
          actor: principal,
          kind: 'messages.exported',
          details: { format, filter, ...reason },
          requestId,
        });
        if (format === 'csv') {
          await sendCsv(response, {
            fileName: 'failed-messages',
            columns: COLUMNS,
            rows: rowsOf(database, masking, filter, principal.scope),
          });
          return undefined;
        }
        response.status(200).set({
          'Content-Type': 'application/x-ndjson; charset=utf-8',
          'Content-Disposition': 'attachment; filename="failed-messages.ndjson"',
        });
        await pipeline(Readable.from(entriesOf(database, installation, filter, principal.scope)), response);
        return undefined;
      },
    }),
  ];
}

/** The ids of all that match by now, in portions. Later arrivals are not among them. */
async function* idsOf(database: Database, filter: MessageFilter, scope: Scope): AsyncGenerator<string[]> {
  const latest: unknown = await database('deaths').orderBy('id', 'desc').first('id');
  if (latest === undefined) return;
  const sweep = await planSweep(database, filter, scope, {
    statuses: filter.status ?? MESSAGE_STATUSES.filter((status) => status !== 'deleted'),
    upTo: z.object({ id: idColumn }).parse(latest).id,
  });
  for (let after: string | null = null; ;) {
    const part = await sweepPart(database, sweep, { after, entries: AT_ONCE.entries, columns: ['id'] });
    if (part === null) return;
    const [found] = (await database.raw(part.sql, part.bindings)) as [unknown[]];
    const ids = z
      .array(z.object({ id: idColumn }))
      .parse(found)
      .map(({ id }) => id)
      .sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
    for (let start = 0; start < ids.length; start += AT_ONCE.messages) {
      yield ids.slice(start, start + AT_ONCE.messages);
    }
    if (part.next === null) return;
    after = part.next;
  }
}

async function* rowsOf(
  database: Database,
  masking: CurrentMasking,
  filter: MessageFilter,
  scope: Scope,
): AsyncGenerator<CsvRow> {
  for await (const ids of idsOf(database, filter, scope)) {
    const messages = await readMessages(database, ids, scope);
    const rules = await masking.rules();
    for (const message of messages) {
      const shown = maskMessage(message, rules);
      yield COLUMNS.map((column) => valueOf(shown, column));
    }
  }
}

function valueOf(message: Message, column: Column): string | number | null {
  return column === 'orderId' ? (message.keys['orderId'] ?? []).join(' ') : message[column];
}

const deathRow = z.object({
  id: idColumn,
  arrived_at: z.date(),
  dead_queue: nameColumn,
  content_id: idColumn,
  envelope_id: idColumn.nullable(),
});

/** Each message's latest death as it arrived: the envelope, where it came in one. One body in memory at a time. */
async function* entriesOf(
  database: Database,
  installation: Installation,
  filter: MessageFilter,
  scope: Scope,
): AsyncGenerator<string> {
  const within = withinScope('message.dead_queue_id', scope);
  for await (const ids of idsOf(database, filter, scope)) {
    const found: unknown[] = await database('failed_messages AS message')
      .join('deaths AS death', 'death.id', 'message.last_death_id')
      .join('dead_queues AS dead_queue', 'dead_queue.id', 'death.dead_queue_id')
      .join('contents AS content', 'content.id', 'death.content_id')
      .whereIn('message.id', ids)
      .whereRaw(within.sql, within.bindings)
      .orderBy('death.id')
      .select(
        'death.id',
        'death.arrived_at',
        'dead_queue.name AS dead_queue',
        'death.content_id',
        'content.envelope_id',
      );
    for (const death of z.array(deathRow).parse(found)) {
      const stored = await unlessPurged(readContents(database, death.envelope_id ?? death.content_id));
      if (stored === null) continue;
      const { contents, exchange, routingKey } = stored;
      for (const line of linesOfEntry({
        id: exportId(installation, death.id),
        at: death.arrived_at,
        deadQueue: death.dead_queue,
        reason: { code: 'exported', text: '' },
        delivery: { ...contents, exchange, routingKey, redelivered: false },
        mayBeStored: false,
        batchId: null,
        channel: null,
        ackedWith: null,
        hash: null,
      })) {
        yield `${line}\n`;
      }
    }
  }
}

async function unlessPurged<Read>(read: Promise<Read>): Promise<Read | null> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof AppError && error.code === 'message.contentsPurged') return null;
    throw error;
  }
}
