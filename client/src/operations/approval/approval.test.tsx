import { fireEvent, screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import type { Operation } from '../../../../server/contract/schemas/operations.ts';
import { FakeOffice } from '../../testing/fake-office.ts';
import { createFakeOperation } from '../../testing/fake-operations.ts';
import { renderApp } from '../../testing/render-app.tsx';

const BECAUSE = [
  { code: 'count' as const, params: { from: 1000 } },
  { code: 'deadQueue' as const, params: { name: 'payments.dead' } },
];
const UNTIL = '2099-11-23T03:00:00.000Z';

function waiting(over: Partial<Operation> = {}, role: FakeOffice['role'] = 'lead'): FakeOffice {
  const office = new FakeOffice();
  office.role = role;
  const request = { action: 'resend' as const, selection: { ids: office.messages.map(({ id }) => id) } };
  const fake = createFakeOperation('42', request, office.messages, new Date().toISOString());
  Object.assign(fake.operation, {
    ...{ actor: 'kim', status: 'awaitingApproval', startedAt: null },
    hold: { code: 'awaitsApproval', params: { until: UNTIL } },
    approval: { because: BECAUSE, until: UNTIL, decision: null },
    ...over,
  });
  office.operations.push(fake);
  return office;
}
const decisions = (office: FakeOffice) =>
  office.seen.filter(({ path }) => /(approve|reject)$/.test(path)).map(({ path, body }) => [path, body]);

describe('An operation that waits for a second person', () => {
  it('says why and until when, and begins with the word and the reason of one', async () => {
    const office = waiting();
    await renderApp('/operations/42', { office });
    const hold = await screen.findByTestId('hold');
    expect(hold.textContent).toMatch(
      /^It waits for a second person to approve it, until .+\. Nothing has been done yet/,
    );
    expect(hold.textContent).toContain(
      'needed: it is on 1,000 messages or more; messages of payments.dead always take one',
    );
    for (const name of ['Pause', 'Change the pace']) expect(screen.queryByRole('button', { name })).toBeNull();
    fireEvent.click(within(hold).getByRole('button', { name: 'Approve' }));
    const dialog = await screen.findByRole('dialog', { name: 'Approve operation 42?' });
    expect(within(dialog).getByText(/It begins at once, exactly as it is shown here, on 12 messages/)).toBeTruthy();
    const approve = within(dialog).getByRole('button', { name: 'Approve' });
    expect(approve.getAttribute('aria-disabled')).toBe('true');
    fireEvent.change(within(dialog).getByLabelText(/Reason/), { target: { value: ' checked ' } });
    fireEvent.click(approve);
    expect(await screen.findByText(/approved by operator at .+: “checked”/)).toBeTruthy();
    expect(decisions(office)).toEqual([['/api/operations/42/approve', { reason: 'checked' }]]);
    expect(await screen.findByText('finished', {}, { timeout: 8000 })).toBeTruthy();
  });

  it('ends when one rejects it, and says who and why', async () => {
    await renderApp('/operations/42', { office: waiting() });
    fireEvent.click(await screen.findByRole('button', { name: 'Reject' }));
    const dialog = await screen.findByRole('dialog', { name: 'Reject operation 42?' });
    fireEvent.change(within(dialog).getByLabelText(/Reason/), { target: { value: 'API is down' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Reject' }));
    expect(await screen.findByText('Rejected by operator: “API is down”. Nothing was done.')).toBeTruthy();
  });

  it.each([
    ['who asked for it', waiting({ actor: 'operator' }), 'Somebody else has to decide: you asked for this operation.'],
    ['an operator', waiting({}, 'operator'), 'Only a lead or an administrator may do this; your role is operator.'],
  ])('tells %s why they cannot decide', async (_who, office, why) => {
    await renderApp('/operations/42', { office });
    const approve = await screen.findByRole('button', { name: 'Approve' });
    expect(approve.getAttribute('aria-disabled')).toBe('true');
    fireEvent.mouseOver(approve);
    expect(await screen.findByText(why)).toBeTruthy();
    fireEvent.click(approve);
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(screen.queryByText(/waits for your approval/)).toBeNull();
    expect(screen.getByRole('button', { name: 'Withdraw it' })).toBeTruthy();
  });

  it('is told to who may decide, at the top of every screen and in the list', async () => {
    await renderApp('/operations', { office: waiting() });
    const sign = await screen.findByRole('link', { name: '1 operation waits for your approval' });
    expect(sign.getAttribute('href')).toContain('/operations/42');
    expect(screen.queryByText('1 operation running')).toBeNull();
    fireEvent.click(await screen.findByRole('tab', { name: 'Awaiting approval' }));
    expect(await screen.findByText('awaits approval')).toBeTruthy();
  });
});

describe('The question before an act', () => {
  it('says that it will wait for a second person, and that it takes a lead, and starts nothing then', async () => {
    const office = new FakeOffice();
    office.preview = {
      ...office.preview,
      ...{ approval: { because: BECAUSE.slice(1), hours: 24 }, tooLarge: { from: 2 } },
    };
    await renderApp('/messages', { office });
    fireEvent.click(await screen.findByRole('checkbox', { name: /^Select all/ }));
    fireEvent.click(await screen.findByRole('button', { name: /^Resend/ }));
    const dialog = await screen.findByRole('dialog');
    expect(
      await within(dialog).findByText('It will wait for a second person: messages of payments.dead always take one.'),
    ).toBeTruthy();
    expect(within(dialog).getByText(/An operation on 2 messages or more takes a lead/)).toBeTruthy();
    expect(dialog.querySelector('button[type=submit]')?.getAttribute('aria-disabled')).toBe('true');
  });
});
