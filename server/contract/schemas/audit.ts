import { z } from 'zod';

import { AUDIT_KINDS } from '../audit.ts';
import { id, listOf, paging, time } from './lists.ts';

export const auditEvent = z
  .strictObject({
    id,
    at: time,
    actor: z.string(),
    kind: z.enum(AUDIT_KINDS),
    operationId: id.nullable(),
    messageId: id.nullable(),
    subject: z.string().nullable(),
    details: z.record(z.string(), z.unknown()),
    requestId: z.string().nullable(),
  })
  .meta({ id: 'AuditEvent' });
export type AuditEvent = z.infer<typeof auditEvent>;
export const auditEventList = listOf(auditEvent);

export const auditEventQuery = z.strictObject({
  ...paging,
  kind: z.union([z.array(z.enum(AUDIT_KINDS)), z.enum(AUDIT_KINDS).transform((one) => [one])]).optional(),
  actor: z.string().max(64).optional(),
  operationId: id.optional(),
  messageId: id.optional(),
  after: z.string().max(512).optional(),
});
export type AuditEventQuery = z.infer<typeof auditEventQuery>;
