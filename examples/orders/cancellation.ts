import { z } from 'zod';

/** The messages of the pipeline, as their JSON bodies. They carry order IDs in several places, as grown systems do. */

export const orderIdSchema = z.string().regex(/^ORD-\d{8}-\d{6}$/, 'looks like ORD-20261122-000123');

const localeSchema = z.enum(['ko', 'en']);

const customerSchema = z.object({
  name: z.string().min(1).max(100),
  phone: z.string().regex(/^\+?[\d-]{9,20}$/, 'a phone number'),
  locale: localeSchema,
  grade: z.enum(['regular', 'vip']).default('regular'),
  contact: z.enum(['sms', 'talk']).default('sms'),
});

const itemSchema = z.object({
  sku: z.string().min(1).max(40),
  name: z.string().min(1).max(200),
  quantity: z.int().positive(),
  /** Of a limited edition: goes back on sale at once, by a message of its own. */
  limited: z.boolean().default(false),
});

export const cancellationSchema = z.object({
  orderId: orderIdSchema,
  customer: customerSchema,
  /** The fulfilment centre that holds the goods, such as `ICN-1`. */
  centre: z.string().min(1).max(20),
  payment: z.object({
    method: z.enum(['card', 'virtual-account']),
    amount: z.number().positive(),
    currency: z.enum(['KRW', 'USD']),
  }),
  items: z.array(itemSchema).min(1).max(100),
  reason: z.string().max(500),
  /** A printed receipt of the refund was asked for. */
  receipt: z.boolean().default(false),
});
export type Cancellation = z.infer<typeof cancellationSchema>;

/** Several orders cancelled in one go: one message for all of them. */
export const bulkCancellationSchema = z.object({ orders: z.array(cancellationSchema).min(1).max(50) });

/** What the bulk message carries; `orderIds` repeats the orders' IDs for those who only look. */
export const bulkCancellationMessageSchema = z.object({
  orderIds: z.array(orderIdSchema),
  orders: z.array(cancellationSchema).min(1),
});

export const refundSchema = z.object({
  order: z.object({ id: orderIdSchema }),
  refund: cancellationSchema.shape.payment,
  customer: customerSchema,
  items: z.array(itemSchema),
  receipt: z.boolean(),
});
export type Refund = z.infer<typeof refundSchema>;

export const stockSchema = z.object({ orderId: orderIdSchema, centre: z.string(), item: itemSchema });
export type StockReturn = z.infer<typeof stockSchema>;

export const receiptSchema = z.object({ order: z.object({ id: orderIdSchema }), lines: z.array(z.string()) });
export type Receipt = z.infer<typeof receiptSchema>;

export const noticeSchema = z.object({
  orderId: orderIdSchema,
  template: z.string().min(1),
  locale: localeSchema,
  to: z.string(),
  values: z.record(z.string(), z.string()),
});
export type Notice = z.infer<typeof noticeSchema>;
