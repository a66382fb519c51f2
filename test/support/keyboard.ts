import type { Page } from 'playwright-core';
import { z } from 'zod';

/** Presses that it may take to reach something; more would be a screen that nobody walks by keyboard. */
const MOST_PRESSES = 80;

const focused = z.object({ tag: z.string(), name: z.string(), isSeen: z.boolean() });

/** Runs in the page. */
const READ_FOCUS = `(() => {
  const element = document.activeElement;
  if (!(element instanceof HTMLElement)) return { tag: '', name: '', isSeen: false };
  const labels = [...(element.labels ?? [])].map((label) => label.textContent).join(' ');
  const own = element.getAttribute('aria-label') ?? labels;
  const box = element.getBoundingClientRect();
  return {
    tag: element.tagName,
    name: (own === '' ? (element.textContent ?? '') : own).trim(),
    isSeen: box.bottom > 0 && box.top < window.innerHeight && box.width > 0,
  };
})()`;

/** What has the focus: how it is called, and whether it is in the window. */
async function readFocus(page: Page): Promise<z.infer<typeof focused>> {
  return focused.parse(await page.evaluate(READ_FOCUS));
}

/**
 * Moves the focus on by the Tab key until it is on what is called so.
 *
 * @throws Error with everything that was passed, when it is not there.
 */
export async function tabTo(page: Page, name: RegExp): Promise<void> {
  const passed: string[] = [];
  for (let press = 0; press < MOST_PRESSES; press += 1) {
    await page.keyboard.press('Tab');
    const focus = await readFocus(page);
    if (name.test(focus.name)) {
      if (!focus.isSeen) throw new Error(`"${focus.name}" has the focus, and is not in the window.`);
      return;
    }
    passed.push(`${focus.tag.toLowerCase()} "${focus.name.slice(0, 60)}"`);
  }
  throw new Error(`Tab does not lead to ${String(name)}, but to: ${passed.join(', ')}`);
}

/** Goes there by the Tab key, and presses Enter on it. */
export async function tabAndEnter(page: Page, name: RegExp): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.press('Enter');
}
