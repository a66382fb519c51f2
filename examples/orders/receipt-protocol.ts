import { z } from 'zod';
import type { ProcessedMessage } from './processed.ts';

/** What the receipt printer's supervisor says to it. */
export const toPrinterSchema = z.object({ kind: z.literal('fault'), broken: z.boolean() });
export type ToPrinter = z.infer<typeof toPrinterSchema>;

/** What the printer reports: a receipt that it printed. */
export const fromPrinterSchema = z.object({
  kind: z.literal('processed'),
  record: z.object({
    at: z.string(),
    worker: z.string(),
    queue: z.string(),
    exchange: z.string(),
    routingKey: z.string(),
    redelivered: z.boolean(),
    orderIds: z.array(z.string()),
    properties: z.record(z.string(), z.unknown()),
    headers: z.record(z.string(), z.unknown()),
    body: z.object({ encoding: z.enum(['utf8', 'base64']), text: z.string(), truncated: z.boolean() }),
    bodySize: z.number(),
    bodySha256: z.string(),
  }) satisfies z.ZodType<ProcessedMessage>,
});
export type FromPrinter = z.infer<typeof fromPrinterSchema>;
