import type { Browser, BrowserContext, Page } from 'playwright-core';
import { z } from 'zod';

import { waitFor } from '../test/support/services.ts';

import { USER } from './setting.ts';

/** How long somebody waited, in ms. */
export interface Look {
  /** From the press, or the beginning of the load, until the rows are on the screen. */
  shown: number;
  /** Of that, the office's answer with the list, from the first byte asked to the last one answered. */
  served: number;
}

const look = z.object({ shown: z.number(), served: z.number() });
const LOOK_WITHIN_MS = 120_000;

/**
 * Runs in the page before its own scripts: `look(act)` acts and waits until the list that was asked for since is on the
 * screen; `firstLook` is the same for the load itself.
 */
const EYES = `(() => {
  performance.setResourceTimingBufferSize(10_000);
  const asked = (since) => performance.getEntriesByType('resource').filter(({ name, startTime, responseEnd }) =>
    startTime >= since && responseEnd > 0 && /\\/api\\/messages\\?/.test(name) && /perPage=25/.test(name)).at(-1);
  const seen = () => document.querySelector('#main tbody time') && !document.querySelector('#main [aria-busy="true"]');
  const until = (since) => new Promise((resolve) => {
    const frame = () => {
      const entry = seen() && asked(since);
      // What is in the document now is on the screen with the next frame.
      if (entry) requestAnimationFrame((now) => resolve({ shown: now - since, served: entry.responseEnd - entry.requestStart }));
      else requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  window.look = (act) => {
    const since = performance.now();
    act();
    return until(since);
  };
  window.firstLook = until(0);
})()`;

/** A window on the console that is signed in and has nothing in its cache. */
export async function openWindow(browser: Browser, url: string): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1440, height: 900 } });
  const answer = await context.request.post(`${url}/api/session`, { data: USER, headers: { origin: url } });
  if (answer.status() !== 201) throw new Error(`Signing in answered ${answer.status()}.`);
  await context.addInitScript(EYES);
  return { context, page: await context.newPage() };
}

/** Opens an address and waits for its rows. */
export async function load(page: Page, address: string): Promise<Look> {
  await page.goto('about:blank');
  await page.goto(address);
  return look.parse(await withDeadline(page.evaluate('window.firstLook'), address));
}

/** Presses something in the page (`script` is JavaScript) and waits for the rows that it asks for. */
export async function press(page: Page, script: string): Promise<Look> {
  return look.parse(await withDeadline(page.evaluate(`window.look(() => { ${script} })`), script));
}

/** Waits until a button can be pressed. */
export async function untilThere(page: Page, selector: string): Promise<void> {
  await waitFor(async () => (await page.locator(selector).count()) > 0, {
    describe: selector,
    deadlineMs: LOOK_WITHIN_MS,
  });
}

async function withDeadline<T>(answer: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`No rows within ${LOOK_WITHIN_MS / 1000} s: ${what}`));
    }, LOOK_WITHIN_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
