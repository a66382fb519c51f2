import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openBrowser, openConsole, signIn, type ConsolePage } from '../support/browser.ts';
import { openDeadQueue, type TestDeadQueue, type TestDestination } from '../support/dead-queue.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { waitFor } from '../support/services.ts';

const MANY = 230;

let office: TestOffice;
let dead: TestDeadQueue;
let worker: TestDestination;
let browser: Browser;
let desk: ConsolePage;
let page: Page;

async function bury(count: number, errorType: string): Promise<void> {
  for (let number = 0; number < count; number += 1) {
    await dead.bury({
      body: JSON.stringify({ orderId: `ORD-${errorType}-${number}` }),
      headers: {
        'x-failure-reason': 'error',
        'x-failure-type': errorType,
        'x-failure-message': 'Order API timed out after 3000 ms',
        'x-failure-exchange': worker.exchange,
        'x-failure-routing-key': worker.routingKey,
        'x-failure-queue': worker.queue,
      },
    });
  }
  await waitFor(
    async () => {
      const response = await office.api.get('/api/messages').query({ errorType, status: 'pending' });
      return (response.body as { total: number }).total === count;
    },
    { describe: `${count} are pending`, deadlineMs: 60_000 },
  );
}

beforeAll(async () => {
  dead = await openDeadQueue();
  worker = await dead.destination();
  office = await startOffice({ deadQueues: [dead.name] });
  await bury(MANY, 'TimeoutError');
  await bury(1, 'OtherError');
  browser = await openBrowser();
  desk = await openConsole(browser, office);
  page = desk.page;
  await signIn(page, office);
});

afterAll(async () => {
  await desk.close();
  await browser.close();
  await office.remove();
  await dead.remove();
});

/** Opens the dialog to resend all that an error type matches, selected by the filter. */
async function resendAll(errorType: string) {
  await page.goto(`${office.url}/#/messages?errorType=${errorType}`);
  await page.getByRole('checkbox', { name: 'Select all on this page' }).check();
  const all = page.getByRole('button', { name: `Select all ${MANY} that match this filter` });
  if (errorType === 'TimeoutError') await all.click();
  await page.getByRole('toolbar').getByRole('button', { name: 'Resend', exact: true }).click();
  return page.getByRole('dialog');
}

describe('An operator with hundreds of failures of one cause', () => {
  it('resends all that match: a few first, then asked, then the rest, and each message arrives once', async () => {
    const dialog = await resendAll('TimeoutError');
    const press = dialog.getByRole('button', { name: `Resend the first 10 of ${MANY}` });
    await press.waitFor();
    expect(await press.isDisabled()).toBe(true);
    await dialog.getByLabel(/^Reason/).fill('order API fixed');
    await dialog.getByLabel('Minutes to wait').fill('0');
    await press.click();

    const hold = page.getByTestId('hold');
    await hold.getByText(/Delivered: 10\. Came back: 0\. Not delivered: 0\./).waitFor();
    await page.getByText(`10 of ${MANY}`).waitFor();
    await page.getByTestId('operation-filter-errorType').getByText('TimeoutError').waitFor();
    expect(worker.arrived).toHaveLength(10);
    await page.reload();
    await hold.getByRole('button', { name: 'Go on' }).click();
    await page.getByText('finished', { exact: true }).waitFor();
    await page.getByText(`${MANY} of ${MANY}`).waitFor();
    const bodies = worker.arrived.map(({ body }) => body.toString());
    expect(bodies).toHaveLength(MANY);
    expect(new Set(bodies).size).toBe(MANY);
  });

  it('has the items of the operation as a file', async () => {
    const downloading = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download as CSV' }).click();
    expect((await downloading).suggestedFilename()).toMatch(/\.csv$/);
  });

  it('freezes all resends: what is started waits, says why, and goes on when they are let go on', async () => {
    await page.getByRole('button', { name: /^Account/ }).click();
    await page.getByRole('menuitem', { name: 'Freeze resends …' }).click();
    await page
      .getByRole('dialog')
      .getByLabel(/^Reason/)
      .fill('order API is down');
    await page.getByRole('dialog').getByRole('button', { name: 'Freeze resends' }).click();
    const banner = page.getByTestId('frozen-banner');
    await banner.getByText(/^Resends are frozen by operator since .+: “order API is down”\.$/).waitFor();

    const dialog = await resendAll('OtherError');
    await dialog.getByRole('button', { name: 'Resend 1 message' }).click();
    await dialog
      .getByTestId('hold')
      .getByText(/Resends are frozen by operator: “order API is down”/)
      .waitFor();
    expect(worker.arrived).toHaveLength(MANY);
    await dialog.getByRole('link', { name: 'Open the operation' }).click();

    await banner.getByRole('button', { name: 'Let resends go on' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Let resends go on' }).click();
    await banner.waitFor({ state: 'detached' });
    await page.getByText('finished', { exact: true }).waitFor();
    expect(worker.arrived).toHaveLength(MANY + 1);
  });

  it('threw nothing and was refused nothing in all of this', () => {
    expect(desk.faults).toEqual([]);
  });
});
