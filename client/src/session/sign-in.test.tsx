import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { FakeOffice } from '../testing/fake-office.ts';
import { renderApp } from '../testing/render-app.tsx';
import { readSignInAddress } from './sign-in-address.ts';

const singleSignOn = { name: null, url: 'https://desk.example.com/api/session/oidc/start' };

function signedOut(over: Partial<FakeOffice> = {}): FakeOffice {
  return Object.assign(new FakeOffice(), { signedIn: false, ...over });
}

describe('The sign-in screen', () => {
  it('leads to single sign-on, and takes along the screen that was wanted', async () => {
    const office = signedOut({ signInMethods: { password: true, singleSignOn } });
    await renderApp('/messages?status=all', { office });
    const link = await screen.findByRole('link', { name: 'Sign in with single sign-on' });
    expect(link.getAttribute('href')).toBe(`${singleSignOn.url}?returnTo=%2Fmessages%3Fstatus%3Dall`);
    expect(screen.getByLabelText('Password')).toBeDefined();
  });

  it('shows no fields where passwords are switched off', async () => {
    const office = signedOut({ signInMethods: { password: false, singleSignOn } });
    await renderApp('/', { office });
    await screen.findByRole('link', { name: 'Sign in with single sign-on' });
    expect(screen.queryByLabelText('Password')).toBeNull();
  });

  it('says in words why a single sign-on was refused', async () => {
    const office = signedOut({ signInMethods: { password: true, singleSignOn } });
    await renderApp('/login?refused=session.noRole&next=%2Fgroups', { office });
    expect((await screen.findByRole('alert')).textContent).toMatch(/^Your account has no role here\./);
    const link = await screen.findByRole('link', { name: 'Sign in with single sign-on' });
    expect(link.getAttribute('href')).toMatch(/returnTo=%2Fgroups$/);
  });
});

describe('The address of the sign-in screen', () => {
  const read = (query: Record<string, string>, state: unknown = null) =>
    readSignInAddress({ search: `?${new URLSearchParams(query).toString()}`, state });

  it('says nothing that somebody else could have written', () => {
    for (const refused of ['', 'toString', 'Your account is locked, call 555-1234']) {
      expect(read({ refused }).refusal).toBeUndefined();
    }
    expect(read({ refused: 'session.noRole', request: 'call 555-1234' }).refusal?.requestId).toBeUndefined();
  });

  it('leads to screens of the console alone', () => {
    for (const next of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)', '']) {
      expect(read({ next }).next).toBe('/');
    }
    expect(read({}, { nextPathname: '/messages', nextSearch: '?orderId=주문' }).next).toBe(
      '/messages?orderId=%EC%A3%BC%EB%AC%B8',
    );
  });
});
