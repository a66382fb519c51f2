// npm run reset: ends what still runs of this checkout's local services and removes their data, logs and login.
import './launcher/node-version.mjs';
import { existsSync, rmSync } from 'node:fs';
import { localFolder, shown } from './launcher/paths.mjs';
import { runCommand } from './launcher/problem.mjs';
import { step } from './launcher/progress.mjs';
import { endWhatRunsIn } from './launcher/running.mjs';
import { removeContainers } from './launcher/services/compose.mjs';
import { testRunFolders } from './launcher/test-services.mjs';

await runCommand(async () => {
  if (!existsSync(localFolder)) {
    console.log(`There is nothing to remove: ${shown(localFolder)}/ does not exist.`);
    return 0;
  }
  await step('Stopping what still runs', async () => {
    for (const folder of [localFolder, ...testRunFolders()]) {
      await endWhatRunsIn(folder);
      await removeContainers(folder);
    }
  });
  rmSync(localFolder, { recursive: true, force: true });
  console.log(`Removed ${shown(localFolder)}/.`);
  return 0;
});
