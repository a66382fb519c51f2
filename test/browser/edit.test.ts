import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { en } from '../../client/src/i18n/en.ts';
import { ko } from '../../client/src/i18n/ko.ts';
import type { List } from '../../server/contract/schemas/lists.ts';
import type { Message } from '../../server/contract/schemas/messages.ts';
import { accessibilityFaults } from '../support/accessibility.ts';
import { openBrowser, giveReason, openConsole, signIn } from '../support/browser.ts';
import { openFailingWork, type FailingWork } from '../support/failing-work.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { waitFor } from '../support/services.ts';

let office: TestOffice;
let work: FailingWork;
let browser: Browser;

beforeAll(async () => {
  work = await openFailingWork();
  office = await startOffice({ deadQueues: [work.deadQueue] });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await office.remove();
  await work.remove();
});

/** A message that the worker has just rejected; what comes from now on it takes. */
async function failOnce(body: string): Promise<Message> {
  await work.work('reject');
  await work.publish({ properties: { contentType: 'application/json' }, headers: [], body: Buffer.from(body) });
  const message = await waitFor(
    async () => {
      const { data } = (await office.api.get('/api/messages').query({ status: 'pending', perPage: 1 }))
        .body as List<Message>;
      return data[0];
    },
    { describe: 'the failure', deadlineMs: 20_000 },
  );
  work.worked.length = 0;
  await work.work('ack');
  return message;
}

describe.each([
  { locale: 'en' as const, texts: en, viewport: { width: 1440, height: 900 } },
  { locale: 'ko' as const, texts: ko, viewport: { width: 390, height: 844 } },
])('In $locale', ({ locale, texts, viewport }) => {
  it('a message is edited to the byte, compared, given a reason, sent, and read beside what it was', async () => {
    const body = '{"orderId":"ORD-1","amount":9007199254740993}\r\n';
    const message = await failOnce(body);
    const { page, faults, close } = await openConsole(browser, office, { locale, viewport });
    const barriers: string[] = [];
    const look = async (what: string) => {
      const width = Number(await page.evaluate('document.documentElement.scrollWidth'));
      if (width > viewport.width) barriers.push(`${what} is wider than the screen: ${width}`);
      barriers.push(...(await accessibilityFaults(page)).map((fault) => `${what}: ${fault}`));
    };
    const { username, password, submit } = texts.session;
    await signIn(page, office, { username, password, submit });
    await page.goto(`${office.url}/#/messages/${message.id}`);
    await page.getByTestId('body').waitFor();
    await page.keyboard.press('e');
    await page.getByRole('button', { name: texts.masking.revealAsk }).click();
    await look('the question for the reason');
    await giveReason(page, { reason: texts.masking.reason, submit: texts.masking.reveal });
    await page.getByRole('textbox', { name: texts.tab.body, exact: true }).click();
    await look('the editor');
    await page.keyboard.press('ControlOrMeta+Home');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.insertText('"note":"한글",');
    await page.getByRole('button', { name: texts.edit.review }).click();
    await page.getByRole('textbox', { name: texts.dialog.reason }).fill('a note is missing');
    await look('the review');
    await page.getByRole('button', { name: texts.edit.send }).click();
    await page.getByRole('link', { name: texts.dialog.openOperation }).waitFor();
    await waitFor(() => work.worked.length === 1, { describe: 'the edited message' });
    expect(work.worked[0]?.body.toString()).toBe(body.replace('{', '{"note":"한글",'));
    const { body: detail } = (await office.api.get(`/api/messages/${message.id}`)) as {
      body: { edits: { id: string }[] };
    };
    await page.goto(`${office.url}/#/messages/${message.id}/edits/${detail.edits[0]?.id ?? ''}`);
    await page.locator('.cm-content').first().waitFor();
    await look('what was sent');
    expect([barriers, faults]).toEqual([[], []]);
    await close();
  });
});
