import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { makePrivateFolder, testRunsFolder } from './paths.mjs';
import { endWhatRunsIn, isHeld, Running } from './running.mjs';
import { startServices } from './services/services.mjs';

/**
 * Private services for tests and benchmarks, thrown away by `end`. Every run has its own, so runs do not meet.
 * @param {{ asInProduction?: boolean }} options asInProduction: nothing is made faster at the price of safety, and the
 * broker has its shovel: for benchmarks
 * @returns {Promise<import('./services/settings.mjs').ServiceAddresses & { end: () => Promise<void> }>}
 */
export async function startTestServices({ asInProduction = false } = {}) {
  await endDeadTestRuns();
  const folder = path.join(testRunsFolder, `${process.pid}-${randomBytes(3).toString('hex')}`);
  makePrivateFolder(testRunsFolder);
  const running = await Running.claim(folder);
  const end = async () => {
    await running.end();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    return { ...(await startServices(running, folder, { throwAway: true, asInProduction })), end };
  } catch (error) {
    await running.end();
    throw error;
  }
}

/** A folder that is younger may belong to a run that has not signed it yet. */
const SIGNED_WITHIN_MS = 60_000;

/** Ends and removes what runs that were cut off have left. */
export async function endDeadTestRuns() {
  for (const folder of testRunFolders()) {
    if (isHeld(folder)) continue;
    const hadRecord = await endWhatRunsIn(folder);
    if (!hadRecord && Date.now() - modifiedAt(folder) <= SIGNED_WITHIN_MS) continue;
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      console.warn(`What a test run left behind could not be removed: ${String(error)}`);
    }
  }
}

/** @param {string} folder */
const modifiedAt = (folder) => statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Folders of the test runs of this checkout, running or not. */
export function testRunFolders() {
  if (!existsSync(testRunsFolder)) return [];
  return readdirSync(testRunsFolder).map((name) => path.join(testRunsFolder, name));
}
