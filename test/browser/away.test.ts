import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openBrowser, openConsole, signIn, type ConsolePage } from '../support/browser.ts';
import { openDeadQueue, type TestDeadQueue } from '../support/dead-queue.ts';
import { deskOf } from '../support/office-desk.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { createTestDatabase, testServices, waitFor, type TestDatabase } from '../support/services.ts';
import { openTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

let made: TestDatabase;
let toDatabase: TcpProxy;
let toBroker: TcpProxy;
let dead: TestDeadQueue;
let leaky: TestDeadQueue;
let office: TestOffice;
let browser: Browser;
let desk: ConsolePage;
let page: Page;

beforeAll(async () => {
  made = await createTestDatabase();
  toDatabase = await openTcpProxy(made.url);
  toBroker = await openTcpProxy(testServices().amqpUrl);
  dead = await openDeadQueue();
  leaky = await openDeadQueue({
    arguments: { 'x-message-ttl': 86_400_000, 'x-max-length': 1000, 'x-dead-letter-exchange': 'amq.fanout' },
  });
  await dead.bury({ body: '{"orderId":"ORD-1"}', headers: { 'x-failure-message': 'stock not found' } });
  office = await startOffice({
    databaseUrl: toDatabase.through(made.url),
    amqpUrl: toBroker.through(testServices().amqpUrl),
    deadQueues: [dead.name, leaky.name],
  });
  await deskOf(office).failed(dead.name, 1);
  browser = await openBrowser();
  desk = await openConsole(browser, office);
  page = desk.page;
  await signIn(page, office);
});

afterAll(async () => {
  await desk.close();
  await browser.close();
  await office.remove();
  await toDatabase.close();
  await toBroker.close();
  await made.drop();
  await dead.remove();
  await leaky.remove();
});

const SCREENS = ['/messages', '/operations', '/dead-queues', '/audit-events', '/settings', '/orders/ORD-1'];

async function visit(address: string): Promise<void> {
  await page.goto(`${office.url}/#${address}`);
}

/** For whoever looks at the pages by eye. */
async function picture(name: string): Promise<void> {
  const directory = process.env['TEST_SCREENSHOTS'];
  if (directory !== undefined) await page.screenshot({ path: `${directory}/${name}.png` });
}

describe('The console', () => {
  it('with the database hanging says so within two seconds on every screen, and comes back by itself', async () => {
    await visit('/messages');
    await page.getByText('stock not found').first().waitFor();
    const banner = page.getByTestId('health-banner');
    expect(await banner.count()).toBe(0);

    toDatabase.stall();
    // The screen that is open learns it, though nobody touches it.
    await banner.getByText(/The database is away/).waitFor({ timeout: 2_500 });
    for (const screen of SCREENS) {
      await visit(screen);
      await page.reload();
      const started = performance.now();
      await page
        .getByText(/database is away/i)
        .first()
        .waitFor({ timeout: 5_000 });
      expect([screen, performance.now() - started < 2_000]).toEqual([screen, true]);
    }
    await picture('database-away');

    toDatabase.flow();
    await banner.waitFor({ state: 'detached', timeout: 10_000 });
    await visit('/messages');
    await page.getByText('stock not found').first().waitFor({ timeout: 10_000 });
  });

  it('without the broker still lists and shows, and says what waits', async () => {
    await toBroker.refuse();
    toBroker.cut();
    await page
      .getByTestId('health-banner')
      .getByText(/RabbitMQ/)
      .first()
      .waitFor({ timeout: 5_000 });
    await visit('/messages');
    await page.getByText('stock not found').first().click();
    await page.getByTestId('body').waitFor();
    await picture('broker-away');
    await toBroker.accept();
    await page.getByTestId('health-banner').waitFor({ state: 'detached', timeout: 30_000 });
  });

  it('shows the risks of a dead queue, each with its mend, in the list and before one is added', async () => {
    await visit('/dead-queues');
    const row = page.getByRole('article', { name: leaky.name });
    await row.getByText(/drops messages that wait here longer than/).waitFor();
    await row.getByText('Take the message TTL from the queue or its policy.').waitFor();
    await row.getByText(/goes to the exchange amq\.fanout, past the office/).waitFor();
    await picture('dead-queues');

    const quorum = await openDeadQueue({ arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 3 } });
    try {
      await page.getByRole('button', { name: 'Watch a dead queue' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Queue name').fill(quorum.name);
      await dialog.getByText(/after 3 returns/).waitFor();
      await dialog.getByText('Type: quorum').waitFor();
      await picture('dead-queue-preflight');
      await dialog.getByLabel('Queue name').fill(`${quorum.name}.gone`);
      await dialog.getByText(/RabbitMQ has no queue of this name\. It can be added/).waitFor();
      await dialog.getByRole('button', { name: 'Cancel' }).click();
    } finally {
      await quorum.remove();
    }
  });

  it('threw nothing meanwhile', async () => {
    // What the browser itself says of answers with 503 and cut connections is what was to be seen.
    const own = desk.faults.filter((fault) => !/503|Failed to load resource|ERR_/.test(fault));
    expect(own).toEqual([]);
    await waitFor(async () => (await fetch(`${office.url}/health/ready`)).ok);
  });
});
