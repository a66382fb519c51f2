/** The kinds of audit events; stable, dotted, and the client's translation keys (`audit.<kind>`). */
export const AUDIT_KINDS = [
  'session.created',
  'session.refused',
  'session.ended',
  'user.created',
  'deadQueue.added',
  'deadQueue.changed',
  'deadQueue.removed',
  'operation.created',
  'operation.paused',
  'operation.resumed',
  'operation.cancelled',
  'operation.finished',
  'operation.rateChanged',
  'settings.changed',
  'retention.purged',
  'message.bodyDownloaded',
  'message.restored',
  'installation.restored',
] as const;
export type AuditKind = (typeof AUDIT_KINDS)[number];
