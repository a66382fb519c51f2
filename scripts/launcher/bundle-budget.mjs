import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from './build.mjs';
import { root } from './paths.mjs';

/** What the console loads before anything is shown may weigh so much on the wire, in kB (1 000 bytes) of gzip. */
const BUDGET_KB = 330;

/** What is loaded when a message is edited, by a word that is in it and nowhere else; in the same kB. */
const EDITOR = { word: 'cm-scroller', budgetKb: 130 };

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
  const kbOf = (/** @type {string} */ name) => gzipSync(readFileSync(path.join(folder, name))).length / 1000;
  const sizes = scripts.map((name) => ({ name, kb: kbOf(name) }));
  const total = sizes.reduce((sum, { kb }) => sum + kb, 0);
  const lines = sizes.map(({ name, kb }) => `${kb.toFixed(0).padStart(5)} kB  ${name}`);
  const editor = readdirSync(path.join(folder, 'assets'))
    .map((name) => `assets/${name}`)
    .filter((name) => name.endsWith('.js') && readFileSync(path.join(folder, name), 'utf8').includes(EDITOR.word));
  const editorKb = editor.reduce((sum, name) => sum + kbOf(name), 0);
  const isLate = editor.length > 0 && !editor.some((name) => scripts.includes(name));
  return {
    code: total <= BUDGET_KB && isLate && editorKb <= EDITOR.budgetKb ? 0 : 1,
    output: [
      `${total.toFixed(0)} kB of ${BUDGET_KB}:`,
      ...lines,
      `${editorKb.toFixed(0)} kB of ${EDITOR.budgetKb} when a message is edited${isLate ? '' : ', but not then'}.`,
    ].join('\n'),
  };
}
