import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { connectDatabase, type Database } from '../../server/database/connect.ts';
import { openBrowser, giveReason, openConsole, signIn, type ConsolePage } from '../support/browser.ts';
import { openDeadQueue, type TestDeadQueue } from '../support/dead-queue.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { waitFor } from '../support/services.ts';

let office: TestOffice;
let dead: TestDeadQueue;
let database: Database;
let browser: Browser;
let desk: ConsolePage;
let page: Page;

beforeAll(async () => {
  dead = await openDeadQueue();
  office = await startOffice({ deadQueues: [dead.name] });
  database = connectDatabase({ url: office.databaseUrl, poolSize: 2 });
  browser = await openBrowser();
  desk = await openConsole(browser, office);
  page = desk.page;
  await signIn(page, office);
});

afterAll(async () => {
  await desk.close();
  await browser.close();
  await database.destroy();
  await office.remove();
  await dead.remove();
});

async function rejected(count: number): Promise<void> {
  await waitFor(async () => ((await office.api.get('/api/rejects')).body as { total: number }).total === count, {
    describe: `${count} messages that are not registered`,
    deadlineMs: 20_000,
  });
}

async function register(): Promise<void> {
  await page.getByRole('link', { name: 'Manual registration' }).click();
  await page.getByRole('heading', { level: 1, name: 'Manual registration' }).waitFor();
}

describe('An operator whose database refused some messages', () => {
  it('sees why, looks at one, and registers them when the cause is mended', async () => {
    await register();
    await page.getByText('Everything is registered').waitFor();

    await database.raw(
      `CREATE TRIGGER refuse BEFORE INSERT ON failed_messages FOR EACH ROW
       IF NEW.message_id LIKE 'poison%' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Data too long for column'; END IF`,
    );
    for (const number of [1, 2, 3]) {
      await dead.bury({
        body: JSON.stringify({ orderId: `ORD-${number}`, customer: '김하늘' }),
        messageId: `poison-${number}`,
        contentType: 'application/json',
        headers: { attempt: number, tenant: 'kr' },
      });
    }
    await rejected(3);
    await page.reload();
    await page.getByText('ER_SIGNAL_EXCEPTION: Data too long for column').first().waitFor();
    expect(await page.getByRole('row').count()).toBe(4);

    await page.getByRole('row').nth(1).getByRole('link').click();
    await page.getByRole('heading', { level: 1, name: `Not registered: a message of ${dead.name}` }).waitFor();
    expect(await page.getByTestId('body').textContent()).toContain('"customer": "김하늘"');
    await page.getByRole('tab', { name: 'Headers' }).click();
    await page.getByRole('row', { name: /tenant string kr/ }).waitFor();
    await page.getByRole('button', { name: 'Register', exact: true }).click();
    await page.getByText('1 could not be registered and stays where it is').waitFor();

    await database.raw('DROP TRIGGER refuse');
    await page.getByRole('button', { name: 'Register', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: /It arrived in|nothing in it says why/ }).waitFor();
    await page.getByRole('tab', { name: 'Timeline' }).click();
    await page.getByText('Registered by hand by operator').waitFor();

    await register();
    await page.getByRole('checkbox', { name: 'Select all on this page' }).check();
    await page.getByRole('button', { name: 'Register 2 messages' }).click();
    await page.getByText('2 registered').waitFor();
    await page.getByText('Everything is registered').waitFor();
    await page.getByRole('link', { name: 'Failed messages' }).click();
    await page.getByText('1–3 of 3').waitFor();
  });

  it('exports the messages, and imports the file: a line that is broken is told of, nothing is added twice', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'console-export-'));
    await page.goto(`${office.url}/#/messages`);
    await page.getByRole('button', { name: 'Export' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: /NDJSON/ }).click();
    await giveReason(page, { reason: 'Reason', submit: 'Export' });
    const file = path.join(folder, 'failed-messages.ndjson');
    await (await download).saveAs(file);
    const text = await readFile(file, 'utf8');
    expect(text.trim().split('\n').length).toBe(3);
    await writeFile(file, `${text}{"torn\n`);

    await register();
    await page.getByRole('button', { name: 'Import a file' }).click();
    const dialog = page.getByRole('dialog', { name: 'Import a file' });
    await dialog.locator('input[type=file]').setInputFiles(file);
    await dialog.getByRole('button', { name: 'Import' }).click();
    await dialog.getByText('3 were registered before: nothing was added').waitFor();
    await dialog.getByText('Line 4').waitFor();
    await dialog.getByText('It is no JSON.').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await rm(folder, { recursive: true, force: true });
  });

  it('chooses for each dead queue whether its messages wait for the database', async () => {
    await page.goto(`${office.url}/#/dead-queues`);
    await page.getByRole('button', { name: `Settings of ${dead.name}` }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('They wait in the queue until the database is back.').waitFor();
    await dialog.getByLabel('Take them into the intake journal').check();
    await dialog.getByText('For queues with a TTL or a length limit').waitFor();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'hidden' });
    const queues = await office.api.get('/api/dead-queues').expect(200);
    expect((queues.body as { data: unknown[] }).data).toMatchObject([{ whenDatabaseAway: 'journal' }]);
  });

  it('met no error of the page', () => {
    expect(desk.faults).toEqual([]);
  });
});
