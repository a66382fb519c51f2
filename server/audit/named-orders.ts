import { z } from 'zod';

import type { Database, Transaction } from '../database/connect.ts';
import { insertRows } from '../database/insert-rows.ts';
import { businessKeyTail } from '../orders/business-keys.ts';

/** Longer ones are no order IDs; see `business_keys`. */
const MOST_BYTES = 191;

const orderIds = z.array(z.string()).catch([]);
const filtered = z.object({ orderId: z.union([orderIds, z.string().transform((one) => [one])]).catch([]) });
const naming = z.object({
  orderIds: orderIds.optional(),
  filter: filtered.optional().catch(undefined),
  selection: z.object({ filter: filtered }).optional().catch(undefined),
});

/** The order IDs that an act was given: in the filter of its selection or of an export, or as a list. */
export function namedOrders(details: Readonly<Record<string, unknown>> | undefined): string[] {
  if (details === undefined) return [];
  const { orderIds: listed = [], filter, selection } = naming.parse(details);
  const named = [...listed, ...(filter?.orderId ?? []), ...(selection?.filter.orderId ?? [])];
  return [...new Set(named)].filter((id) => id !== '' && Buffer.byteLength(id) <= MOST_BYTES);
}

/** Notes them, so that the event is found by each. */
export async function noteNamedOrders(
  database: Database | Transaction,
  eventId: string,
  orders: readonly string[],
): Promise<void> {
  await insertRows(
    database,
    'audit_event_orders',
    ['value', 'event_id', 'tail'],
    orders.map((order) => [Buffer.from(order), eventId, Buffer.from(businessKeyTail(order))]),
    { ignoreKnown: true },
  );
}
