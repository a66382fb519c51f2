// npm run build: the server and the console into dist/, where they are missing or older than their sources.
import './launcher/node-version.mjs';
import { prepare } from './launcher/prepare.mjs';
import { runCommand } from './launcher/problem.mjs';

await runCommand(async () => {
  await prepare({ built: true });
  return 0;
});
