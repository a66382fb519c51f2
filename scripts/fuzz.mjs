// npm run fuzz [-- ARGUMENTS OF VITEST]: generated HTTP requests and AMQP messages in full number, on real services.
// FUZZ_SEED repeats a run; FUZZ_REQUESTS and FUZZ_MESSAGES change how many.
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
  const env = {
    FUZZ_REQUESTS: process.env['FUZZ_REQUESTS'] ?? '20000',
    FUZZ_MESSAGES: process.env['FUZZ_MESSAGES'] ?? '50000',
  };
  const code = await runInForeground(
    process.execPath,
    [vitest, 'run', '--project', 'integration', 'test/faults/fuzz-', ...process.argv.slice(2)],
    env,
  );
  await endDeadTestRuns();
  return code;
});
