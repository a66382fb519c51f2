import { z } from 'zod';
import { FAULT_NAMES } from './faults.ts';

/** What the running example says of itself: `GET /status`, the page, and the command line. */
export const exampleStatusSchema = z.object({
  broker: z.enum(['connected', 'away']),
  /** ISO-8601. */
  startedAt: z.string(),
  pausedBecause: z.string().nullable(),
  failed: z.number(),
  processedTotal: z.number(),
  receiptPrinterCrashes: z.number(),
  faults: z.array(
    z.object({
      name: z.enum(FAULT_NAMES),
      broken: z.boolean(),
      failed: z.number(),
      trouble: z.string(),
      cure: z.string(),
      looksLike: z.string(),
    }),
  ),
  queues: z.array(
    z.object({ name: z.string(), dead: z.boolean(), processed: z.number(), waiting: z.number().nullable() }),
  ),
});
export type ExampleStatus = z.infer<typeof exampleStatusSchema>;
