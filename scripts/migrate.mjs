// npm run migrate [-- --grants ACCOUNT]: the database brought up to date by an account that may; see docs/audit.md.
import './launcher/node-version.mjs';
import { nodeArguments } from './launcher/office.mjs';
import { prepare } from './launcher/prepare.mjs';
import { runCommand } from './launcher/problem.mjs';
import { runInForeground } from './launcher/foreground.mjs';

await runCommand(async () => {
  await prepare({ built: true });
  return runInForeground(process.execPath, [...nodeArguments('server/migrated', false), ...process.argv.slice(2)]);
});
