import type { Locator, Page } from 'playwright-core';

import { waitFor } from './services.ts';

export interface ConsoleWalk {
  /** Addresses behind the `#` to begin with; the others are found by links. */
  seeds: readonly string[];
  /** Where the console is. */
  url: string;
  /** Names of controls that are left alone. */
  leave: RegExp;
  /** Looks at what is shown now. */
  inspect: (where: string) => Promise<void>;
}

/** Of one kind of address so many are visited. */
const MOST_OF_A_KIND = 2;
const CONTROLS = 'button, [role=tab], summary';
const OPEN = ['dialog', 'menu', 'listbox'].map((role) => `[role=${role}]:visible`).join();
const MENU_ITEMS = '[role=menuitem], [role=menuitemradio]';

/**
 * Goes through the console as somebody who tries everything: every address that a link leads to, on each every tab, button,
 * menu and dialog, every field with completions, and what is printed. Nothing in a dialog is confirmed.
 *
 * @returns the addresses that were seen, without their queries.
 */
export async function walkConsole(page: Page, { seeds, url, leave, inspect }: ConsoleWalk): Promise<string[]> {
  const settled = settledOf(page);
  const queue = [...seeds];
  const kinds = new Map<string, number>();
  const seen = new Set(seeds);
  const pressed = new Set<string>();

  const isThere = (address: string) => page.url() === `${url}/#${address}`;

  const goTo = async (address: string) => {
    await page.goto(`${url}/#${address}`);
    await settled();
    // Edits that are not saved hold a screen back; a new page forgets them.
    if (page.url().startsWith(url) && (await page.locator(OPEN).count()) === 0) return;
    await page.goto('about:blank');
    await page.goto(`${url}/#${address}`);
    await settled();
  };

  const leaveDialogs = async () => {
    for (let layer = 0; layer < 4 && (await page.locator(OPEN).count()) > 0; layer += 1) {
      await page.keyboard.press('Escape');
      await settled();
    }
  };

  /** Presses each control that was not pressed yet on this kind of screen. */
  const pressAll = async (address: string, kind: string) => {
    for (;;) {
      const next = await firstNew(CONTROLS, kind);
      if (next === null) return;
      const what = `${next.kind}: ${next.name}`;
      await press(next.control, address, what);
      if (await page.locator('[role=menu]:visible').count()) await pressMenu(next.control, address, what);
      await leaveDialogs();
      if (!isThere(address)) await goTo(address);
    }
  };

  const press = async (control: Locator, address: string, what: string) => {
    await control.click({ timeout: 700 }).catch(() => undefined);
    await settled();
    for (const inside of await page.locator('[role=dialog]:visible [aria-expanded=false]').all()) {
      await inside.click({ timeout: 500 }).catch(() => undefined);
    }
    await inspect(`${address}, ${what}`);
  };

  const pressMenu = async (opener: Locator, address: string, what: string) => {
    for (;;) {
      const next = await firstNew(MENU_ITEMS, what);
      if (next === null) return;
      await press(next.control, address, `${what}: ${next.name}`);
      await leaveDialogs();
      if (!isThere(address)) await goTo(address);
      await opener.click({ timeout: 700 }).catch(() => undefined);
      await settled();
    }
  };

  /** The first one that is new: those of the frame are the same on every screen, and so are names with other numbers. */
  const firstNew = async (controls: string, kind: string) => {
    const all = await page.evaluate<{ name: string; isOfFrame: boolean }[]>(
      `[...document.querySelectorAll(${JSON.stringify(controls)})].map((one) => ({
        name: one.checkVisibility({ visibilityProperty: true }) && !one.disabled && !one.closest('[aria-hidden=true]')
          ? one.getAttribute('aria-label') ?? one.textContent : '',
        isOfFrame: one.closest('header') !== null && one.closest('#main') === null,
      }))`,
    );
    for (const [index, { name: written, isOfFrame }] of all.entries()) {
      const name = /[<>{}(_]/.test(written) ? 'of a stranger' : written.replace(/\d[\d,]*/g, '#');
      const known = `${isOfFrame ? 'frame' : kind}: ${name}`;
      if (name === '' || leave.test(name) || pressed.has(known)) continue;
      pressed.add(known);
      return { control: page.locator(controls).nth(index), name, kind: isOfFrame ? 'frame' : kind };
    }
    return null;
  };

  const typeInFields = async (where: string) => {
    for (const field of await page.locator('#main [role=combobox]:visible, header [role=combobox]:visible').all()) {
      for (const words of ['<', 'queue:']) {
        await field.fill(words, { timeout: 1000 }).catch(() => undefined);
        await settled();
        await inspect(`${where}, typing ${words}`);
      }
      await field.fill('', { timeout: 1000 }).catch(() => undefined);
      await leaveDialogs();
    }
  };

  const print = async (where: string) => {
    await page.emulateMedia({ media: 'print' });
    await page.evaluate('window.dispatchEvent(new Event("beforeprint"))');
    await settled();
    await inspect(`${where}, printed`);
    await page.evaluate('window.dispatchEvent(new Event("afterprint"))');
    await page.emulateMedia({ media: 'screen' });
  };

  for (let address = queue.shift(); address !== undefined; address = queue.shift()) {
    const kind = kindOf(address);
    const times = kinds.get(kind) ?? 0;
    kinds.set(kind, times + 1);
    await goTo(address);
    await inspect(address);
    if (times === 0) {
      await typeInFields(address);
      await pressAll(address, kind.split('?')[0] ?? kind);
      await print(address);
    }
    for (const found of await linksOf(page)) {
      if (seen.has(found) || (kinds.get(kindOf(found)) ?? 0) + waiting(queue, found) >= MOST_OF_A_KIND) continue;
      seen.add(found);
      queue.push(found);
    }
  }
  return [...kinds.keys()].map((kind) => kind.split('?')[0] ?? kind);
}

const waiting = (queue: readonly string[], found: string) =>
  queue.filter((one) => kindOf(one) === kindOf(found)).length;

/** `/messages/:id?status`: the address without what tells one record from another. */
function kindOf(address: string): string {
  const [path = '', query = ''] = address.split('?', 2);
  const names = [...new Set(new URLSearchParams(query).keys())].sort().join('&');
  const parts = path
    .split('/')
    .map((part, index) => (/^\d|[%:]/.test(part) || (index === 2 && path.startsWith('/orders/')) ? ':id' : part));
  return names === '' ? parts.join('/') : `${parts.join('/')}?${names}`;
}

async function linksOf(page: Page): Promise<string[]> {
  return await page.evaluate<string[]>(
    'history.length && [...document.querySelectorAll(\'a[href^="#/"]\')].map((link) => link.getAttribute("href").slice(1))',
  );
}

/** A screen with its heading, and nothing that still loads. */
const COMPLETE =
  'document.querySelector("#main :is(h1, h2, p)") !== null && ' +
  'document.querySelector(".MuiSkeleton-root, .MuiCircularProgress-root, #main [aria-busy=true]") === null';

/** Waits until a screen is complete and asks for nothing any more. Event streams are open for ever, and not waited for. */
function settledOf(page: Page): () => Promise<void> {
  const asked = new Set<object>();
  page.on('request', (request) => {
    if (!/\/api\/events(\?|$)/.test(request.url())) asked.add(request);
  });
  page.on('requestfinished', (request) => asked.delete(request));
  page.on('requestfailed', (request) => asked.delete(request));
  return async () => {
    await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))');
    await waitFor(async () => (await page.evaluate(COMPLETE)) === true && asked.size === 0, {
      deadlineMs: 10_000,
      describe: () => `${page.url()} to be complete; ${asked.size} requests are under way`,
    });
    await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))');
  };
}
