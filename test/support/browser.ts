import { chromium, type Browser, type Page } from 'playwright-core';

import type { TestOffice } from './office.ts';

/** Chromium as Debian packages it, without any call home. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A browser for one test file, which closes it. */
export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['TEST_CHROMIUM'] ?? '/usr/bin/chromium',
    headless: true,
    args: ARGUMENTS,
  });
}

export interface ConsolePage {
  page: Page;
  /** What the page threw or the browser refused (the content security policy too); a test ends with none. */
  faults: string[];
  close: () => Promise<void>;
}

interface ConsoleOptions {
  locale?: 'en' | 'ko';
  viewport?: { width: number; height: number };
}

/** A window of its own on the console, at the sign-in screen. */
export async function openConsole(
  browser: Browser,
  office: TestOffice,
  { locale = 'en', viewport = { width: 1440, height: 900 } }: ConsoleOptions = {},
): Promise<ConsolePage> {
  const context = await browser.newContext({
    locale: locale === 'ko' ? 'ko-KR' : 'en-GB',
    timezoneId: 'Asia/Seoul',
    viewport,
    acceptDownloads: true,
  });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (entry) => {
    // The session is asked for before anybody has signed in, and a draft before a reason is given: so it should be.
    if (entry.type() === 'error' && !/status of (?:401|428)\b/.test(entry.text())) faults.push(entry.text());
  });
  await page.goto(office.url);
  return {
    page,
    faults,
    close: async () => {
      await context.close();
    },
  };
}

/** Signs in as the office's administrator, by the form. */
export async function signIn(
  page: Page,
  office: TestOffice,
  words = { username: 'Username', password: 'Password', submit: 'Sign in' },
): Promise<void> {
  await page.getByLabel(words.username, { exact: true }).fill(office.administrator.username);
  await page.getByLabel(words.password, { exact: true }).fill(office.administrator.password);
  await page.getByRole('button', { name: words.submit, exact: true }).click();
  await page.getByRole('heading', { level: 1 }).and(page.locator('#main h1')).waitFor();
}

/** Says, where it is asked for, why something is wanted without masks. */
export async function giveReason(page: Page, words = { reason: 'Reason', submit: 'Reveal' }): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: words.reason }).fill('a customer called');
  await dialog.getByRole('button', { name: words.submit, exact: true }).click();
}
