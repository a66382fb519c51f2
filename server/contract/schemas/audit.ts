import { z } from 'zod';

import { AUDIT_KINDS, SEAL_STATES } from '../audit.ts';
import { id, listOf, paging, time } from './lists.ts';

export const auditEvent = z
  .strictObject({
    id,
    at: time,
    actor: z.string(),
    address: z
      .string()
      .nullable()
      .meta({ description: 'From where they acted; null: the office itself, or not known' }),
    kind: z.enum(AUDIT_KINDS),
    operationId: id.nullable(),
    messageId: id.nullable(),
    subject: z.string().nullable(),
    details: z.record(z.string(), z.unknown()),
    requestId: z.string().nullable(),
    seal: z.enum(SEAL_STATES),
    sealedAt: time.nullable(),
  })
  .meta({ id: 'AuditEvent' });
export type AuditEvent = z.infer<typeof auditEvent>;
export const auditEventList = listOf(auditEvent);

/** What audit events can be looked for by; all of them have to hold. */
const filters = {
  kind: z.union([z.array(z.enum(AUDIT_KINDS)), z.enum(AUDIT_KINDS).transform((one) => [one])]).optional(),
  actor: z.string().min(1).max(64).optional(),
  from: time.optional().meta({ description: 'Not before this time' }),
  to: time.optional().meta({ description: 'Before this time' }),
  orderId: z.string().min(1).max(191).optional().meta({
    description: 'Acts on the messages of an order, on operations with them, and acts that were given its ID',
  }),
  operationId: id.optional(),
  messageId: id.optional(),
  subject: z.string().min(1).max(255).optional().meta({ description: 'The subject has this text in it' }),
  address: z.string().min(1).max(64).optional(),
};
export type AuditFilter = z.infer<z.ZodObject<typeof filters>>;

export const auditEventQuery = z.strictObject({ ...paging, ...filters });
export type AuditEventQuery = z.infer<typeof auditEventQuery>;

export const auditExportQuery = z.strictObject({ format: z.enum(['csv', 'ndjson']), ...filters });
