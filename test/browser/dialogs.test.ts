import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { en } from '../../client/src/i18n/en.ts';
import { ko } from '../../client/src/i18n/ko.ts';
import { connectDatabase } from '../../server/database/connect.ts';
import { accessibilityFaults } from '../support/accessibility.ts';
import { openBrowser, openConsole, signIn } from '../support/browser.ts';
import { openDeadQueue, type TestDeadQueue } from '../support/dead-queue.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { waitFor } from '../support/services.ts';

let office: TestOffice;
let dead: TestDeadQueue;
let browser: Browser;
let ids: { message: string; group: string; ended: string; held: string; reject: string };

interface Listed {
  data: { id: string; groupId: string }[];
}

async function listed(path: string, count: number): Promise<Listed['data']> {
  return await waitFor(
    async () => {
      const { data } = (await office.api.get(path).expect(200)).body as Listed;
      return data.length === count ? data : null;
    },
    { describe: `${count} at ${path}`, deadlineMs: 30_000 },
  );
}

/** What every screen and every dialog needs to have something to show. */
beforeAll(async () => {
  dead = await openDeadQueue();
  office = await startOffice({ deadQueues: [dead.name] });
  const destination = await dead.destination();
  const failed = (orderId: string, errorType: string) =>
    dead.bury({
      body: JSON.stringify({ orderId, customer: '김하늘' }),
      messageId: orderId,
      contentType: 'application/json',
      headers: {
        'x-failure-type': errorType,
        'x-failure-message': 'Order API timed out after 3000 ms',
        'x-failure-stack': 'TimeoutError: timed out\n    at cancelOrder (workers/cancel.ts:12:5)',
        'x-failure-queue': destination.queue,
        'x-failure-exchange': destination.exchange,
        'x-failure-routing-key': destination.routingKey,
      },
    });
  for (const number of [1, 2, 3]) await failed(`ORD-${number}`, 'TimeoutError');
  await failed('ORD-4', 'TemplateError');
  const [newest, second, , oldest] = await listed('/api/messages', 4);
  const database = connectDatabase({ url: office.databaseUrl, poolSize: 1 });
  await database.raw(
    `CREATE TRIGGER refuse BEFORE INSERT ON failed_messages FOR EACH ROW
     SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Data too long for column'`,
  );
  await database.destroy();
  await failed('ORD-5', 'TimeoutError');
  const [reject] = await listed('/api/rejects', 1);
  const start = async (id: string | undefined) =>
    (
      await office.api
        .post('/api/operations')
        .send({ action: 'resend', selection: { ids: [id] }, reason: 'deploy 4711' })
    ).body as { id: string };
  const ended = await start(newest?.id);
  await waitFor(
    async () =>
      ((await office.api.get(`/api/operations/${ended.id}`)).body as { status: string }).status === 'finished',
    { describe: 'the operation ends', deadlineMs: 30_000 },
  );
  // From here on resends are frozen: an operation stays to be steered, and the banner stands on every screen.
  await office.api
    .patch('/api/settings')
    .send({ resendsFrozen: { reason: 'the order API is down' } })
    .expect(200);
  const held = await start(second?.id);
  await office.api
    .post('/api/saved-views')
    .send({ name: 'Cancels', address: `deadQueue=${dead.name}`, isShared: true })
    .expect(201);
  ids = {
    ...{ message: oldest?.id ?? '', group: oldest?.groupId ?? '', ended: ended.id, held: held.id },
    reject: reject?.id ?? '',
  };
  browser = await openBrowser();
}, 240_000);

afterAll(async () => {
  await browser.close();
  await office.remove();
  await dead.remove();
});

/** A text with anything in the places of its values, in any of its plural forms. */
function saying(text: string): RegExp {
  const forms = text.split('||||').map((form) =>
    form
      .trim()
      .split(/%\{\w+\}/)
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.+'),
  );
  return new RegExp(`^(?:${forms.join('|')})$`);
}

/** Each language at another size: all four meet in the walk over the screens. */
const WALKS = [
  { locale: 'en' as const, texts: en, on: 'a phone', viewport: { width: 390, height: 844 } },
  { locale: 'ko' as const, texts: ko, on: 'a desk', viewport: { width: 1440, height: 900 } },
];

/** Paper is white, and as wide as the printer has it. */
const PAPER = 'an order on paper';

// Both at a time: axe keeps one core busy.
describe.concurrent.each(WALKS)('In $locale on $on', ({ locale, texts, viewport }) => {
  const press = (page: Page, text: string) =>
    page
      .getByRole('button', { name: saying(text) })
      .first()
      .click();
  const choose = (page: Page, text: string) => page.getByRole('menuitem', { name: saying(text) }).click();
  const dialog = (page: Page) => page.getByRole('dialog').last();
  const heading = async (page: Page, name?: string) => {
    await page
      .locator('#main')
      .getByRole('heading', { level: 1, ...(name === undefined ? {} : { name: saying(name) }) })
      .waitFor();
  };
  const opened = async (page: Page) => {
    await dialog(page).waitFor();
  };
  const selected = async (page: Page) => {
    await page
      .getByRole('checkbox', { name: saying(texts.list.select) })
      .first()
      .check();
  };
  const act = (action: 'resend' | 'delete' | 'handle') => async (page: Page) => {
    await selected(page);
    await page
      .getByRole('toolbar')
      .getByRole('button', { name: saying(texts.action[action]) })
      .click();
    await opened(page);
  };

  /** Where to go, and how to open what is looked at there. */
  const looks: [string, string, (page: Page) => Promise<void>][] = [
    ['an ended operation', `/operations/{ended}`, (page) => heading(page)],
    ['an operation that waits', `/operations/{held}`, (page) => heading(page)],
    ['what is not registered', '/rejects', (page) => page.locator('#main table').waitFor()],
    ['a message that is not registered', '/rejects/{reject}', (page) => page.getByRole('tabpanel').waitFor()],
    ['no such screen', '/nowhere', (page) => page.getByText(texts.app.notFoundTitle).waitFor()],
    ['no such order', '/orders/ORD-999', (page) => heading(page)],
    ...(['headers', 'error', 'deaths', 'timeline', 'properties'] as const).map(
      (tab): [string, string, (page: Page) => Promise<void>] => [
        `the tab ${tab} of a message`,
        `/messages/{message}?tab=${tab}`,
        (page) => page.getByRole('tabpanel').waitFor(),
      ],
    ),
    [
      'several orders',
      '/orders',
      async (page) => {
        await page.getByLabel(texts.orders.severalLabel, { exact: true }).fill('ORD-1\nORD-2\nORD-999');
        await press(page, texts.orders.lookUpCount);
        await page.locator('#main table').waitFor();
      },
    ],
    [
      PAPER,
      '/orders/ORD-1',
      async (page) => {
        // The sheet is made of what was loaded.
        await page.getByText(texts.orders.timeline, { exact: true }).first().waitFor();
        await page.emulateMedia({ media: 'print' });
        await page.evaluate('window.dispatchEvent(new Event("beforeprint"))');
        await page.getByTestId('print').waitFor();
      },
    ],
    ['resend of one', '/messages', act('resend')],
    ['delete', '/messages', act('delete')],
    ['handle', '/messages', act('handle')],
    [
      'resend of a group',
      '/groups/{group}',
      async (page) => {
        await press(page, texts.action.resend);
        await opened(page);
        await dialog(page).getByRole('radio', { name: texts.dialog.targetCustom }).check();
        await dialog(page).getByRole('list', { name: texts.dialog.sample }).waitFor();
      },
    ],
    [
      'the question about unsaved edits',
      '/messages',
      async (page) => {
        await act('delete')(page);
        await dialog(page).getByRole('textbox').fill('deploy 4711');
        await page.keyboard.press('Escape');
        await page.getByRole('dialog', { name: texts.unsaved.title }).waitFor();
      },
    ],
    [
      'the freeze',
      '/messages',
      async (page) => {
        await page.getByRole('button', { name: new RegExp(`^${texts.frame.account}`) }).click();
        await choose(page, texts.frozen.thaw);
        await opened(page);
      },
    ],
    [
      'the account',
      '/messages',
      async (page) => {
        await page.getByRole('button', { name: new RegExp(`^${texts.frame.account}`) }).click();
        await page.getByRole('menuitem', { name: texts.frame.signOut }).waitFor();
      },
    ],
    [
      'merge',
      '/groups/{group}',
      async (page) => {
        await press(page, texts.groups.merge);
        await dialog(page).getByRole('checkbox').first().waitFor();
      },
    ],
    [
      'the views',
      '/messages',
      async (page) => {
        await press(page, texts.views.open);
        await page.getByRole('menuitem', { name: texts.views.save }).waitFor();
      },
    ],
    [
      'save a view',
      '/messages',
      async (page) => {
        await press(page, texts.views.open);
        await choose(page, texts.views.save);
        await opened(page);
      },
    ],
    [
      'the filters',
      '/messages',
      async (page) => {
        await press(page, texts.filter.add);
        await opened(page);
      },
    ],
    [
      'import',
      '/rejects',
      async (page) => {
        await press(page, texts.rejects.import);
        await opened(page);
      },
    ],
    [
      'add a dead queue',
      '/dead-queues',
      async (page) => {
        await press(page, texts.deadQueues.add);
        await opened(page);
      },
    ],
    [
      'the settings of a dead queue',
      '/dead-queues',
      async (page) => {
        await press(page, texts.deadQueues.settingsButton);
        await opened(page);
      },
    ],
    [
      'remove a dead queue',
      '/dead-queues',
      async (page) => {
        await press(page, texts.common.remove);
        await opened(page);
      },
    ],
    [
      'the pace of an operation',
      '/operations/{held}',
      async (page) => {
        await press(page, texts.operations.changeRate);
        await opened(page);
      },
    ],
    [
      'cancel an operation',
      '/operations/{held}',
      async (page) => {
        await press(page, texts.operations.cancel);
        await opened(page);
      },
    ],
    [
      'the keys',
      '/operations',
      async (page) => {
        await heading(page);
        await page.keyboard.press('?');
        await opened(page);
      },
    ],
    [
      'the audit',
      '/audit-events',
      async (page) => {
        await page.locator('#main table').waitFor();
      },
    ],
  ];

  async function barriersOf(
    page: Page,
    what: string,
    address: string,
    open: (page: Page) => Promise<void>,
    width: number,
  ): Promise<string[]> {
    const found: string[] = [];
    await page.emulateMedia({ media: 'screen', colorScheme: 'light' });
    await page.goto('about:blank');
    await page.goto(`${office.url}/#${address.replace(/\{(\w+)\}/, (_, name: keyof typeof ids) => ids[name])}`);
    await open(page);
    if (what === PAPER) return (await accessibilityFaults(page)).map((fault) => `${what}: ${fault}`);
    const wide = Number(await page.evaluate('document.documentElement.scrollWidth'));
    if (wide > width) found.push(`${what} is wider than the screen: ${wide}`);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await waitFor(
        async () => (await page.evaluate('getComputedStyle(document.documentElement).colorScheme')) === colorScheme,
        { describe: `${what} is ${colorScheme}`, deadlineMs: 20_000 },
      );
      const faults = await accessibilityFaults(page, colorScheme === 'light' ? 'all' : 'colours');
      found.push(...faults.map((fault) => `${what}, ${colorScheme}: ${fault}`));
    }
    return found;
  }

  it('what opens opens for everybody, light and dark', { timeout: 600_000 }, async () => {
    const { page, faults, close } = await openConsole(browser, office, { locale, viewport });
    const barriers: string[] = [];
    try {
      await signIn(page, office, {
        username: texts.session.username,
        password: texts.session.password,
        submit: texts.session.submit,
      });
      for (const [what, address, open] of looks) {
        try {
          barriers.push(...(await barriersOf(page, what, address, open, viewport.width)));
        } catch (error) {
          barriers.push(`${what}: ${String(error)}`);
        }
      }
      expect([...new Set(barriers)]).toEqual([]);
      // The order that is not there answers 404, as it should.
      expect(faults.filter((fault) => !fault.includes('404'))).toEqual([]);
    } finally {
      await close();
    }
  });
});
