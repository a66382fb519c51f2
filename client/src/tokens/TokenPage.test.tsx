import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { FakeOffice, problem } from '../testing/fake-office.ts';
import { renderApp } from '../testing/render-app.tsx';

const calls = (office: FakeOffice, method: string) =>
  office.seen.filter((one) => one.method === method && one.path.startsWith('/api/tokens'));

async function open(over: Partial<FakeOffice> = {}): Promise<FakeOffice> {
  const office = Object.assign(new FakeOffice(), over);
  office.tokens.make({ name: 'nightly report', role: 'viewer' });
  await renderApp('/account/tokens', { office });
  await screen.findByRole('heading', { level: 1, name: 'API tokens' });
  await screen.findByText('nightly report');
  return office;
}

describe('API tokens', () => {
  it('are made with a role up to one’s own, and shown once', async () => {
    const office = await open();
    fireEvent.click(screen.getByRole('button', { name: 'Make a token' }));
    const dialog = await screen.findByRole('dialog');
    const make = within(dialog).getByText('Make it');
    expect(make.closest('button')?.getAttribute('aria-disabled')).toBe('true');
    fireEvent.change(within(dialog).getByLabelText(/^Name/), { target: { value: ' deploy ' } });
    fireEvent.change(within(dialog).getByLabelText('Dead queues'), {
      target: { value: 'orders.*\n\n payments.dead \norders.*' },
    });
    fireEvent.mouseDown(within(dialog).getByRole('combobox', { name: 'Role' }));
    const roles = within(await screen.findByRole('listbox')).getAllByRole('option');
    expect(roles.map(({ textContent }) => textContent)).toEqual(['viewer', 'operator']);
    if (roles[1]) fireEvent.click(roles[1]);
    fireEvent.click(make);
    const shown = await screen.findByRole('dialog', { name: 'The token “deploy”' });
    expect(calls(office, 'POST')[0]?.body).toEqual({
      ...{ name: 'deploy', role: 'operator', expiresInDays: 90 },
      scope: ['orders.*', 'payments.dead'],
    });
    const token = 'dlo_0123456789abcdefghijklmnopqrstuvwxyz0123456x4Kd';
    expect(within(shown).getByText(token)).toBeTruthy();
    expect(within(shown).getByText(/^curl -H "Authorization: Bearer \$DLO_TOKEN"/)).toBeTruthy();
    fireEvent.keyDown(shown, { key: 'Escape' });
    expect(within(shown).getByText(token)).toBeTruthy();
    fireEvent.click(within(shown).getByRole('button', { name: 'I have copied it' }));
    await waitFor(() => {
      expect(screen.queryByText(token)).toBeNull();
    });
    expect(await screen.findByText('deploy')).toBeTruthy();
  });

  it('say why one was not made, and keep what was typed', async () => {
    const office = await open();
    office.faults.push({
      path: /tokens$/,
      answer: () => problem('token.beyondScope', { params: { pattern: 'payments' } }),
    });
    fireEvent.click(screen.getByRole('button', { name: 'Make a token' }));
    const dialog = await screen.findByRole('dialog');
    const name = within(dialog).getByLabelText<HTMLInputElement>(/^Name/);
    fireEvent.change(name, { target: { value: 'deploy' } });
    fireEvent.click(within(dialog).getByText('Make it'));
    expect(await within(dialog).findByText(/You do not see all that “payments” names/)).toBeTruthy();
    expect(name.value).toBe('deploy');
  });

  it('are revoked after a question', async () => {
    const office = await open();
    fireEvent.click(screen.getByRole('button', { name: 'Revoke nightly report' }));
    const dialog = await screen.findByRole('dialog', { name: 'Revoke the token “nightly report”?' });
    expect(calls(office, 'DELETE')).toEqual([]);
    fireEvent.click(within(dialog).getByRole('button', { name: 'Revoke' }));
    expect(await screen.findByText('There is no token')).toBeTruthy();
    expect(calls(office, 'DELETE').map(({ path }) => path)).toEqual(['/api/tokens/1']);
  });

  it('of everybody are for those who may edit users', async () => {
    await open();
    expect(screen.queryByRole('tab', { name: 'Everybody’s' })).toBeNull();
  });

  it('of others are listed with their user for an administrator', async () => {
    const office = await open({ role: 'admin' });
    office.tokens.all.push({
      ...office.tokens.make({ name: 'of kim', role: 'lead' }),
      id: '9',
      owner: 'kim',
      isMine: false,
    });
    fireEvent.click(screen.getByRole('tab', { name: 'Everybody’s' }));
    expect(await screen.findByText('kim')).toBeTruthy();
  });
});
