import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { GroupRow } from '../../server/contract/schemas/groups.ts';
import type { List } from '../../server/contract/schemas/lists.ts';
import { openBrowser, openConsole, signIn, type ConsolePage } from '../support/browser.ts';
import { openDeadQueue, type TestDeadQueue } from '../support/dead-queue.ts';
import { deskOf } from '../support/office-desk.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { waitFor } from '../support/services.ts';

/** From an act's answer to the other operator's screen, in ms. */
const SEEN_WITHIN_MS = 2_000;
const MESSAGES = 3;

let here: TestOffice;
let there: TestOffice;
let dead: TestDeadQueue;
let browser: Browser;
let mine: ConsolePage;
let theirs: ConsolePage;
let ids: string[];

beforeAll(async () => {
  dead = await openDeadQueue();
  here = await startOffice({ deadQueues: [dead.name] });
  there = await startOffice({ databaseUrl: here.databaseUrl });
  for (let number = 0; number < MESSAGES; number += 1) {
    await dead.bury({
      body: JSON.stringify({ orderId: `ORD-LIVE-${number}` }),
      headers: { 'x-failure-queue': 'orders.cancel', 'x-failure-type': 'TimeoutError' },
    });
  }
  ids = (await deskOf(here).failed(dead.name, MESSAGES)).map(({ id }) => id);
  browser = await openBrowser();
  mine = await openConsole(browser, here);
  theirs = await openConsole(browser, there);
  await signIn(mine.page, here);
  await signIn(theirs.page, there);
});

afterAll(async () => {
  await mine.close();
  await theirs.close();
  await browser.close();
  await there.remove();
  await here.remove();
  await dead.remove();
});

/** The other operator's stream is open: before that, screens go by their polling. */
async function followed(): Promise<void> {
  await waitFor(async () => (await (await fetch(`${there.url}/metrics`)).text()).match(/event_streams\S* [1-9]/), {
    describe: 'the stream of the other window',
  });
}

describe('Two operators at two instances', () => {
  it('see what the other one says of a group', async () => {
    const groups = (await here.api.get('/api/groups').expect(200)).body as List<GroupRow>;
    const address = `#/groups/${groups.data[0]?.id ?? ''}`;
    await mine.page.goto(`${here.url}/${address}`);
    await theirs.page.goto(`${there.url}/${address}`);
    const state = theirs.page.getByLabel('State', { exact: true });
    await state.waitFor();
    await followed();
    await mine.page.getByLabel('State', { exact: true }).selectOption('investigating');
    const saved = mine.page.waitForResponse((response) => response.request().method() === 'PATCH');
    await mine.page.getByRole('button', { name: 'Save', exact: true }).click();
    await saved;
    await waitFor(async () => (await state.inputValue()) === 'investigating', { deadlineMs: SEEN_WITHIN_MS });
  });

  it('see what the other one dealt with, where it stands in the list', async () => {
    await theirs.page.goto(`${there.url}/#/messages`);
    const rows = theirs.page.getByRole('row', { name: /ORD-LIVE-/ });
    await waitFor(async () => (await rows.count()) === MESSAGES);
    await followed();
    const [first] = ids;
    await here.api
      .post('/api/operations')
      .send({ action: 'handle', selection: { ids: [first] }, reason: 'by phone' })
      .expect(202);
    await theirs.page
      .getByRole('row', { name: /ORD-LIVE-0/ })
      .getByText('handled')
      .waitFor({ timeout: SEEN_WITHIN_MS });
    expect(await rows.count()).toBe(MESSAGES);
    await theirs.page.getByRole('button', { name: '1 has changed state, refresh' }).click();
    await waitFor(async () => (await rows.count()) === MESSAGES - 1);
  });

  it('threw nothing and were refused nothing in all of this', () => {
    expect([...mine.faults, ...theirs.faults]).toEqual([]);
  });
});
