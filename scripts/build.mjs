// npm run build: the server and the console into dist/, where they are missing or older than their sources.
import './launcher/node-version.mjs';
import { ensureBuilt } from './launcher/build.mjs';
import { runCommand } from './launcher/problem.mjs';

await runCommand(async () => {
  await ensureBuilt();
  return 0;
});
