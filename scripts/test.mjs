// npm test [-- ARGUMENTS OF VITEST]: installs what is missing, runs the tests, and ends what they left running.
// The services come from the set-up of the projects that need them: `npm test -- test/unit` starts none.
import './launcher/node-version.mjs';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { root } from './launcher/paths.mjs';
import { prepare } from './launcher/prepare.mjs';
import { runCommand } from './launcher/problem.mjs';
import { endDeadTestRuns } from './launcher/test-services.mjs';

await runCommand(async () => {
  await prepare({ built: false });
  const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const child = spawn(process.execPath, [vitest, 'run', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
  process.on('SIGINT', () => {}); // reaches vitest as well, which ends its services; then we end
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));
  /** @type {number} */
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (exitCode) => resolve(exitCode ?? 130));
  });
  await endDeadTestRuns();
  return code;
});
