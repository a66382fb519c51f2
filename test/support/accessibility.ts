import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { z } from 'zod';

/** WCAG 2.2, levels A and AA. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

const results = z.object({
  violations: z.array(
    z.object({ id: z.string(), help: z.string(), nodes: z.array(z.object({ html: z.string(), target: z.unknown() })) }),
  ),
});

/** What fades in is not what is to be read: waits for everything that moves to an end. */
const AT_REST = `Promise.all(
  document.getAnimations()
    .filter((one) => one.effect?.getComputedTiming().iterations !== Infinity)
    .map((one) => one.finished.catch(() => undefined)),
).then(() => undefined)`;

/**
 * What axe finds wrong on the page as it is now, a line for each element.
 *
 * @param what all of it, or the colours alone: of a page that was looked at in other colours before.
 */
export async function accessibilityFaults(page: Page, what: 'all' | 'colours' = 'all'): Promise<string[]> {
  await page.evaluate(AT_REST);
  // By the browser's own means: the page allows no script but its own.
  if ((await page.evaluate('"axe" in window')) !== true) await page.evaluate(axe.source);
  const rules = what === 'all' ? RULES : { type: 'rule', values: ['color-contrast', 'link-in-text-block'] };
  const found: unknown = await page.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(rules)}, resultTypes: ['violations'] })`,
  );
  return results
    .parse(found)
    .violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ html, target }) => `${id} (${help}): ${JSON.stringify(target)} ${html.slice(0, 200)}`),
    );
}
