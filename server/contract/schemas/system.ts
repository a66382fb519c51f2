import { z } from 'zod';

/** RFC 9457 problem details, with our stable code. */
export const problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().optional(),
    code: z.string(),
    params: z.record(z.string(), z.unknown()).optional(),
    errors: z.record(z.string(), z.string()).optional(),
    requestId: z.string(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problem>;

const check = z.strictObject({
  ok: z.boolean(),
  since: z.iso.datetime({ precision: 3 }).optional(),
  detail: z.string().optional(),
});

export const readiness = z
  .strictObject({
    status: z.enum(['ready', 'degraded', 'unavailable']),
    checks: z.strictObject({ database: check, broker: check, migrations: check }),
  })
  .meta({ id: 'Readiness' });
export type Readiness = z.infer<typeof readiness>;
