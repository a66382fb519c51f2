import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { FakeOffice } from '../testing/fake-office.ts';
import { fakeUser } from '../testing/fake-users.ts';
import { renderApp } from '../testing/render-app.tsx';

async function open(over: (office: FakeOffice) => void = () => undefined): Promise<FakeOffice> {
  const office = new FakeOffice();
  office.role = 'admin';
  office.users.deadQueueNames = ['orders.dead', 'orders.eu.dead', 'notice.dead'];
  office.users.users = [
    fakeUser('1', 'operator', { role: 'admin' }),
    fakeUser('2', 'kim', { scope: ['orders.*'], deadQueues: ['orders.dead', 'orders.eu.dead'] }),
  ];
  over(office);
  await renderApp('/users', { office });
  await screen.findByRole('row', { name: /^kim/ });
  return office;
}
const rowOf = (name: string) => screen.getByRole('row', { name: new RegExp(`^${name}`) });
const acts = (office: FakeOffice) =>
  office.seen.filter(({ method, path }) => method !== 'GET' && path.startsWith('/api/users'));
async function choose(name: string, item: string) {
  fireEvent.click(within(rowOf(name)).getByRole('button', { name: `More for ${name}` }));
  fireEvent.click(await screen.findByRole('menuitem', { name: item }));
  return await screen.findByRole('dialog');
}
const press = (dialog: HTMLElement, name: string) => {
  fireEvent.click(within(dialog).getByRole('button', { name }));
};
const isBlocked = (dialog: HTMLElement, name: string) =>
  within(dialog).getByRole('button', { name }).getAttribute('aria-disabled') === 'true';

describe('The users', () => {
  it('are listed with what they may do and see, and how they stand', async () => {
    await open((office) => {
      office.users.users.push(
        fakeUser('3', 'lee', {
          ...{ lockedUntil: new Date(Date.now() + 60_000).toISOString(), mustChangePassword: true },
          ...{ lastSignInAt: null, sessions: 0 },
        }),
      );
    });
    expect(rowOf('operator').textContent).toMatch(/^operator \(you\)administratorall.*enabled/);
    expect(rowOf('kim').textContent).toMatch(/^kimoperatororders\.\* \(2 now\)/);
    expect(rowOf('lee').textContent).toMatch(/sign-in waits until .* · has a one-time password/);
    expect(rowOf('lee').textContent).toContain('never');
    // Nobody takes away their own rights.
    const self = within(rowOf('operator')).getByRole('button', { name: 'Edit operator' });
    expect(self.getAttribute('aria-disabled')).toBe('true');
    fireEvent.click(within(rowOf('operator')).getByRole('button', { name: 'More for operator' }));
    expect((await screen.findAllByRole('menuitem')).map(({ textContent }) => textContent)).toEqual([
      'Where signed in …',
    ]);
  });

  it('are created with a password that is shown once', async () => {
    const office = await open();
    fireEvent.click(screen.getByRole('button', { name: 'Create a user' }));
    const dialog = await screen.findByRole('dialog', { name: 'Create a user' });
    expect(isBlocked(dialog, 'Create')).toBe(true);
    fireEvent.change(within(dialog).getByLabelText('Username'), { target: { value: ' park ' } });
    fireEvent.click(within(dialog).getByLabelText('lead'));
    expect(dialog.textContent).toContain('Also edit messages');
    fireEvent.click(within(dialog).getByLabelText('Only some dead queues'));
    expect(isBlocked(dialog, 'Create')).toBe(true);
    fireEvent.change(within(dialog).getByLabelText('Names of dead queues'), {
      target: { value: 'orders.*\n\norders.*' },
    });
    await waitFor(() => {
      expect(screen.getByTestId('scope-matches').textContent).toBe('Now that is 2 of 3: orders.dead, orders.eu.dead');
    });
    press(dialog, 'Create');
    const shown = await screen.findByRole('dialog', { name: 'The password of park' });
    expect(within(shown).getByTestId('one-time-password').textContent).toBe('abcde-fghjk-mnpqr-23456');
    expect(acts(office).map(({ body }) => body)).toEqual([{ username: 'park', role: 'lead', scope: ['orders.*'] }]);
    fireEvent.keyDown(shown, { key: 'Escape' });
    press(shown, 'I have handed it over');
    await waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull();
    });
    expect(document.body.textContent).not.toContain('abcde-fghjk');
    await screen.findByRole('row', { name: /^park/ });
  });

  it('who exist already are said so in the dialog, which stays', async () => {
    await open();
    fireEvent.click(screen.getByRole('button', { name: 'Create a user' }));
    const dialog = await screen.findByRole('dialog');
    fireEvent.change(within(dialog).getByLabelText('Username'), { target: { value: 'kim' } });
    press(dialog, 'Create');
    expect(await within(dialog).findByText(/There is a user of this name/)).toBeTruthy();
  });

  it('are changed as they were seen', async () => {
    const office = await open();
    const edit = async () => {
      fireEvent.click(within(rowOf('kim')).getByRole('button', { name: 'Edit kim' }));
      return await screen.findByRole('dialog', { name: 'Edit kim' });
    };
    const dialog = await edit();
    expect(isBlocked(dialog, 'Save')).toBe(true);
    fireEvent.click(within(dialog).getByLabelText('administrator'));
    expect(dialog.textContent).toContain('An administrator sees all dead queues.');
    press(dialog, 'Save');
    await screen.findByText('kim is changed.');
    expect(acts(office)[0]?.body).toEqual({ role: 'admin', scope: null, version: 1 });
    const again = await edit();
    const [, kim] = office.users.users;
    if (kim) kim.version = 9;
    fireEvent.click(within(again).getByLabelText('viewer'));
    press(again, 'Save');
    expect(await within(again).findByText(/Somebody else has changed this user meanwhile/)).toBeTruthy();
  });

  it('are disabled, enabled, unlocked, reset and removed, each after a question', async () => {
    const office = await open((given) => {
      const [, kim] = given.users.users;
      if (kim) kim.lockedUntil = new Date(Date.now() + 60_000).toISOString();
      if (kim) kim.hasSecondFactor = true;
    });
    press(await choose('kim', 'Lift the lock …'), 'Lift the lock');
    await screen.findByText('The lock of kim is lifted.');
    press(await choose('kim', 'Remove the second factor …'), 'Remove the second factor');
    await screen.findByText('The second factor of kim is removed.');
    const disabling = await choose('kim', 'Disable …');
    expect(disabling.textContent).toContain('all their API tokens are revoked');
    press(disabling, 'Disable');
    await screen.findByText('kim is disabled and signed out everywhere.');
    await waitFor(() => {
      expect(rowOf('kim').textContent).toContain('disabled');
    });
    press(await choose('kim', 'Enable …'), 'Enable');
    await screen.findByText('kim can sign in again.');
    press(await choose('kim', 'Reset the password …'), 'Reset the password');
    const shown = await screen.findByRole('dialog', { name: 'The password of kim' });
    expect(within(shown).getByTestId('one-time-password').textContent).toBe('zyxwv-tsrqp-nmkjh-98765');
    press(shown, 'I have handed it over');
    press(await choose('kim', 'Remove for good …'), 'Remove for good');
    await waitFor(() => {
      expect(screen.queryByRole('row', { name: /^kim/ })).toBeNull();
    });
    expect(acts(office).map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /api/users/2/unlock',
      'DELETE /api/users/2/second-factor',
      'PATCH /api/users/2',
      'PATCH /api/users/2',
      'POST /api/users/2/password',
      'DELETE /api/users/2',
    ]);
  });

  it('are for administrators, and others do not find them in the menu', async () => {
    await renderApp('/users');
    expect(await screen.findByText('Your role does not allow this.')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Create a user' })).toBeNull();
    expect(within(screen.getByRole('navigation', { name: 'Sections' })).queryByText('Users')).toBeNull();
  });
});
