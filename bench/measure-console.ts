import type { Page } from 'playwright-core';
import { z } from 'zod';

import { ensureChromium } from '../scripts/launcher/chromium.mjs';
import { MESSAGE_STATUSES, SHELF_OF, type MessageStatus } from '../server/contract/messages.ts';
import { connectDatabase } from '../server/database/connect.ts';
import { Names } from '../server/database/names.ts';
import { encodeCursor } from '../server/web/list-query.ts';
import { openBrowser } from '../test/support/browser.ts';

import { load, openWindow, press, untilThere, type Look } from './console-page.ts';
import type { BenchOptions } from './options.ts';
import { printTable, quantile, whole } from './round-figures.ts';
import type { Setting } from './setting.ts';
import { storeUpTo } from './stored-messages.ts';

/** Stored messages where nobody says how many. */
const ROWS = 1_000_000;
/** Loads from an empty cache, to each round of everything else. */
const LOADS = 4;

/** ms; the most that the slowest twentieth may take. */
const FIRST_ROW_WITHIN = 1_500;
const SERVED_WITHIN = 200;

/** Of twenty messages. Most wait or are done with, as on a desk that is worked at. */
const STATUSES: readonly MessageStatus[] = [
  ...Array.from({ length: 9 }, (): MessageStatus => 'pending'),
  ...Array.from({ length: 5 }, (): MessageStatus => 'settled'),
  ...(['resent', 'resent', 'deleted', 'deleted', 'handled', 'unknown'] as const),
];
const QUEUES = ['orders.cancel', 'orders.refund', 'orders.partner', 'notice.send', 'stock.return', 'points.restore'];
const WORDS = ['refused', '템플릿', '배송이', 'stock service', 'no answer'];

const NEXT = 'button[aria-label="Next page"]:not([disabled])';
const go = (address: string) => `location.hash = ${JSON.stringify(address)};`;

/** Looks at the list of messages in a browser, as an operator waits for it: what is shown, and what the office took. */
export async function measureConsole(setting: Setting, { rows = ROWS, rounds }: BenchOptions): Promise<void> {
  const { office, undo } = setting;
  const started = performance.now();
  const seconds = () => Math.round((performance.now() - started) / 1000);
  const stored = await storeUpTo(setting, rows, () => varyMessages(setting));
  await office.database.query('ANALYZE TABLE failed_messages, deaths, contents, business_keys');
  console.log(`  ${whole(stored)} messages are stored, after ${seconds()} s`);
  process.env['TEST_CHROMIUM'] = await ensureChromium();
  const browser = await openBrowser();
  undo(() => browser.close());
  const list = `${office.url}/#/messages`;

  const cold: Look[] = [];
  for (let turn = 0; turn < LOADS * rounds; turn += 1) {
    const { context, page } = await openWindow(browser, office.url);
    cold.push(await load(page, list));
    await context.close();
  }

  // The last page that has a number, or of few messages one not far from their end.
  const last = Math.min(400, Math.floor(stored / 2 / 25));
  const middle = await middleCursor(setting);
  const { page } = await openWindow(browser, office.url);
  const looks = { pages: [] as Look[], cursor: [] as Look[], deep: [] as Look[], tabs: [] as Look[] };
  const filters = { queue: [] as Look[], text: [] as Look[] };
  for (let round = 1; round <= rounds; round += 1) {
    console.log(`  Round ${round} of ${rounds}, after ${seconds()} s`);
    await load(page, list);
    for (let next = 2; next <= 10; next += 1) looks.pages.push(await pressNext(page));
    await load(page, `${list}?status=all&page=${last}`);
    for (let next = 0; next < 4; next += 1) looks.cursor.push(await pressNext(page));
    await load(page, `${list}?status=all&page=${last + 1}&after=${encodeURIComponent(middle)}`);
    for (let next = 0; next < 4; next += 1) looks.deep.push(await pressNext(page));
    await load(page, list);
    for (const status of [...MESSAGE_STATUSES.filter((one) => STATUSES.includes(one) && one !== 'pending'), 'all']) {
      looks.tabs.push(await press(page, go(`/messages?status=${status}`)));
    }
    await load(page, list);
    for (const queue of QUEUES) filters.queue.push(await press(page, go(`/messages?queue=${queue}`)));
    await load(page, list);
    for (const words of WORDS) {
      filters.text.push(await press(page, go(`/messages?text=${encodeURIComponent(words)}`)));
    }
  }

  printTable(
    `The console's list of messages, 25 out of ${whole(stored)} (ms; limits are of the p95)`,
    ['', 'looks', 'shown p50', 'p95', 'limit', 'served p50', 'p95', 'limit', 'holds'],
    [
      row('cold: until the first row is visible', cold, FIRST_ROW_WITHIN),
      row('next page, 2 to 10', looks.pages),
      row('next page past those with a number, by cursor', looks.cursor),
      row('next page in the middle of all, by cursor', looks.deep),
      row('another status', looks.tabs),
      row('by queue', filters.queue),
      row('by words of the error', filters.text),
    ],
  );
}

async function pressNext(page: Page): Promise<Look> {
  await untilThere(page, NEXT);
  return await press(page, `document.querySelector(${JSON.stringify(NEXT)}).click();`);
}

function row(name: string, looks: readonly Look[], shownWithin = Infinity): string[] {
  const shown = looks.map((one) => one.shown);
  const served = looks.map((one) => one.served);
  const holds = quantile(shown, 0.95) <= shownWithin && quantile(served, 0.95) <= SERVED_WITHIN;
  return [
    name,
    String(looks.length),
    whole(quantile(shown, 0.5)),
    whole(quantile(shown, 0.95)),
    Number.isFinite(shownWithin) ? whole(shownWithin) : '–',
    whole(quantile(served, 0.5)),
    whole(quantile(served, 0.95)),
    whole(SERVED_WITHIN),
    holds ? 'yes' : 'NO',
  ];
}

/** Gives the few messages that are copied different queues and states. */
async function varyMessages({ office }: Setting): Promise<void> {
  const database = connectDatabase({ url: office.databaseUrl, poolSize: 1 });
  try {
    const ids = await new Names(database).idsOf(QUEUES);
    const choice = (of: string, values: readonly string[]) =>
      `ELT(1 + ${of} % ${values.length}, ${values.map((value) => `'${value}'`).join(', ')})`;
    await database.raw(
      `UPDATE failed_messages JOIN deaths ON deaths.id = failed_messages.last_death_id
       SET status = ${choice('failed_messages.id', STATUSES)},
           shelf = ${choice(
             'failed_messages.id',
             STATUSES.map((status) => SHELF_OF[status]),
           )},
           failed_messages.queue_id = ${choice('failed_messages.id DIV 20', [...ids.values()])},
           deaths.queue_id = ${choice('failed_messages.id DIV 20', [...ids.values()])}`,
    );
  } finally {
    await database.destroy();
  }
}

const middleRow = z.tuple([z.object({ id: z.coerce.string() })]);

/** Where half of all messages are newer. */
async function middleCursor({ office }: Setting): Promise<string> {
  const [rows] = await office.database.query(
    'SELECT CAST((MIN(last_death_id) + MAX(last_death_id)) DIV 2 AS CHAR) AS id FROM failed_messages',
  );
  return encodeCursor(['-failedAt', middleRow.parse(rows)[0].id]);
}
