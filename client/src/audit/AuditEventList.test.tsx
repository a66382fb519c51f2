import { fireEvent, screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import type { AuditEvent } from '../../../server/contract/schemas/audit.ts';
import { FakeOffice } from '../testing/fake-office.ts';
import { renderApp } from '../testing/render-app.tsx';
import { AUDIT_KINDS } from '../../../server/contract/audit.ts';
import { KIND_GROUPS, kindsOf } from './audit-list-spec.ts';

const event: AuditEvent = {
  ...{ id: '2', at: '2026-11-22T03:10:42.000Z', actor: 'kim', address: '10.0.0.7', kind: 'session.created' },
  ...{ operationId: null, messageId: null, subject: null, details: {}, requestId: null },
  ...{ seal: 'sealed', sealedAt: '2026-11-22T03:10:43.000Z' },
};

const asked = (office: FakeOffice) =>
  office.seen.filter(({ path }) => path === '/api/audit-events').map(({ query }) => query.toString());

describe('The audit record', () => {
  it('says from where, and whether it is sealed; what is set is in its address, and can be cleared', async () => {
    const office = new FakeOffice();
    office.auditEvents = [event, { ...event, id: '1', seal: 'waiting', sealedAt: null, address: null }];
    await renderApp('/audit-events?orderId=ORD-1&address=10.0.0.7', { office });
    expect(await screen.findByText('from 10.0.0.7')).toBeTruthy();
    expect(screen.getByText('sealed')).toBeTruthy();
    expect(screen.getByText('not yet sealed')).toBeTruthy();
    expect(asked(office)[0]).toContain('orderId=ORD-1&address=10.0.0.7');
    // A rarer filter is set: they are all shown.
    expect(screen.getByLabelText<HTMLInputElement>('From address').value).toBe('10.0.0.7');
    fireEvent.change(screen.getByLabelText('Operation (number)'), { target: { value: 'forty' } });
    fireEvent.blur(screen.getByLabelText('Operation (number)'));
    expect(await screen.findByText('A number, as in its address')).toBeTruthy();
    fireEvent.change(screen.getByLabelText('Who'), { target: { value: ' lee ' } });
    fireEvent.blur(screen.getByLabelText('Who'));
    await waitFor(() => {
      expect(asked(office).at(-1)).toContain('actor=lee');
    });
    fireEvent.click(screen.getByRole('button', { name: 'Clear all' }));
    await waitFor(() => {
      expect(asked(office).at(-1)).not.toMatch(/actor|orderId|address/);
    });
  });

  it('has every kind in one group', () => {
    expect(KIND_GROUPS.flatMap(kindsOf).sort()).toEqual([...AUDIT_KINDS].sort());
    for (const group of KIND_GROUPS) expect(kindsOf(group).length).toBeGreaterThan(0);
  });
});
