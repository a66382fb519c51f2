import { describe, expect, it } from 'vitest';

import type { AuditEvent } from '../../../server/contract/schemas/audit.ts';
import type { Operation } from '../../../server/contract/schemas/operations.ts';
import { compileRules } from '../../../server/masking/compile-rules.ts';
import { maskAuditEvent, maskOperation } from '../../../server/masking/mask-others.ts';

const rules = compileRules([{ name: 'email', kind: 'pattern', value: 'email' }]);
const typed = 'kim@example.com asked for it';
const at = '2026-11-28T03:00:00.000Z';

const operation: Operation = {
  ...{
    id: '7',
    action: 'resend',
    status: 'stopped',
    actor: 'kim@example.com',
    reason: typed,
    filter: null,
    target: null,
  },
  ...{ total: 1, ratePerSecond: null, startAt: null },
  outcomes: { confirmed: 0, unroutable: 0, refused: 0, failed: 0, unknown: 0, skipped: 1 },
  ...{ cameBack: 0, settled: 0, hold: null, createdAt: at, startedAt: null, finishedAt: at },
  approval: {
    because: [{ code: 'deadQueue', params: { name: 'orders.dead' } }],
    until: null,
    decision: { what: 'rejected', by: 'lee@example.com', reason: typed, at },
  },
  stoppedBecause: { code: 'rejected', params: { by: 'lee@example.com', reason: typed } },
};

const event = (given: Partial<AuditEvent>): AuditEvent => ({
  ...{
    id: '1',
    at,
    actor: 'kim@example.com',
    kind: 'group.changed',
    operationId: null,
    messageId: null,
    address: null,
  },
  ...{ subject: null, details: {}, requestId: null, seal: 'sealed', sealedAt: at },
  ...given,
});

describe('What people have typed', () => {
  it('is masked in an operation, also the reason of whoever decided on it; who it was stays', () => {
    const masked = maskOperation(operation, rules);
    expect(masked.reason).toBe('••• asked for it');
    expect(masked.approval?.decision).toMatchObject({ by: 'lee@example.com', reason: '••• asked for it' });
    expect(masked.stoppedBecause?.params).toEqual({ by: 'lee@example.com', reason: '••• asked for it' });
    expect(masked.actor).toBe('kim@example.com');
  });

  it('is masked in what an audit event is about, where that is not a name of ours', () => {
    expect(maskAuditEvent(event({ subject: 'NoSuchUser: kim@example.com' }), rules).subject).toBe('NoSuchUser: •••');
    expect(maskAuditEvent(event({ kind: 'savedView.shared', subject: 'of kim@example.com' }), rules).subject).toBe(
      'of •••',
    );
    expect(maskAuditEvent(event({ kind: 'user.disabled', subject: 'kim@example.com' }), rules).subject).toBe(
      'kim@example.com',
    );
  });
});
