import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { accessibilityFaults } from '../support/accessibility.ts';
import { openBrowser, openConsole, signIn, type ConsolePage } from '../support/browser.ts';
import { openDeadQueue, type TestDeadQueue, type TestDestination } from '../support/dead-queue.ts';
import { deskOf } from '../support/office-desk.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { switchMasksOff } from '../support/reveal.ts';
import { waitFor } from '../support/services.ts';

/** Two red pixels. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAADUlEQVR4nGP4z8AARAAI/gH/xp559wAAAABJRU5ErkJggg==',
  'base64',
);
const MARK = 'x-dead-letter-office-id';

let office: TestOffice;
let dead: TestDeadQueue;
let worker: TestDestination;
let browser: Browser;
/** Three of one failure, oldest first; the second was resent and came back. */
let ids: string[];

/** An ordinary failed order: about twenty lines of JSON, eight headers, an error with its stack. */
const failed = (orderId: string, headers: Record<string, unknown> = {}) => ({
  contentType: 'application/json',
  body: JSON.stringify({
    orderId,
    customer: { name: '김하늘', tier: 'gold' },
    amount: 48_900,
    lines: [
      { sku: 'LMP-0305', count: 1, price: 48_900 },
      { sku: 'BLB-0011', count: 4, price: 3200.5 },
    ],
    reason: 'customer asked',
    currency: 'KRW',
  }),
  headers: {
    'x-failure-reason': 'rejected',
    'x-failure-type': 'TimeoutError',
    'x-failure-message': 'Order API timed out after 3000 ms',
    'x-failure-stack': 'TimeoutError: Order API timed out after 3000 ms\n    at cancelOrder (workers/cancel.ts:48:11)',
    'x-failure-exchange': worker.exchange,
    'x-failure-routing-key': worker.routingKey,
    'x-failure-queue': worker.queue,
    tenant: 'kr',
    ...headers,
  },
});

beforeAll(async () => {
  dead = await openDeadQueue();
  worker = await dead.destination();
  office = await startOffice({ deadQueues: [dead.name] });
  // Of bodies that are no text nobody can say what is in them: they are shown where nothing is masked.
  await switchMasksOff(office.api);
  const desk = deskOf(office);
  ids = [];
  for (const orderId of ['ORD-1', 'ORD-2', 'ORD-3']) {
    await dead.bury(failed(orderId));
    ids = (await desk.failed(dead.name, ids.length + 1)).map(({ id }) => id);
  }
  await desk.resend([second()], { reason: 'order API fixed' });
  const arrived = await waitFor(() => worker.arrived[0], { describe: 'the worker has it again' });
  const mark = arrived.headers?.find(({ name }) => name === MARK)?.value;
  await dead.bury(failed('ORD-2', { [MARK]: mark }));
  await desk.until(second(), ({ failureCount }) => failureCount === 2, 'it came back');
  browser = await openBrowser();
});

afterAll(async () => {
  await browser.close();
  await office.remove();
  await dead.remove();
});

function second(): string {
  const id = ids[1];
  if (id === undefined) throw new Error('Three messages are to be there.');
  return id;
}

const LANGUAGES = [
  {
    locale: 'en' as const,
    words: {
      signIn: { username: 'Username', password: 'Password', submit: 'Sign in' },
      way: 'The way it took',
      cameBack: /Resend by operator.*confirmed.*came back/,
      body: 'Body',
      stack: 'Stack trace',
      headers: 'Headers',
      search: 'Search in the body',
      found: '1 of 1',
      lines: '"lines": 2 entries',
      compareWith: 'Compare with …',
      before: /^The one that failed before it/,
      onlyRight: 'only on the right',
    },
  },
  {
    locale: 'ko' as const,
    words: {
      signIn: { username: '사용자 이름', password: '비밀번호', submit: '로그인' },
      way: '메시지가 지나온 길',
      cameBack: /operator: 재전송.*확인됨.*다시 실패/,
      body: '본문',
      stack: '스택 트레이스',
      headers: '헤더',
      search: '본문에서 찾기',
      found: '1개 중 1번째',
      lines: '"lines": 항목 2개',
      compareWith: '다른 메시지와 비교',
      before: /^바로 전에 실패한 메시지/,
      onlyRight: '오른쪽에만 있음',
    },
  },
];
type Words = (typeof LANGUAGES)[number]['words'];

async function signedIn(
  locale: 'en' | 'ko',
  words: Words,
  viewport: { width: number; height: number },
): Promise<ConsolePage> {
  const desk = await openConsole(browser, office, { locale, viewport });
  await desk.page.getByRole('button', { name: words.signIn.submit, exact: true }).waitFor();
  await signIn(desk.page, office, words.signIn);
  return desk;
}

const widthOf = async (page: Page) => Number(await page.evaluate('document.documentElement.scrollWidth'));

describe.each(LANGUAGES)('The page of a message in $locale', ({ locale, words }) => {
  it('has the sentence, the way, the body and the error on one screen, and is used by keys alone', async () => {
    const { page, faults, close } = await signedIn(locale, words, { width: 1440, height: 900 });
    try {
      await page.goto(`${office.url}/#/messages/${second()}`);
      const way = page.getByRole('region', { name: words.way });
      await way.getByText(worker.queue).waitFor();
      await waitFor(async () => words.cameBack.test((await way.textContent()) ?? ''), {
        describe: 'the way with its resend',
      });
      const body = page.getByRole('region', { name: words.body, exact: true });
      for (const shown of [
        page.getByRole('heading', { level: 1 }),
        way,
        body,
        page.getByRole('region', { name: words.stack }),
        page.getByRole('region', { name: words.headers }),
      ]) {
        const box = await shown.boundingBox();
        expect(box && box.y + box.height).toBeLessThanOrEqual(900);
      }
      expect(Number(await page.evaluate('document.documentElement.scrollHeight'))).toBeLessThanOrEqual(900);
      expect(await accessibilityFaults(page)).toEqual([]);

      await page.keyboard.press('/');
      await page.keyboard.type('하늘');
      await page.getByText(words.found, { exact: true }).waitFor();
      expect(await body.locator('mark').textContent()).toBe('하늘');
      await page.keyboard.press('Escape');
      await body.focus();
      await page.keyboard.press('Tab');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowLeft');
      const lines = body.getByRole('button', { name: words.lines });
      expect(await lines.getAttribute('aria-expanded')).toBe('false');
      expect(await body.textContent()).not.toContain('LMP-0305');
      await page.keyboard.press('Enter');
      expect(await lines.getAttribute('aria-expanded')).toBe('true');
      expect(await body.textContent()).toContain('LMP-0305');

      await page.getByRole('button', { name: words.compareWith }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('menuitem', { name: words.before }).press('Enter');
      await page.waitForURL(/#\/messages\/compare\?left=\d+&right=\d+$/);
      const diff = page.getByRole('table', { name: words.body });
      await diff.getByText('"orderId": "ORD-2"').waitFor();
      expect(await diff.textContent()).toContain(words.onlyRight);
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(faults).toEqual([]);
    } finally {
      await close();
    }
  });

  it('goes on over the border of the list’s page and back, by keys', async () => {
    const { page, close } = await signedIn(locale, words, { width: 1440, height: 900 });
    try {
      await page.goto(`${office.url}/#/messages?perPage=2`);
      await page.locator('[data-message-id] a').first().waitFor();
      const rows = page.locator('[data-message-id]');
      const order = await Promise.all([0, 1].map((row) => rows.nth(row).getAttribute('data-message-id')));
      const last = ids.find((id) => !order.includes(id));
      await page.keyboard.press('j');
      await page.keyboard.press('j');
      await page.keyboard.press('Enter');
      await page.waitForURL(`**/#/messages/${order[1] ?? ''}`);
      await page.locator(`a[aria-keyshortcuts="j"][href="#/messages/${last ?? ''}"]`).waitFor();
      await page.keyboard.press('j');
      await page.waitForURL(`**/#/messages/${last ?? ''}`);
      await page.locator(`a[aria-keyshortcuts="k"][href="#/messages/${order[1] ?? ''}"]`).waitFor();
      await page.keyboard.press('k');
      await page.waitForURL(`**/#/messages/${order[1] ?? ''}`);
    } finally {
      await close();
    }
  });

  it('fits a phone, and so does the comparison', async () => {
    const { page, faults, close } = await signedIn(locale, words, { width: 390, height: 844 });
    try {
      for (const address of [
        `/messages/${second()}`,
        `/messages/compare?left=${ids[0] ?? ''}&right=${second()}&show=all`,
      ]) {
        await page.goto(`${office.url}/#${address}`);
        await page.getByText('"orderId"').first().waitFor();
        expect(await widthOf(page), address).toBeLessThanOrEqual(390);
        expect(await accessibilityFaults(page), address).toEqual([]);
      }
      expect(faults).toEqual([]);
    } finally {
      await close();
    }
  });
});

describe('A body that is an image', () => {
  it('is drawn from its bytes under the content security policy; what only says so is hex', async () => {
    const [en] = LANGUAGES;
    if (!en) throw new Error('English is there.');
    await dead.bury({ contentType: 'image/png', body: PNG, headers: { 'order-id': 'IMG-1' } });
    await dead.bury({
      contentType: 'image/png',
      body: Buffer.from('<script>1</script>\u0000'),
      headers: { 'order-id': 'IMG-2' },
    });
    const found = await deskOf(office).failed(dead.name, 5);
    const idOf = (orderId: string) => found.find(({ keys }) => keys['orderId']?.includes(orderId))?.id ?? '';
    const { page, faults, close } = await signedIn('en', en.words, { width: 1440, height: 900 });
    try {
      await page.goto(`${office.url}/#/messages/${idOf('IMG-1')}`);
      const image = page.getByRole('img', { name: 'The body as an image: image/png, 2 × 1 pixels' });
      await image.waitFor();
      expect(await image.evaluate((drawn: { naturalWidth: number }) => drawn.naturalWidth)).toBe(2);
      await page.getByRole('button', { name: 'Hex' }).click();
      await page
        .getByTestId('body')
        .getByText(/^00000000\s+89 50 4e 47/)
        .waitFor();
      await page.goto(`${office.url}/#/messages/${idOf('IMG-2')}`);
      await page.getByText(/^It is not an image of the kind/).waitFor();
      expect(await page.locator('img').count()).toBe(0);
      expect(faults).toEqual([]);
    } finally {
      await close();
    }
  });
});
