import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this checkout. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Everything that belongs to this machine and not to the repository: services, data, logs, logins. */
export const localFolder = path.join(root, '.local');

/** Throw-away services of test runs, one folder a run. */
export const testRunsFolder = path.join(localFolder, 'test');

/**
 * Makes a folder that only this user may read: it will hold data and passwords.
 * @param {string} folder
 */
export function makePrivateFolder(folder) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/**
 * A path as a person would type it from the checkout.
 * @param {string} file
 */
export function shown(file) {
  const relative = path.relative(root, file);
  return relative.startsWith('..') ? file : relative;
}
