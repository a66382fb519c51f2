import { z } from 'zod';

import { recordAuditEvent } from '../audit/audit-store.ts';
import type { TimelineEntry } from '../contract/schemas/messages.ts';
import { orderId, ordersExportRequest, type LastEvent, type OrderSummary } from '../contract/schemas/orders.ts';
import type { Database } from '../database/connect.ts';
import type { CompiledRules } from '../masking/compile-rules.ts';
import type { CurrentMasking } from '../masking/current-masking.ts';
import { maskTimeline } from '../masking/mask-messages.ts';
import { maskOrderSummary } from '../masking/mask-others.ts';
import { readKeys } from '../messages/message-rows.ts';
import { latestMessagesOf } from '../timeline/order-history.ts';
import { summariseOrders } from '../timeline/order-look-up.ts';
import { readWholeTimeline } from '../timeline/timeline-queries.ts';
import { AppError } from '../web/app-error.ts';
import { route, type Route, type Scope } from '../web/route.ts';

import { sendCsv, type CsvRow } from './send-csv.ts';

/** An ID with more messages than this is no order (an empty value, a default): its history is not put in order. */
const MAX_MESSAGES = 5_000;

const TIMELINE_COLUMNS = [
  'orderId',
  'at',
  'event',
  'messageId',
  'queue',
  'deadQueue',
  'reason',
  'errorType',
  'errorMessage',
  'cameBackFromOperation',
  'operationId',
  'action',
  'outcome',
  'actor',
  'requestedAt',
  'exchange',
  'routingKey',
  'operationReason',
  'cause',
  'editId',
] as const;
type TimelineColumn = (typeof TIMELINE_COLUMNS)[number];

const ORDER_COLUMNS = [
  'orderId',
  'found',
  'storedAs',
  'messages',
  'queues',
  'states',
  'lastState',
  'lastEvent',
  'lastEventAt',
  'lastEventBy',
  'lastEventMessageId',
] as const;

/** The history of one order, and of several, as tables for those who audit them. */
export function ordersExportRoutes(database: Database, masking: CurrentMasking): Route[] {
  const csv = {
    200: { description: 'The table, with formulas escaped.', contentType: 'text/csv', schema: z.string() },
  };
  return [
    route({
      method: 'get',
      path: '/api/orders/:orderId/timeline/export',
      summary: 'Everything that happened to the messages of an order as CSV, oldest first',
      access: 'desk.read',
      params: z.strictObject({ orderId }),
      query: z.strictObject({ format: z.literal('csv') }),
      responses: csv,
      handle: async ({ params, principal, requestId, response }) => {
        const ids = await messagesOf(database, params.orderId, principal.scope);
        if (ids.length === 0) throw new AppError('order.notFound');
        await recordAuditEvent(database, {
          actor: principal,
          kind: 'orders.exported',
          details: { content: 'timeline', orderIds: [params.orderId] },
          requestId,
        });
        const sight = { rules: await masking.rules(), scope: principal.scope };
        const entries = await readMaskedTimeline(database, ids, sight);
        const rows = entries.map((entry) => toRow(params.orderId, entry));
        await sendCsv(response, { fileName: `order-${fileNameOf(params.orderId)}`, columns: TIMELINE_COLUMNS, rows });
        return undefined;
      },
    }),
    route({
      method: 'post',
      path: '/api/orders/export',
      summary: 'Several orders as CSV: one line an order, or one line an event. The list is too long for an address',
      access: 'desk.read',
      body: ordersExportRequest,
      responses: csv,
      handle: async ({ body: { content, orderIds }, principal, requestId, response }) => {
        await recordAuditEvent(database, {
          actor: principal,
          kind: 'orders.exported',
          details: { content, orderIds },
          requestId,
        });
        const rules = await masking.rules();
        await (content === 'orders'
          ? sendCsv(response, {
              fileName: 'orders',
              columns: ORDER_COLUMNS,
              rows: summaryRows(database, orderIds, { rules, scope: principal.scope }),
            })
          : sendCsv(response, {
              fileName: 'order-events',
              columns: TIMELINE_COLUMNS,
              rows: timelineRows(database, orderIds, { rules, scope: principal.scope }),
            }));
        return undefined;
      },
    }),
  ];
}

/** @throws AppError `order.tooManyMessages`. */
async function messagesOf(database: Database, wanted: string, scope: Scope): Promise<string[]> {
  const { ids, hasMore } = await latestMessagesOf(database, wanted, scope, MAX_MESSAGES);
  if (hasMore) throw new AppError('order.tooManyMessages', { params: { most: MAX_MESSAGES } });
  return ids;
}

/** Order by order; an order without a message is a line that says so: nobody takes it for forgotten. */
async function* timelineRows(
  database: Database,
  orderIds: readonly string[],
  { rules, scope }: MaskedSight,
): AsyncGenerator<CsvRow> {
  for (const wanted of orderIds) {
    const { ids, hasMore } = await latestMessagesOf(database, wanted, scope, MAX_MESSAGES);
    if (ids.length === 0) yield asRow({ orderId: wanted, event: 'notFound' });
    if (hasMore) yield asRow({ orderId: wanted, event: 'olderMessagesLeftOut' });
    for (const entry of await readMaskedTimeline(database, ids, { rules, scope })) yield toRow(wanted, entry);
  }
}

/** What of the orders somebody sees. */
interface MaskedSight {
  rules: CompiledRules;
  scope: Scope;
}

async function readMaskedTimeline(
  database: Database,
  ids: readonly string[],
  { rules, scope }: MaskedSight,
): Promise<TimelineEntry[]> {
  const [entries, keysOf] = await Promise.all([readWholeTimeline(database, ids, scope), readKeys(database, ids)]);
  return maskTimeline(entries, rules, keysOf);
}

function toRow(wanted: string, entry: TimelineEntry): CsvRow {
  const { at, kind, messageId } = entry;
  const row = { orderId: wanted, at, event: kind, messageId };
  if (kind === 'died') {
    const { death } = entry;
    if (death.deadQueue === null) return asRow({ ...row, event: 'diedElsewhere' });
    return asRow({
      ...row,
      queue: death.queue,
      deadQueue: death.deadQueue,
      reason: death.reason,
      errorType: death.errorType,
      errorMessage: death.errorMessage,
      cameBackFromOperation: death.operationId,
      exchange: death.exchange,
      routingKey: death.routingKeys.join(' '),
    });
  }
  if (kind === 'settled') return asRow({ ...row, operationId: entry.operationId });
  if (kind === 'audit') return asRow({ ...row, event: entry.event, actor: entry.actor });
  const { operationId, action, outcome, actor, requestedAt, exchange, routingKey, reason, error, editId } = entry;
  return asRow({
    ...row,
    operationId,
    action,
    outcome,
    actor,
    requestedAt,
    exchange,
    routingKey,
    operationReason: reason,
    cause: error,
    editId,
  });
}

function asRow(values: Partial<Record<TimelineColumn, string | null>>): CsvRow {
  return TIMELINE_COLUMNS.map((column) => values[column] ?? null);
}

async function* summaryRows(
  database: Database,
  orderIds: readonly string[],
  { rules, scope }: MaskedSight,
): AsyncGenerator<CsvRow> {
  for await (const summary of summariseOrders(database, orderIds, scope))
    yield summaryRow(maskOrderSummary(summary, rules));
}

function summaryRow({
  orderId: wanted,
  orderIds,
  messages,
  isWhole,
  queues,
  statuses,
  lastStatus,
  lastEvent,
}: OrderSummary): CsvRow {
  return [
    wanted,
    messages > 0 ? 'yes' : 'no',
    orderIds.join(' '),
    isWhole ? messages : `${messages}+`,
    queues.join(' '),
    Object.entries(statuses)
      .map(([status, count]) => `${status} ${count}`)
      .join(', '),
    lastStatus,
    lastEvent === null ? null : eventInWords(lastEvent),
    lastEvent?.at ?? null,
    lastEvent?.kind === 'operation' ? lastEvent.actor : null,
    lastEvent?.messageId ?? null,
  ];
}

function eventInWords(event: LastEvent): string {
  if (event.kind === 'operation') return `${event.action} ${event.outcome ?? 'waiting'}`;
  return event.kind === 'died' ? `died in ${event.queue}` : 'settled';
}

/** An order ID may hold anything; a file name in a header may not. */
function fileNameOf(wanted: string): string {
  return wanted.replace(/[^\w.-]+/g, '_').slice(0, 80);
}
