import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { mustRun } from './commands.mjs';
import { root } from './paths.mjs';
import { step } from './progress.mjs';

/**
 * What a build is made of and makes. Its stamp in dist/ holds the hash of the sources it was made from.
 * @typedef {object} Build
 * @property {string} name
 * @property {string[]} sources files and folders
 * @property {string[]} results folders
 * @property {string[]} command arguments of Node
 */

const COMMON_SOURCES = ['package.json', 'package-lock.json', 'tsconfig.base.json'];

/** @type {Build} */
const SERVER = {
  name: 'server',
  sources: [...COMMON_SOURCES, 'tsconfig.build.json', 'server', 'migrations', 'examples'],
  results: ['dist/server', 'dist/migrations', 'dist/examples'],
  command: ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'],
};

/** @type {Build} */
const CLIENT = {
  name: 'console',
  sources: [...COMMON_SOURCES, 'vite.config.ts', 'client', 'server/contract'],
  results: ['dist/client'],
  command: ['node_modules/vite/bin/vite.js', 'build'],
};

/** Builds what is missing or older than its sources. */
export async function ensureBuilt() {
  await Promise.all([ensure(SERVER), ensure(CLIENT)]);
}

/** @param {Build} build */
async function ensure(build) {
  const hash = hashOf(build.sources);
  const stamp = path.join(root, 'dist', `.${build.name}.sources`);
  const results = build.results.map((folder) => path.join(root, folder));
  if (results.every(existsSync) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  await step(`Building the ${build.name}`, async () => {
    rmSync(stamp, { force: true });
    for (const folder of results) rmSync(folder, { recursive: true, force: true });
    await mustRun(`The build of the ${build.name}`, process.execPath, build.command);
    writeFileSync(stamp, hash);
  });
}

/**
 * One hash over the names and contents of these files. Tests are no part of what is built.
 * @param {string[]} sources
 */
function hashOf(sources) {
  const hash = createHash('sha256');
  for (const source of sources) {
    for (const file of filesIn(source))
      hash
        .update(`${file}\0`)
        .update(readFileSync(path.join(root, file)))
        .update('\0');
  }
  return hash.digest('hex');
}

/**
 * @param {string} source a file or folder, relative to the checkout
 * @returns {string[]}
 */
function filesIn(source) {
  const entries = readdirSync(path.join(root, path.dirname(source)), { withFileTypes: true });
  const entry = entries.find(({ name }) => name === path.basename(source));
  if (!entry) return [];
  if (!entry.isDirectory()) return /\.test\.tsx?$/.test(source) ? [] : [source];
  return readdirSync(path.join(root, source))
    .sort()
    .flatMap((name) => filesIn(path.join(source, name)));
}
