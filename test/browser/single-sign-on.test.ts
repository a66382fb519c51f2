import { Secret, TOTP } from 'otpauth';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { accessibilityFaults } from '../support/accessibility.ts';
import { openBrowser, openConsole, signIn } from '../support/browser.ts';
import type { TestIdentityProvider } from '../support/identity-provider.ts';
import type { TestOffice } from '../support/office.ts';
import { startOfficeWithProvider } from '../support/single-sign-on.ts';

let office: TestOffice;
let provider: TestIdentityProvider;
let browser: Browser;

beforeAll(async () => {
  ({ office, provider } = await startOfficeWithProvider({ OIDC_NAME: 'Keycloak' }));
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await office.remove();
  await provider.stop();
});

describe('Single sign-on', () => {
  it('leads by way of the provider, at another site, to the screen that was wanted', async () => {
    provider.accounts.set('kim', { groups: ['orders-team'] });
    const { page, faults, close } = await openConsole(browser, office);
    await page.goto(`${office.url}/#/messages?status=all`);
    await page.getByRole('link', { name: 'Sign in with Keycloak' }).click();
    await page.waitForURL(`${provider.issuer}/**`);
    await page.getByRole('textbox', { name: 'login' }).fill('kim');
    await page.getByRole('textbox', { name: 'password' }).fill('any');
    await page.getByRole('button', { name: 'Sign-in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Messages' }).waitFor();
    // What the provider's own page lacks is its own.
    expect(faults.splice(0).join('\n')).not.toMatch(/Content Security Policy|127\.0\.0\.1/);
    expect(new URL(page.url()).hash).toBe('#/messages?status=all');
    await page.getByRole('button', { name: 'Account kim' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Account kim' }).waitFor();

    const cookies = await page.context().cookies(office.url);
    expect(cookies.map(({ name, sameSite, httpOnly }) => ({ name, sameSite, httpOnly }))).toEqual([
      { name: 'dead_letter_office_session', sameSite: 'Strict', httpOnly: true },
    ]);
    // The address with the code is nowhere to go back to.
    expect(faults).toEqual([]);
    await page.goBack();
    expect(page.url()).not.toContain('code=');
    await close();
  });

  it.each([
    ['en', 'Sign in with Keycloak', 'Your account has no role here.'],
    ['ko', 'Keycloak 계정으로 로그인', '이 계정에는 여기에서 쓸 수 있는 역할이 없습니다.'],
  ] as const)('says on the sign-in screen why somebody is refused (%s)', async (locale, button, words) => {
    const { page, close } = await openConsole(browser, office, { locale });
    await page.getByRole('link', { name: button }).click();
    await page.getByRole('textbox', { name: 'login' }).fill('stranger');
    await page.getByRole('textbox', { name: 'password' }).fill('any');
    await page.getByRole('button', { name: 'Sign-in' }).click();
    const refused = page.getByRole('alert');
    await refused.filter({ hasText: words }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await close();
  });
});

describe('A second factor', () => {
  it('is set up with an app, and asked for from then on', async () => {
    const { page, faults, close } = await openConsole(browser, office);
    await signIn(page, office);
    await page.goto(`${office.url}/#/account/second-factor`);
    await page.getByRole('button', { name: 'Set up' }).click();
    await page.getByLabel('Password', { exact: true }).fill(office.administrator.password);
    await page.getByRole('button', { name: 'Set up' }).click();
    const picture = page.getByRole('img', { name: 'QR code for the app' });
    await picture.waitFor();
    expect(await picture.evaluate('(element) => element.naturalWidth')).not.toBe(0);
    const key = (await page.getByText(/^[A-Z2-7 ]{39}$/).textContent()) ?? '';
    expect(await accessibilityFaults(page)).toEqual([]);
    const app = new TOTP({ secret: Secret.fromBase32(key.replaceAll(' ', '')) });
    await page.getByLabel('Code that the app shows').fill(app.generate({ timestamp: Date.now() - 30_000 }));
    await page.getByRole('button', { name: 'Turn on' }).click();
    const codes = page.getByRole('list', { name: 'Keep your recovery codes' }).getByRole('listitem');
    await codes.first().waitFor();
    expect(await codes.count()).toBe(10);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'I have kept them' }).click();
    await page.getByText('10 recovery codes left').waitFor();

    await page.getByRole('button', { name: /^Account/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByLabel('Username').fill(office.administrator.username);
    await page.getByLabel('Password', { exact: true }).fill(office.administrator.password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByLabel('Code of your authenticator app').fill('000000');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('alert').filter({ hasText: 'This code is wrong' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByLabel('Code of your authenticator app').fill(app.generate());
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('button', { name: /^Account/ }).waitFor();
    expect(faults).toEqual([]);
    await close();
  });
});
