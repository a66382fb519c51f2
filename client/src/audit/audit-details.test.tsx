import { cleanup, screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { AUDIT_FIELDS, type AuditField } from '../../../server/contract/audit-fields.ts';
import { AUDIT_KINDS, type AuditKind } from '../../../server/contract/audit.ts';
import type { AuditEvent } from '../../../server/contract/schemas/audit.ts';
import type { LocaleName } from '../i18n/locales.ts';
import { FakeOffice } from '../testing/fake-office.ts';
import { renderApp } from '../testing/render-app.tsx';

/** Row ids and the like: no reader misses them. */
const UNSAID: Partial<Record<AuditKind, readonly string[]>> = {
  'deadQueue.added': ['id'],
  'deadQueue.changed': ['id', 'before'],
  'deadQueue.removed': ['id'],
  'message.bodyDownloaded': ['contentId'],
  'settings.changed': ['before'],
  'group.changed': ['id'],
  'group.merged': ['id'],
  'group.split': ['id'],
  'message.registered': ['entry'],
  'message.restored': ['reason'],
  'installation.restored': ['epoch'],
  'savedView.shared': ['shared', 'before'],
  'savedView.removed': ['shared', 'before'],
  'token.created': ['id'],
  'token.revoked': ['id'],
};

const queue = {
  watched: true,
  prefetch: 100,
  stripHeaders: [],
  addHeader: true,
  whenDatabaseAway: 'hold',
  needsApproval: false,
};
const group = { state: 'open', snoozedUntil: null, assignee: null, note: null, trackerUrl: null };
const view = { address: 'queue=orders.cancel&failedAfter=-2h', shared: true };

/** An event of each kind with all its fields, as the office writes them. */
const EVENTS: { readonly [K in AuditKind]: Readonly<Record<AuditField<K>, unknown>> } = {
  'session.created': { by: 'oidc' },
  'session.refused': { by: 'oidc', code: 'session.noRole', failures: 4 },
  'session.ended': {},
  'secondFactor.added': {},
  'secondFactor.removed': {},
  'secondFactor.recoveryUsed': { left: 9 },
  'session.revoked': { sessions: 2 },
  'user.created': { role: 'operator', scope: ['orders.*'], by: 'oidc' },
  'user.changed': {
    before: { role: 'viewer', scope: ['orders.*', 'notice.dead'] },
    after: { role: 'lead', scope: null },
    by: 'oidc',
  },
  'user.disabled': { sessions: 2, tokens: 1 },
  'user.enabled': {},
  'user.removed': { sessions: 1, tokens: 3 },
  'user.unlocked': {},
  'user.passwordReset': { sessions: 1 },
  'user.passwordChanged': { sessions: 1 },
  'deadQueue.added': { id: '7', settings: { name: 'orders.dead', ...queue } },
  'deadQueue.changed': {
    id: '7',
    settings: { ...queue, prefetch: null, stripHeaders: ['x-tries'] },
    before: queue,
  },
  'deadQueue.removed': { id: '7', before: queue },
  'operation.created': {
    action: 'resend',
    selection: { filter: { queue: ['orders.cancel'], status: ['pending'], failedAfter: '2026-11-22T03:00:00.000Z' } },
    target: { kind: 'custom', exchange: 'orders', routingKey: 'order.cancel' },
    reason: 'deploy 4711',
    total: 1180,
    skipped: 24,
    shown: 1204,
    limit: 500,
    canary: { first: 10, waitSeconds: 120, then: 'ask' },
    stopWhenCameBack: 5,
    ratePerSecond: 200,
    startAt: '2026-11-22T07:18:00.000Z',
    restoreCc: true,
    restoreExpiration: true,
    sendInexact: true,
    edited: true,
    includePossibleDuplicates: true,
  },
  'operation.paused': { before: 'running', because: 'canaryAsks' },
  'operation.resumed': { before: 'paused' },
  'operation.cancelled': { before: 'scheduled' },
  'operation.finished': {
    status: 'stopped',
    total: 1207,
    cameBack: 2,
    itemsSha256: 'c0ffee'.repeat(10).padEnd(64, '0'),
    outcomes: { confirmed: 1180, unroutable: 0, refused: 0, failed: 0, unknown: 3, skipped: 24 },
    because: 'restored',
  },
  'operation.rateChanged': { from: 200, to: 50 },
  'settings.changed': {
    resendsFrozen: { reason: 'API is down' },
    reasonRequiredFrom: 100,
    largeOperationFrom: 5000,
    approvalFrom: 20_000,
    contentsKeptDays: 30,
    recordsKeptDays: null,
    before: {
      ...{ resendsFrozen: null, reasonRequiredFrom: null, contentsKeptDays: 90, recordsKeptDays: 365 },
      ...{ largeOperationFrom: 10_000, approvalFrom: null },
    },
  },
  'group.changed': {
    id: '3',
    before: group,
    after: {
      ...group,
      state: 'snoozed',
      snoozedUntil: '2026-11-23T07:18:00.000Z',
      assignee: 'kim',
      note: 'Ask team A',
    },
  },
  'group.merged': { id: '3', groupIds: ['4', '5'], reason: 'one cause' },
  'group.split': { id: '3', newGroupId: '9', fingerprintIds: ['31', '32'], reason: 'another cause' },
  'retention.purged': { contents: 1204, records: 3, contentsKeptDays: 90, recordsKeptDays: 365 },
  'message.bodyDownloaded': { as: 'arrived', contentId: '12' },
  'message.draftSaved': {
    body: true,
    headers: { added: ['tenant'], removed: [], changed: ['x-tries'] },
    headersReordered: true,
    properties: ['messageId'],
  },
  'message.draftDiscarded': { author: 'lee' },
  'message.registered': { from: 'journal', entry: 'a1', arrivedAt: '2026-11-22T07:18:00.000Z' },
  'journal.registered': { messages: 12 },
  'rejects.imported': { registered: 5, already: 4, rejected: 3, refused: 2, missing: 1, problems: 6 },
  'messages.exported': { format: 'csv', filter: { orderId: ['ORD-2'] }, reason: 'audit 12' },
  'orders.exported': { content: 'orders', orderIds: ['ORD-1', 'ORD-2'] },
  'reject.bodyDownloaded': {},
  'message.restored': { reason: 'restored' },
  'installation.restored': { messages: 12, operations: 2, epoch: 3 },
  'savedView.shared': { ...view, before: { name: 'Cancels', ...view, shared: false } },
  'savedView.changed': {
    ...view,
    shared: false,
    before: { name: 'Cancels', address: 'queue=notice.send', shared: true },
  },
  'savedView.removed': { ...view, before: {} },
  'message.revealed': { reason: 'refund of ORD-2' },
  'reject.revealed': { reason: 'refund of ORD-3' },
  'maskingRule.added': { kind: 'jsonPath', value: '$.customer.name', enabled: false },
  'maskingRule.changed': {
    kind: 'header',
    value: 'x-customer-*',
    enabled: false,
    before: { name: 'customers', kind: 'header', value: 'x-customer-id', enabled: true },
  },
  'maskingRule.removed': { kind: 'regex', value: 'KR\\d+', enabled: false },
  'operation.exported': { outcome: ['refused', 'failed'] },
  'audit.exported': {
    format: 'csv',
    filter: { kind: ['session.refused'], actor: 'kim', from: '2026-11-22T03:00:00.000Z' },
  },
  'token.created': { id: '3', role: 'operator', scope: ['orders.*'], expiresAt: '2027-02-20T03:00:00.000Z' },
  'token.revoked': { id: '3', owner: 'kim' },
  'operation.awaitsApproval': {
    because: [
      { code: 'count', params: { from: 1000 } },
      { code: 'deadQueue', params: { name: 'payments.dead' } },
    ],
    total: 1204,
    until: '2026-11-23T03:00:00.000Z',
  },
  'operation.approved': { reason: 'checked with the order team', total: 1204 },
  'operation.rejected': { reason: 'the API is still down', total: 1204 },
  'operation.approvalExpired': { hours: 24 },
};

async function told(details: (kind: AuditKind) => object, locale: LocaleName): Promise<ReadonlyMap<AuditKind, string>> {
  const office = new FakeOffice();
  office.auditEvents = AUDIT_KINDS.map((kind, index): AuditEvent => ({
    ...{ id: String(1000 - index), at: '2026-11-22T03:10:42.000Z', actor: 'kim', kind, operationId: null },
    ...{ messageId: null, subject: null, requestId: null, address: '10.0.0.7', seal: 'sealed', sealedAt: null },
    details: { ...details(kind) },
  }));
  await renderApp('/audit-events?perPage=100', { office, locale });
  const table = await screen.findByRole('table');
  const rows = within(table).getAllByRole('row').slice(1);
  expect(rows).toHaveLength(AUDIT_KINDS.length);
  return new Map(AUDIT_KINDS.map((kind, index) => [kind, rows[index]?.lastElementChild?.textContent ?? '']));
}

describe.each(['en', 'ko'] as const)('The details of audit events (%s)', (locale) => {
  it('are said in words for every kind, never as JSON or by the names of fields', async () => {
    const words = await told((kind) => EVENTS[kind], locale);
    for (const [kind, line] of words) {
      const fields: readonly string[] = AUDIT_FIELDS[kind];
      const said = fields.filter((field) => !(UNSAID[kind] ?? []).includes(field));
      if (said.length > 0) expect(line, kind).not.toBe('');
      expect(line, kind).not.toMatch(/[{}[\]"]|undefined|null|NaN|\bobject\b|auditEvents\.|T\d\d:\d\d/);
      expect(line, kind).not.toMatch(/\b[a-z]+[A-Z]\w*:/);
    }
  });

  it('say each field that the office writes', async () => {
    const whole = await told((kind) => EVENTS[kind], locale);
    const most = Math.max(...AUDIT_KINDS.map((kind) => AUDIT_FIELDS[kind].length));
    for (let turn = 0; turn < most; turn++) {
      cleanup();
      const without = await told((kind) => {
        const left = AUDIT_FIELDS[kind][turn];
        return Object.fromEntries(Object.entries(EVENTS[kind]).filter(([field]) => field !== left));
      }, locale);
      for (const kind of AUDIT_KINDS) {
        const left: string | undefined = AUDIT_FIELDS[kind][turn];
        // What was shown is said where nothing was counted at once; a field that changes no word is not said.
        if (left === undefined || left === 'shown' || (UNSAID[kind] ?? []).includes(left)) continue;
        expect(without.get(kind), `${kind} without ${left}`).not.toBe(whole.get(kind));
      }
    }
  });
});

describe('The details of audit events', () => {
  it('tell what was before and what is now', async () => {
    const words = await told((kind) => EVENTS[kind], 'en');
    expect(words.get('group.changed')).toMatch(
      /^State: open → snoozed until .+ · Assigned to: Nobody → kim · Note: none → “Ask team A”$/,
    );
    expect(words.get('group.merged')).toBe('took in 2 groups: 4, 5 · “one cause”');
    expect(words.get('deadQueue.changed')).toBe(
      'Prefetch: 100 → default · Headers to leave out on a resend: none → x-tries',
    );
    expect(words.get('settings.changed')).toContain('Days that contents are kept: 90 → 30');
    expect(words.get('user.changed')).toBe(
      'Role: viewer → lead · Dead queues: orders.*, notice.dead → All dead queues · by single sign-on',
    );
    expect(words.get('session.refused')).toContain('wrong password no. 4 there');
    expect(words.get('operation.rateChanged')).toBe('Pace: 200 a second → 50 a second');
    expect(words.get('savedView.changed')).toBe(
      'was “Cancels” · no longer shared · Selected by: Failing queue: notice.send → Failing queue: orders.cancel, Failed after: last 2 h',
    );
  });
});
