import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { accessibilityFaults } from '../support/accessibility.ts';
import { openBrowser, openConsole, signIn } from '../support/browser.ts';
import { openDeadQueue, type TestDeadQueue } from '../support/dead-queue.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { waitFor } from '../support/services.ts';

let office: TestOffice;
let dead: TestDeadQueue;
let browser: Browser;
let messageId: string;
let groupId: string;

beforeAll(async () => {
  dead = await openDeadQueue();
  office = await startOffice({ deadQueues: [dead.name] });
  await dead.bury({
    body: '{"orderId":"ORD-1"}',
    headers: { 'x-failure-type': 'TimeoutError', 'x-failure-queue': 'orders.cancel' },
  });
  const message = await waitFor(
    async () => {
      const response = await office.api.get('/api/messages');
      return (response.body as { data: { id: string; groupId: string }[] }).data[0];
    },
    { describe: 'the message is listed', deadlineMs: 20_000 },
  );
  messageId = message.id;
  groupId = message.groupId;
  browser = await openBrowser();
});

afterAll(async () => {
  await browser.close();
  await office.remove();
  await dead.remove();
});

const LANGUAGES = [
  {
    locale: 'en' as const,
    words: { username: 'Username', password: 'Password', submit: 'Sign in' },
    titles: {
      '': 'Overview',
      groups: 'Groups',
      messages: 'Failed messages',
      orders: 'Orders',
      operations: 'Operations',
      'dead-queues': 'Dead queues',
      rejects: 'Manual registration',
      'audit-events': 'Audit',
      settings: 'Settings',
      'account/tokens': 'API tokens',
      users: 'Users',
      account: 'My account',
    },
    headline: /^orders\.cancel failed on it/,
  },
  {
    locale: 'ko' as const,
    words: { username: '사용자 이름', password: '비밀번호', submit: '로그인' },
    titles: {
      '': '개요',
      groups: '그룹',
      messages: '실패 메시지',
      orders: '주문',
      operations: '작업',
      'dead-queues': '데드 큐',
      rejects: '수동 등록',
      'audit-events': '감사 기록',
      settings: '설정',
      'account/tokens': 'API 토큰',
      users: '사용자',
      account: '내 계정',
    },
    headline: /^orders\.cancel 큐에서 처리 실패/,
  },
];
const SIZES = [
  { name: 'a desk', viewport: { width: 1440, height: 900 } },
  { name: 'a phone', viewport: { width: 390, height: 844 } },
];

// All at a time: axe keeps one core busy.
describe.concurrent.each(LANGUAGES)('In $locale', ({ locale, words, titles, headline }) => {
  it.each(SIZES)(
    'every screen opens on $name, for everybody, nothing sticks out, no text is missing',
    async ({ viewport }) => {
      const { page, faults, close } = await openConsole(browser, office, { locale, viewport });
      const barriers: string[] = [];
      try {
        await page.getByRole('button', { name: words.submit, exact: true }).waitFor();
        barriers.push(...(await accessibilityFaults(page)).map((fault) => `signing in: ${fault}`));
        await signIn(page, office, words);
        expect(await page.locator('html').getAttribute('lang')).toBe(locale);
        const screens: [string, string | RegExp][] = [
          ...Object.entries(titles).map(([name, title]): [string, string] => [`/${name}`, title]),
          [`/messages/${messageId}`, headline],
          [`/groups/${groupId}`, /TimeoutError/],
          ['/orders/ORD-1', 'ORD-1'],
        ];
        for (const [address, title] of screens) {
          await page.goto(`${office.url}/#${address}`);
          await page.getByRole('heading', { level: 1, name: title }).waitFor();
          const text = (await page.locator('body').textContent()) ?? '';
          // A missing text shows its key.
          expect(text, address).not.toMatch(
            /\b(?:errors|items|status|filter|column|headline|messages|operations|deadQueues|dialog|dialogMore|hold|stops|frozen|settings|overview|groups|users|account|sessions|password|tokens|approval)\.[a-z]+[A-Z.]?\w*\b(?!\w*@)/,
          );
          const width = Number(await page.evaluate('document.documentElement.scrollWidth'));
          expect(width, `${address} is wider than the screen`).toBeLessThanOrEqual(viewport.width);
          barriers.push(...(await accessibilityFaults(page)).map((fault) => `${address}: ${fault}`));
        }
        expect(barriers).toEqual([]);
        expect(faults).toEqual([]);
      } finally {
        await close();
      }
    },
  );
});
