import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openBrowser, giveReason, openConsole, signIn, type ConsolePage } from '../support/browser.ts';
import { openDeadQueue, type TestDeadQueue, type TestDestination } from '../support/dead-queue.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { switchMasksOff } from '../support/reveal.ts';
import { waitFor } from '../support/services.ts';

let office: TestOffice;
let dead: TestDeadQueue;
let worker: TestDestination;
let browser: Browser;
let desk: ConsolePage;
let page: Page;

/** A message that a worker gave up on, by our convention. */
async function bury(
  orderId: string,
  over: { body?: string | Buffer; headers?: Record<string, unknown> } = {},
): Promise<void> {
  await dead.bury({
    body: over.body ?? JSON.stringify({ orderId, customer: '김하늘', amount: 48_900 }),
    contentType: 'application/json',
    headers: {
      'x-failure-reason': 'error',
      'x-failure-type': 'TimeoutError',
      'x-failure-message': 'Order API timed out after 3000 ms',
      'x-failure-exchange': worker.exchange,
      'x-failure-routing-key': worker.routingKey,
      'x-failure-queue': worker.queue,
      'x-failure-retries': 3,
      'order-id': orderId,
      tenant: 'kr',
      ...over.headers,
    },
  });
}

async function listed(orderId: string): Promise<string> {
  return waitFor(
    async () => {
      const response = await office.api.get('/api/messages').query({ orderId, status: 'pending' });
      return (response.body as { data: { id: string }[] }).data[0]?.id;
    },
    { describe: `${orderId} is pending`, deadlineMs: 20_000 },
  );
}

/** Goes to an address of the console, as a shared link does. */
async function visit(address: string): Promise<void> {
  await page.goto(`${office.url}/#${address}`);
}

/** Selects the messages that a filter shows, opens the dialog of an act, and gives it. */
async function actOnAll(address: string, act: string) {
  await visit(address);
  await page.getByRole('checkbox', { name: 'Select all on this page' }).check();
  await page.getByRole('toolbar').getByRole('button', { name: act, exact: true }).click();
  return page.getByRole('dialog');
}

const statusOf = async (id: string): Promise<string> => {
  const response = await office.api.get(`/api/messages/${id}`).expect(200);
  return (response.body as { status: string }).status;
};

beforeAll(async () => {
  dead = await openDeadQueue();
  worker = await dead.destination();
  office = await startOffice({ deadQueues: [dead.name] });
  // What only looks like somebody's is shown here; masks have tests of their own.
  await switchMasksOff(office.api);
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

describe('An operator who was called about an order', () => {
  it('finds its message by the order ID, resends it, sees the outcome and the history, and the worker has it', async () => {
    await bury('ORD-20261122-000123');
    const id = await listed('ORD-20261122-000123');

    await page.keyboard.press('o');
    await page.keyboard.type('20261122-000123');
    await page.keyboard.press('Enter');
    await page.getByText('the messages carry ORD-20261122-000123.').waitFor();
    await page.getByRole('link', { name: /TimeoutError: Order API timed out/ }).click();
    await page
      .getByRole('heading', { level: 1, name: new RegExp(`${worker.queue} failed on it: TimeoutError`) })
      .waitFor();
    expect(await page.getByTestId('body').textContent()).toContain('"amount": 48900');

    await page.getByRole('button', { name: 'Resend', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Resend 1 message' });
    await dialog.getByText(worker.exchange).waitFor();
    await dialog.getByLabel('Reason (optional)').fill('order API fixed');
    expect(worker.arrived).toHaveLength(0);
    await dialog.getByRole('button', { name: 'Resend 1 message' }).click();
    await dialog.getByText('finished').waitFor();
    await dialog.getByText('1 of 1').waitFor();
    await dialog.getByText('confirmed', { exact: true }).waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();

    const arrived = await waitFor(() => worker.arrived[0], { describe: 'the worker has the message' });
    expect(arrived.body.toString()).toBe(
      JSON.stringify({ orderId: 'ORD-20261122-000123', customer: '김하늘', amount: 48_900 }),
    );
    const names = arrived.headers?.map(({ name }) => name) ?? [];
    expect(names).toEqual(expect.arrayContaining(['order-id', 'tenant', 'x-dead-letter-office-id']));
    expect(names.filter((name) => name.startsWith('x-failure-'))).toEqual([]);

    await page.getByText('resent', { exact: true }).first().waitFor();
    await page.getByRole('tab', { name: 'Timeline' }).click();
    const timeline = page.getByTestId('timeline');
    await timeline.getByText(`died in ${worker.queue}`).waitFor();
    await timeline.getByText('Resend by operator').waitFor();
    await timeline.getByText('“order API fixed”').waitFor();

    await timeline.getByRole('link', { name: /^operation / }).click();
    await page.getByRole('heading', { level: 1, name: 'Resend 1 message' }).waitFor();
    await page.getByRole('cell', { name: id, exact: true }).waitFor();
    await visit('/audit-events?kind=operation.created');
    await page
      .getByRole('row', { name: /operator.*Operation started/ })
      .first()
      .waitFor();
  });

  it('sees a message that fails again as the same one, died twice', async () => {
    const [sent] = worker.arrived;
    if (!sent) throw new Error('The worker got it in the rule before this one.');
    const mark = sent.headers?.find(({ name }) => name === 'x-dead-letter-office-id');
    await bury('ORD-20261122-000123', { headers: { 'x-dead-letter-office-id': mark?.value } });
    await visit('/messages?orderId=ORD-20261122-000123');
    await waitFor(
      async () =>
        (await page.getByText('×2').count()) > 0 ||
        (await page.getByRole('button', { name: /new, show/ }).click({ timeout: 1000 }), false),
      {
        describe: 'the list shows the second death',
        deadlineMs: 20_000,
      },
    );
    await visit('/orders/ORD-20261122-000123');
    await page.getByTestId('timeline').getByText(`died again in ${worker.queue}`).waitFor();
  });

  it('takes the history of the order along: as a table, and on paper without the frame', async () => {
    await visit('/orders/ORD-20261122-000123');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export CSV' }).click(),
    ]);
    const csv = await readFile(await download.path(), 'utf8');
    expect(csv.trim().split('\n')).toHaveLength(4);
    expect(csv).toMatch(/,resend,confirmed,operator,/);

    await page.evaluate("window.dispatchEvent(new Event('beforeprint'))");
    await page.emulateMedia({ media: 'print' });
    const sheet = page.getByTestId('print');
    await sheet.getByText(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \+09:00 \(.* UTC\)$/).waitFor();
    await sheet.getByText('Asia/Seoul', { exact: true }).waitFor();
    await sheet.getByText('Resend: confirmed').waitFor();
    for (const name of ['banner', 'navigation'] as const) expect(await page.getByRole(name).count()).toBe(0);
    await page.emulateMedia({ media: 'screen' });
    await page.getByRole('banner').waitFor();
  });

  it('looks up several orders from a pasted list', async () => {
    await visit('/orders');
    await page.getByRole('textbox', { name: 'Order IDs' }).fill('20261122-000123\nORD-0,20261122-000123');
    await page.getByRole('button', { name: 'Look up 2 orders' }).click();
    await page.getByRole('heading', { name: '1 of 2 orders have failed messages' }).waitFor();
    await page.getByText('found as ORD-20261122-000123').waitFor();
    await page.getByRole('link', { name: '20261122-000123', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: '20261122-000123' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: '1 of 2 orders have failed messages' }).waitFor();
  });

  it('filters, moves, selects and acts without the mouse', async () => {
    await visit('/messages?status=all');
    await page.getByRole('checkbox', { name: /^Select message/ }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('queue:');
    await page.getByRole('option', { name: new RegExp(worker.queue) }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByTestId('filter-queue').getByText(worker.queue).waitFor();
    // Rows of the filter before are shown meanwhile, and cannot be selected.
    await page.locator('[aria-busy="false"] [data-message-id]').first().waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    await page.locator('[data-message-id]:focus-within').waitFor();
    await page.keyboard.press('x');
    await page.getByText('1 selected', { exact: true }).waitFor();
    await page.keyboard.press('r');
    await page.getByRole('dialog', { name: 'Resend 1 message' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).getByText('Search for an order').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('is told why a resend did not go, and that the message waits again', async () => {
    await bury('ORD-NOWHERE', { headers: { 'x-failure-routing-key': 'nobody.listens' } });
    const id = await listed('ORD-NOWHERE');
    const dialog = await actOnAll('/messages?orderId=ORD-NOWHERE', 'Resend');
    await dialog.getByRole('button', { name: 'Resend 1 message' }).click();
    await dialog.getByText('unroutable', { exact: true }).waitFor();
    await dialog.getByText('No queue is bound for this exchange and routing key.').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    expect(await statusOf(id)).toBe('pending');
  });

  it('is warned before resending to an exchange that is not there', async () => {
    await bury('ORD-GONE', { headers: { 'x-failure-exchange': 'test.gone' } });
    await listed('ORD-GONE');
    const dialog = await actOnAll('/messages?orderId=ORD-GONE', 'Resend');
    await dialog.getByText('The exchange does not exist.').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
  });

  it('deletes, restores and handles by hand, each with its confirmation', async () => {
    await bury('ORD-DELETED');
    const id = await listed('ORD-DELETED');

    let dialog = await actOnAll('/messages?orderId=ORD-DELETED', 'Delete');
    await dialog.getByRole('button', { name: 'Delete 1 message' }).click();
    await dialog.getByText('finished').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.getByText('No message matches these filters').waitFor();
    expect(await statusOf(id)).toBe('deleted');

    dialog = await actOnAll('/messages?status=deleted&orderId=ORD-DELETED', 'Restore');
    await dialog.getByRole('button', { name: 'Restore 1 message' }).click();
    await dialog.getByText('finished').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    expect(await statusOf(id)).toBe('pending');

    dialog = await actOnAll('/messages?status=pending&orderId=ORD-DELETED', 'Handle by hand');
    const confirm = dialog.getByRole('button', { name: 'Handle 1 message by hand' });
    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByLabel('Reason').fill('refunded by hand, ticket 1234');
    await confirm.click();
    await dialog.getByText('finished').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    expect(await statusOf(id)).toBe('handled');
    await visit(`/messages/${id}?tab=timeline`);
    await page.getByTestId('timeline').getByText('“refunded by hand, ticket 1234”').waitFor();
  });

  it('cannot be fooled by what strangers publish: markup stays text, and any bytes can be looked at', async () => {
    const markup = '<img src=x onerror="document.title=\'taken\'">';
    await bury('ORD-MARKUP', { body: markup, headers: { 'x-failure-message': markup, [markup]: markup } });
    const id = await listed('ORD-MARKUP');
    await visit(`/messages/${id}`);
    await page.getByTestId('body').getByText(markup).waitFor();
    await page.getByRole('region', { name: 'Headers' }).getByRole('cell', { name: markup }).first().waitFor();
    expect(await page.title()).toBe(`Message ${id} · Dead Letter Office`);
    expect(await page.locator('img').count()).toBe(0);

    await bury('ORD-BINARY', { body: Buffer.from([0, 255, 254, 1, 2, 3]) });
    await visit(`/messages/${await listed('ORD-BINARY')}`);
    await page.getByTestId('body').getByText('00 ff fe 01 02 03').waitFor();
  });

  it('loads a large body as a whole when asked, and downloads its exact bytes', async () => {
    const body = JSON.stringify({
      orderId: 'ORD-LARGE',
      lines: Array.from({ length: 4000 }, (_, line) => ({ line, sku: 'LMP-0305' })),
    });
    await bury('ORD-LARGE', { body });
    await visit(`/messages/${await listed('ORD-LARGE')}`);
    await page.getByText(/This is the beginning: 64 KiB of/).waitFor();
    await page.getByRole('button', { name: 'Load the whole body' }).click();
    await giveReason(page);
    await page.getByTestId('revealed').waitFor();
    await page.getByRole('button', { name: 'Load the whole body' }).click();
    await waitFor(async () => (await page.getByTestId('body').textContent())?.includes('"line": 3999'), {
      describe: 'the whole body',
    });
    const downloading = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download' }).click();
    const file = await (await downloading).path();
    expect((await readFile(file, 'utf8')) === body).toBe(true);
  });
});

describe('The console', () => {
  it('begins with how things stand, and leads from there to the messages', async () => {
    await visit('/');
    await page.getByRole('link', { name: /^Pending/ }).waitFor();
    await page.getByRole('link', { name: worker.queue, exact: true }).first().waitFor();
    await page.locator('.MuiBarChart-element').last().waitFor();
    await page.getByRole('region', { name: 'Growing fastest' }).getByRole('link').first().click();
    await page.getByTestId('filter-groupId').waitFor();
    expect(page.url()).toMatch(/#\/messages\?groupId=\d+$/);
  });

  it('shows what the office watches, and how it is', async () => {
    await visit('/dead-queues');
    const queue = page.getByRole('article', { name: dead.name });
    await queue.getByText('consuming', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Watch a dead queue' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Queue name').fill(`${dead.name}.not-there`);
    await dialog.getByRole('button', { name: 'Add' }).click();
    await dialog.waitFor({ state: 'detached' });
    const missing = page.getByRole('article', { name: `${dead.name}.not-there` });
    await missing.getByText('missing', { exact: true }).waitFor();
    await missing.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await missing.waitFor({ state: 'detached' });
  });

  it('is still there, at the same place, when the page is loaded anew', async () => {
    await visit('/messages?status=all&queue=' + encodeURIComponent(worker.queue) + '&sort=failedAt');
    await page.reload();
    await page.getByTestId('filter-queue').getByText(worker.queue).waitFor();
    expect(await page.getByRole('tab', { name: /^All/ }).getAttribute('aria-selected')).toBe('true');
  });

  it('threw nothing and was refused nothing in all of this', () => {
    expect(desk.faults).toEqual([]);
  });

  it('signs out, and shows nothing any more', async () => {
    await page.getByRole('button', { name: /^Account/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByLabel('Username').waitFor();
    expect(await page.getByTestId('filter-queue').count()).toBe(0);
  });
});
