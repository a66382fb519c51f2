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

/** Whether everything in dist/ was made from the sources as they are. */
export const isBuilt = () => [SERVER, CLIENT].every(isCurrent);

/** Builds what is missing or older than its sources. */
export async function build() {
  await Promise.all([SERVER, CLIENT].filter((one) => !isCurrent(one)).map(make));
}

/** @param {Build} build */
const stampOf = ({ name }) => path.join(root, 'dist', `.${name}.sources`);

/** @param {Build} build */
function isCurrent(build) {
  const stamp = stampOf(build);
  if (!existsSync(stamp) || !build.results.every((folder) => existsSync(path.join(root, folder)))) return false;
  return readFileSync(stamp, 'utf8') === hashOf(build.sources);
}

/** @param {Build} build */
async function make(build) {
  const hash = hashOf(build.sources);
  await step(`Building the ${build.name}`, async () => {
    rmSync(stampOf(build), { force: true });
    for (const folder of build.results) rmSync(path.join(root, folder), { recursive: true, force: true });
    await mustRun(`The build of the ${build.name}`, process.execPath, build.command);
    writeFileSync(stampOf(build), hash);
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
