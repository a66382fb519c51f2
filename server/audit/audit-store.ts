import type { AuditKind } from '../contract/audit.ts';
import type { AuditField } from '../contract/audit-fields.ts';
import type { Database, Transaction } from '../database/connect.ts';

/** An act to put on record. `details` is JSON of ours, never text from a message: the fields that its kind may have. */
export interface NewAuditEvent<K extends AuditKind> {
  actor: { userId: string | null; username: string };
  kind: K;
  operationId?: string;
  messageId?: string;
  /** What it was done to, in words: a queue's name, a username. */
  subject?: string;
  details?: Readonly<Partial<Record<AuditField<K>, unknown>>>;
  requestId?: string;
}

/** The actor of what the office does by itself. */
export const THE_OFFICE = { userId: null, username: 'office' } as const;

/** Writes audit events. Give it the transaction of the act: an act without its event, or the reverse, cannot be. */
export async function recordAuditEvent<K extends AuditKind>(
  database: Database | Transaction,
  event: NewAuditEvent<K>,
): Promise<void> {
  await database('audit_events').insert({
    at: database.raw('UTC_TIMESTAMP(3)'),
    actor_id: event.actor.userId,
    actor_name: event.actor.username,
    kind: event.kind,
    operation_id: event.operationId ?? null,
    message_id: event.messageId ?? null,
    subject: event.subject ?? null,
    details: JSON.stringify(event.details ?? {}),
    request_id: event.requestId ?? null,
  });
}
