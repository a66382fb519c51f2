// npm test [-- ARGUMENTS OF VITEST]: installs what is missing, runs the tests, and ends what they left running.
// The services come from the set-up of the projects that need them: `npm test -- test/unit` starts none.
import './launcher/node-version.mjs';
import path from 'node:path';
import { runInForeground } from './launcher/foreground.mjs';
import { root } from './launcher/paths.mjs';
import { prepare } from './launcher/prepare.mjs';
import { runCommand } from './launcher/problem.mjs';
import { endDeadTestRuns } from './launcher/test-services.mjs';

await runCommand(async () => {
  await prepare({ built: false });
  const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const code = await runInForeground(process.execPath, [vitest, 'run', ...process.argv.slice(2)]);
  await endDeadTestRuns();
  return code;
});
