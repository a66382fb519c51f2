// npm run restored [-- --yes]: what has to be done to a database that came from a backup; see docs/backup.md.
import './launcher/node-version.mjs';
import { nodeArguments } from './launcher/office.mjs';
import { prepare } from './launcher/prepare.mjs';
import { runCommand } from './launcher/problem.mjs';
import { runInForeground } from './launcher/foreground.mjs';

await runCommand(async () => {
  await prepare({ built: true });
  return runInForeground(process.execPath, [...nodeArguments('server/restored', false), ...process.argv.slice(2)]);
});
