import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from './build.mjs';
import { root } from './paths.mjs';

/** What the console loads before anything is shown may weigh so much on the wire, in kB (1 000 bytes) of gzip. */
const BUDGET_KB = 330;

/**
 * Weighs the JavaScript that the built console's page names: its entry and what that imports at once.
 * @returns {Promise<{ code: number, output: string }>}
 */
export async function checkBundleBudget() {
  await build();
  const folder = path.join(root, 'dist/client');
  const page = readFileSync(path.join(folder, 'index.html'), 'utf8');
  const scripts = [...page.matchAll(/<(?:script|link)[^>]+(?:src|href)="\/([^"]+\.js)"/g)].map(([, name]) => `${name}`);
  if (scripts.length === 0) return { code: 1, output: 'The built page names no script.' };
  const sizes = scripts.map((name) => ({ name, kb: gzipSync(readFileSync(path.join(folder, name))).length / 1000 }));
  const total = sizes.reduce((sum, { kb }) => sum + kb, 0);
  const lines = sizes.map(({ name, kb }) => `${kb.toFixed(0).padStart(5)} kB  ${name}`);
  return {
    code: total <= BUDGET_KB ? 0 : 1,
    output: `${total.toFixed(0)} kB of ${BUDGET_KB}:\n${lines.join('\n')}`,
  };
}
