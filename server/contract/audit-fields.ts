import type { AuditKind } from './audit.ts';

/**
 * What the details of an audit event may hold, by kind. The office writes no other field (its types see to it), and the
 * console says each of them in words: a new kind or field stops the build until there are some.
 */
export const AUDIT_FIELDS = {
  'session.created': ['address'],
  'session.refused': ['address', 'failures'],
  'session.ended': [],
  'session.revoked': ['sessions'],
  'user.created': ['role', 'scope'],
  'user.changed': ['before', 'after'],
  'user.disabled': ['sessions', 'tokens'],
  'user.enabled': [],
  'user.removed': ['sessions', 'tokens'],
  'user.unlocked': [],
  'user.passwordReset': ['sessions'],
  'user.passwordChanged': ['sessions'],
  'deadQueue.added': ['id', 'settings'],
  'deadQueue.changed': ['id', 'settings', 'before'],
  'deadQueue.removed': ['id'],
  'operation.created': [
    ...['action', 'selection', 'target', 'reason', 'total', 'skipped', 'shown'],
    ...['limit', 'canary', 'stopWhenCameBack', 'ratePerSecond', 'startAt'],
    ...['restoreCc', 'restoreExpiration', 'sendInexact', 'edited', 'includePossibleDuplicates'],
  ],
  'operation.paused': [],
  'operation.resumed': [],
  'operation.cancelled': [],
  'operation.finished': ['status', 'outcomes', 'because'],
  'operation.rateChanged': ['from', 'to'],
  'settings.changed': ['resendsFrozen', 'reasonRequiredFrom', 'contentsKeptDays', 'recordsKeptDays', 'before'],
  'group.changed': ['id', 'before', 'after'],
  'group.merged': ['id', 'groupIds', 'reason'],
  'group.split': ['id', 'newGroupId', 'fingerprintIds', 'reason'],
  'retention.purged': ['contents', 'records', 'contentsKeptDays', 'recordsKeptDays'],
  'message.bodyDownloaded': [],
  'message.draftSaved': ['body', 'headers', 'headersReordered', 'properties'],
  'message.draftDiscarded': [],
  'message.registered': ['from', 'entry', 'arrivedAt'],
  'journal.registered': ['messages'],
  'rejects.imported': ['registered', 'already', 'rejected', 'refused', 'missing', 'problems'],
  'messages.exported': ['format', 'filter', 'reason'],
  'orders.exported': ['content', 'orderIds'],
  'reject.bodyDownloaded': [],
  'message.restored': ['reason'],
  'installation.restored': ['messages', 'operations', 'epoch'],
  'savedView.shared': ['address', 'shared', 'before'],
  'savedView.changed': ['address', 'shared', 'before'],
  'savedView.removed': ['address', 'shared', 'before'],
  'message.revealed': ['reason'],
  'reject.revealed': ['reason'],
  'maskingRule.added': ['kind', 'value', 'enabled'],
  'maskingRule.changed': ['kind', 'value', 'enabled', 'before'],
  'maskingRule.removed': ['kind', 'value', 'enabled'],
} as const satisfies Record<AuditKind, readonly string[]>;

export type AuditField<K extends AuditKind> = (typeof AUDIT_FIELDS)[K][number];
