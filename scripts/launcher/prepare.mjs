import path from 'node:path';
import { build, isBuilt } from './build.mjs';
import { areInstalled, installDependencies } from './dependencies.mjs';
import { localFolder } from './paths.mjs';
import { Running } from './running.mjs';

/**
 * Installs and builds what is missing or stale. Two commands in one checkout do it one after the other: they would break
 * each other's node_modules.
 * @param {{ built: boolean }} needs built: the server and the console in dist/ too
 */
export async function prepare({ built }) {
  const isReady = () => areInstalled() && (!built || isBuilt());
  if (isReady()) return;
  const turn = await Running.claim(path.join(localFolder, 'prepare'), { wait: true });
  try {
    if (!areInstalled()) await installDependencies();
    if (built) await build();
  } finally {
    await turn.end();
  }
}
