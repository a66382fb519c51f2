/** The kinds of audit events; stable, dotted, and the client's translation keys (`audit.<kind>`). */
export const AUDIT_KINDS = [
  'session.created',
  'session.refused',
  'session.ended',
  'session.revoked',
  'user.created',
  'user.changed',
  'secondFactor.added',
  'secondFactor.removed',
  'secondFactor.recoveryUsed',
  'user.disabled',
  'user.enabled',
  'user.removed',
  'user.unlocked',
  'user.passwordReset',
  'user.passwordChanged',
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
  'group.changed',
  'group.merged',
  'group.split',
  'retention.purged',
  'message.bodyDownloaded',
  'message.draftSaved',
  'message.draftDiscarded',
  'message.registered',
  'journal.registered',
  'rejects.imported',
  'messages.exported',
  'orders.exported',
  'reject.bodyDownloaded',
  'message.restored',
  'installation.restored',
  'savedView.shared',
  'savedView.changed',
  'savedView.removed',
  'message.revealed',
  'reject.revealed',
  'maskingRule.added',
  'maskingRule.changed',
  'maskingRule.removed',
  'operation.exported',
  'audit.exported',
  'token.created',
  'token.revoked',
  'operation.awaitsApproval',
  'operation.approved',
  'operation.rejected',
  'operation.approvalExpired',
] as const;
export type AuditKind = (typeof AUDIT_KINDS)[number];

/** What the kinds of these families say of others is for those who manage users. */
const FAMILIES_OF_USERS = ['session', 'user', 'token', 'secondFactor'];

/** The family of a kind: what stands before its dot. */
export function auditFamily(kind: AuditKind): string {
  return kind.slice(0, kind.indexOf('.'));
}

/** The kinds that tell of users, their sign-ins and their tokens. */
export const KINDS_OF_USERS: readonly AuditKind[] = AUDIT_KINDS.filter((kind) =>
  FAMILIES_OF_USERS.includes(auditFamily(kind)),
);

/** Whether an event is in the chain of seals; `off`: the office has no key to seal with. */
export const SEAL_STATES = ['sealed', 'waiting', 'off'] as const;
export type SealState = (typeof SEAL_STATES)[number];
