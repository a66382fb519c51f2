import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { FakeOffice, problem } from '../testing/fake-office.ts';
import { fakeSession } from '../testing/fake-users.ts';
import { currentAddress, renderApp } from '../testing/render-app.tsx';

const fill = (label: string, value: string) => {
  fireEvent.change(screen.getByLabelText(label), { target: { value } });
};
const OWN = 'moonlight over copper falcon';

describe('My account', () => {
  it('is reached from the menu, and says who one is and what one may do', async () => {
    const office = new FakeOffice();
    office.scope = ['orders.*', 'notice.dead'];
    await renderApp('/messages', { office });
    fireEvent.click(await screen.findByRole('button', { name: /^Account/ }));
    fireEvent.click(await screen.findByRole('menuitem', { name: 'My account' }));
    const who = await screen.findByRole('region', { name: 'Who you are' });
    expect(currentAddress()).toBe('/account');
    expect(who.textContent).toMatch(/operator.*act on messages.*only those named orders\.\*, notice\.dead/);
  });

  it('changes the password by rules that are said before, with what is wrong beside the field', async () => {
    const office = await renderApp('/account');
    const panel = await screen.findByRole('region', { name: 'Password' });
    expect(panel.textContent).toContain('At least 15 characters');
    const button = within(panel).getByRole('button', { name: 'Change the password' });
    fill('Current password', 'wrong');
    fill('New password', 'short');
    fill('New password again', 'short');
    expect(panel.textContent).toContain('5 of at least 15 characters');
    expect(button.getAttribute('aria-disabled')).toBe('true');
    fill('New password', OWN);
    expect(panel.textContent).toContain('This is not the same as above.');
    fill('New password again', OWN);
    expect(button.getAttribute('aria-disabled')).toBe('false');
    fireEvent.click(button);
    expect((await within(panel).findByText('This is not your current password.')).id).toBe(
      screen.getByLabelText('Current password').getAttribute('aria-describedby'),
    );
    fill('Current password', 'right');
    fill('New password', 'password password password');
    fill('New password again', 'password password password');
    fireEvent.click(button);
    expect(await within(panel).findByText(/made of what many people use/)).toBeTruthy();
    fill('New password', OWN);
    fill('New password again', OWN);
    fireEvent.click(button);
    expect(await screen.findByText('Your password is changed.')).toBeTruthy();
    expect(screen.getByLabelText<HTMLInputElement>('New password').value).toBe('');
    expect(office.seen.findLast(({ method }) => method === 'POST')?.body).toEqual({ current: 'right', new: OWN });
  });

  it('says where one is signed in, and signs out there', async () => {
    const office = new FakeOffice();
    office.users.sessions.push(
      fakeSession('2', { address: '10.9.9.9', userAgent: 'Mozilla/5.0 (iPhone) Version/18 Safari/604.1' }),
      fakeSession('3', { userAgent: null }),
    );
    await renderApp('/account', { office });
    const panel = await screen.findByRole('region', { name: 'Signed in' });
    await within(panel).findByText(/Chrome on Windows/);
    expect(within(panel).getAllByRole('button', { name: /^Sign out / })).toHaveLength(3);
    fireEvent.click(within(panel).getByRole('button', { name: 'Sign out Safari on iOS, 10.9.9.9' }));
    await waitFor(() => {
      expect(within(panel).queryByText(/Safari on iOS/)).toBeNull();
    });
    fireEvent.click(within(panel).getByRole('button', { name: 'Sign out everywhere else' }));
    await waitFor(() => {
      expect(within(panel).queryByText('unknown browser')).toBeNull();
    });
    expect(office.users.sessions.map(({ id }) => id)).toEqual(['1']);
    expect(within(panel).getByRole('button', { name: 'Sign out everywhere else' }).getAttribute('aria-disabled')).toBe(
      'true',
    );
  });
});

describe('Somebody with a password of somebody else', () => {
  it('sets one of their own before they see anything, and is then where they wanted to be', async () => {
    const office = new FakeOffice();
    office.signedIn = false;
    office.users.mustChangePassword = true;
    await renderApp('/operations', { office });
    fireEvent.change(await screen.findByLabelText('Username'), { target: { value: 'operator' } });
    fill('Password', 'right');
    fireEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(await screen.findByText('Set a new password')).toBeTruthy();
    expect(screen.queryByRole('navigation', { name: 'Sections' })).toBeNull();
    fill('The password you were given', 'right');
    fill('New password', OWN);
    fill('New password again', OWN);
    fireEvent.click(screen.getByRole('button', { name: 'Set the password' }));
    expect(await screen.findByText('No operation yet')).toBeTruthy();
    expect(currentAddress()).toBe('/operations');
  });

  it('can sign out instead', async () => {
    const office = new FakeOffice();
    office.users.mustChangePassword = true;
    await renderApp('/operations', { office });
    fireEvent.click(await screen.findByRole('button', { name: 'Sign out' }));
    expect(await screen.findByLabelText('Username')).toBeTruthy();
  });
});

describe('The sign-in', () => {
  it('says how long to wait after too many wrong passwords, and can be tried again after that', async () => {
    const office = new FakeOffice();
    office.signedIn = false;
    await renderApp('/operations', { office });
    fireEvent.change(await screen.findByLabelText('Username'), { target: { value: 'operator' } });
    fill('Password', 'right');
    office.faults.push({
      path: /^\/api\/session$/,
      answer: () => problem('request.tooMany', { params: { seconds: 2 } }),
    });
    fireEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(await screen.findByText('Too many wrong passwords from here. Wait 2 sec, then try again.')).toBeTruthy();
    expect(screen.getByRole('button', { name: /^Wait/ }).hasAttribute('disabled')).toBe(true);
    fireEvent.click(await screen.findByRole('button', { name: 'Sign in' }, { timeout: 10_000 }));
    expect(await screen.findByText('No operation yet')).toBeTruthy();
  });

  it('tells the office since when nobody has touched the screen', async () => {
    const office = await renderApp('/account');
    await screen.findByRole('region', { name: 'Who you are' });
    for (const { headers } of office.seen) expect(Number(headers.get('x-idle-seconds'))).toBeLessThan(600);
  });
});
