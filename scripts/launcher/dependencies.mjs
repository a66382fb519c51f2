import { existsSync } from 'node:fs';
import path from 'node:path';
import { mustRun } from './commands.mjs';
import { readJson } from './json-file.mjs';
import { root } from './paths.mjs';
import { step } from './progress.mjs';

/**
 * @typedef {{ version?: string, resolved?: string, integrity?: string, optional?: boolean, devOptional?: boolean }} LockEntry
 * @typedef {{ packages?: Record<string, LockEntry> }} Lock
 */

/** Installs the dependencies that package-lock.json names, and nothing else. */
export async function installDependencies() {
  const npm = process.env['npm_execpath'];
  const [program, args] = npm && existsSync(npm) ? [process.execPath, [npm]] : ['npm', []];
  // The build needs the development dependencies, whatever NODE_ENV says.
  await step('Installing the dependencies (npm ci)', () =>
    mustRun('npm ci', program, [...args, 'ci', '--include=dev', '--no-audit', '--no-fund']),
  );
}

/**
 * Whether node_modules is what package-lock.json says.
 * npm writes `node_modules/.package-lock.json` as the last act of an install: what it has put there. Current when that is
 * exactly what the lock file asks for; packages for other platforms (optional ones) may be absent.
 */
export function areInstalled() {
  /** @type {Lock | undefined} */
  const wanted = readJson(path.join(root, 'package-lock.json'));
  /** @type {Lock | undefined} */
  const installed = readJson(path.join(root, 'node_modules', '.package-lock.json'));
  if (!wanted?.packages || !installed?.packages) return false;
  const { packages } = installed;
  for (const [place, entry] of Object.entries(wanted.packages)) {
    const there = packages[place];
    const same = there?.version === entry.version && there?.integrity === entry.integrity;
    if (place !== '' && !same && !(there === undefined && (entry.optional || entry.devOptional))) return false;
  }
  return Object.keys(packages).every((place) => wanted.packages?.[place] !== undefined);
}
