import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { fakeGroup } from '../testing/fake-groups.ts';
import { FakeOffice } from '../testing/fake-office.ts';
import { createFakeOperation } from '../testing/fake-operations.ts';
import { currentAddress, renderApp } from '../testing/render-app.tsx';

function officeWith(...groups: Parameters<typeof fakeGroup>[1][]): FakeOffice {
  const office = new FakeOffice();
  office.groups = groups.map((over, index) => fakeGroup(index + 1, over));
  return office;
}
const rows = async () => screen.findAllByTestId('group-row');
const asked = (office: FakeOffice) => office.seen.filter(({ path }) => path === '/api/groups').at(-1)?.query;

describe('The list of groups', () => {
  it('shows in one row what fails, where, how often, whom it hits, what came of it, and who is on it', async () => {
    await renderApp('/groups', {
      office: officeWith({ resent: 1200, cameBack: 7, assignee: 'kim', state: 'investigating', note: 'Ask team A' }),
    });
    const [row] = await rows();
    const shown = row?.textContent ?? '';
    for (const said of [
      'TimeoutError Order API timed out after # ms',
      'orders.cancel',
      '1,200 resent',
      '7 came back',
      'investigating',
      'kim',
      'Ask team A',
    ])
      expect(shown).toContain(said);
    expect(
      within(row as HTMLElement)
        .getByRole('img')
        .getAttribute('aria-label'),
    ).toBe('Failures in the last 24 hours: 4. Most in one hour: 1. In this hour: 1.');
    const link = within(row as HTMLElement).getByRole('link', { name: /^Show the 3 pending messages/ });
    expect(link.getAttribute('href')).toBe('#/messages?groupId=1');
  });

  it('begins with those that want somebody, and keeps view, state and words in the address', async () => {
    const office = officeWith(
      {},
      { state: 'resolved' },
      { state: 'regressed', regressedAt: '2026-11-22T03:00:00.000Z' },
    );
    await renderApp('/groups', { office });
    expect(await rows()).toHaveLength(2);
    expect(screen.getByText('regressed')).toBeTruthy();
    fireEvent.click(screen.getByRole('tab', { name: 'Resolved' }));
    await waitFor(() => {
      expect(currentAddress()).toBe('/groups?state=resolved');
    });
    await waitFor(async () => {
      expect(await rows()).toHaveLength(1);
    });
    fireEvent.click(screen.getByRole('button', { name: 'Error × queue' }));
    const search = screen.getByRole('searchbox', { name: 'Words of the error' });
    fireEvent.change(search, { target: { value: 'template' } });
    fireEvent.submit(search.closest('form') ?? search);
    await waitFor(() => {
      expect(currentAddress()).toBe('/groups?by=errorQueue&state=resolved&text=template');
    });
    await waitFor(() => {
      expect(asked(office)?.get('by')).toBe('errorQueue');
      expect(asked(office)?.get('text')).toBe('template');
    });
    fireEvent.click(screen.getByRole('switch', { name: 'Mine' }));
    await waitFor(() => {
      expect(asked(office)?.get('assignee')).toBe('operator');
    });
  });

  it('resends what of a group is pending, and the row shows how far that is', async () => {
    const office = officeWith({ filter: { groupId: ['1'] } }, {});
    await renderApp('/groups', { office });
    const [row] = await rows();
    fireEvent.click(within(row as HTMLElement).getByRole('button', { name: /^Resend: TimeoutError/ }));
    await within(await screen.findByRole('dialog')).findByRole('button', { name: /^Resend \d/ });
    const preview = office.seen.find(({ path }) => path === '/api/operations/preview');
    expect(preview?.body).toMatchObject({ selection: { filter: { groupId: ['1'], status: ['pending'] } } });
  });

  it('is the stepper of the operation that runs on a group, in its row and in no other', async () => {
    const office = officeWith({}, {});
    const fake = createFakeOperation(
      '42',
      { action: 'resend', selection: { filter: { groupId: ['2'] }, upToId: 'x', expectedCount: 12 } },
      office.messages,
      new Date().toISOString(),
    );
    fake.operation.outcomes.confirmed = 5;
    office.operations.push(fake);
    await renderApp('/groups', { office });
    const progress = await screen.findByTestId('group-operation');
    expect(progress.textContent).toContain('5 of 12');
    const second = (await rows())[1];
    expect(progress.closest('tr')?.previousElementSibling).toBe(second);
  });

  it('says why nothing can be done', async () => {
    const office = officeWith({ pending: 0 });
    await renderApp('/groups', { office });
    const button = within((await rows())[0] as HTMLElement).getByRole('button', { name: /^Resend/ });
    expect(button.getAttribute('aria-disabled')).toBe('true');
    fireEvent.click(button);
    expect(screen.queryByRole('dialog')).toBeNull();
  });
});
