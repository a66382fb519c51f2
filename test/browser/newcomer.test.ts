import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openBrowser, openConsole, signIn } from '../support/browser.ts';
import { openFailingWork, type FailingWork } from '../support/failing-work.ts';
import { tabAndEnter, tabTo } from '../support/keyboard.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { waitFor } from '../support/services.ts';

const MANY = 12;

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
});

/** An office to which a worker's failures have come just now; the worker is mended meanwhile. */
async function afterAFix(): Promise<{ office: TestOffice; work: FailingWork; end: () => Promise<void> }> {
  const work = await openFailingWork();
  const office = await startOffice({ deadQueues: [work.deadQueue], quietPeriodMs: 1_000 });
  const headers = [
    { name: 'x-failure-type', type: 'string', value: 'TimeoutError' },
    { name: 'x-failure-message', type: 'string', value: 'Order API timed out' },
  ] as const;
  for (let number = 0; number < MANY; number += 1) {
    await work.publish({ properties: {}, headers: [...headers], body: Buffer.from(`{"orderId":"ORD-${number}"}`) });
  }
  await waitFor(
    async () => {
      const { body } = (await office.api.get('/api/messages').query({ status: 'pending' })) as {
        body: { total: number };
      };
      return body.total === MANY;
    },
    { describe: 'the failures', deadlineMs: 30_000 },
  );
  work.worked.length = 0;
  await work.work('ack');
  return {
    office,
    work,
    end: async () => {
      await office.remove();
      await work.remove();
    },
  };
}

const WORDS = {
  en: {
    signIn: { username: 'Username', password: 'Password', submit: 'Sign in' },
    group: /^TimeoutError Order API timed out/,
    selectPage: /^Select all on this page/,
    resend: /^Resend$/,
    press: new RegExp(`^Resend (the first \\d+ of )?${MANY}( messages)?$`),
    open: /^Open the operation$/,
    none: `None came back · ${MANY} settled`,
  },
  ko: {
    signIn: { username: '사용자 이름', password: '비밀번호', submit: '로그인' },
    group: /^TimeoutError Order API timed out/,
    selectPage: /^이 페이지 전체 선택/,
    resend: /^재전송$/,
    press: new RegExp(`${MANY}건`),
    open: /^작업 열기$/,
    none: `다시 실패 없음 · ${MANY}건 정상 종료`,
  },
} as const;

/** All of them arrived at the worker once, and the screen says that none has come back. */
async function sent(page: Page, work: FailingWork, none: string): Promise<void> {
  await page.getByText(none, { exact: true }).waitFor({ timeout: 60_000 });
  expect(work.worked.map(({ body }) => body.toString()).sort()).toEqual(
    Array.from({ length: MANY }, (_one, number) => `{"orderId":"ORD-${number}"}`).sort(),
  );
}

describe('A newcomer who has read nothing', () => {
  it('goes by mouse from the start page to “resent, and none came back”', async () => {
    const { office, work, end } = await afterAFix();
    const { page, faults, close } = await openConsole(browser, office, { locale: 'en' });
    const words = WORDS.en;
    await signIn(page, office, words.signIn);
    await page.getByRole('link', { name: words.group }).first().click();
    await page.getByRole('checkbox', { name: words.selectPage }).check();
    await page.getByRole('toolbar').getByRole('button', { name: words.resend }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: words.press }).click();
    await dialog.getByRole('link', { name: words.open }).click();
    await sent(page, work, words.none);
    expect(faults).toEqual([]);
    await close();
    await end();
  });

  it.each(['en', 'ko'] as const)('goes there in %s without the mouse', async (locale) => {
    const { office, work, end } = await afterAFix();
    const { page, faults, close } = await openConsole(browser, office, { locale });
    const words = WORDS[locale];
    await signIn(page, office, words.signIn);
    await page.getByRole('link', { name: words.group }).first().waitFor();
    await tabAndEnter(page, words.group);
    await page.getByRole('checkbox', { name: words.selectPage }).waitFor();
    await tabTo(page, words.selectPage);
    await page.keyboard.press('Space');
    await page.getByRole('toolbar').waitFor();
    await tabAndEnter(page, words.resend);
    const press = page.getByRole('dialog').getByRole('button', { name: words.press });
    await waitFor(async () => await press.isEnabled(), { describe: 'the question' });
    await tabAndEnter(page, words.press);
    await page.getByRole('dialog').getByRole('link', { name: words.open }).waitFor();
    await tabAndEnter(page, words.open);
    await sent(page, work, words.none);
    expect(faults).toEqual([]);
    await close();
    await end();
  });
});
