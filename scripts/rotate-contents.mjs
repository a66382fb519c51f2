// npm run rotate-contents: encrypts the contents of all messages anew with the first key; see docs/encryption.md.
import './launcher/node-version.mjs';
import { nodeArguments } from './launcher/office.mjs';
import { prepare } from './launcher/prepare.mjs';
import { runCommand } from './launcher/problem.mjs';
import { runInForeground } from './launcher/foreground.mjs';

await runCommand(async () => {
  await prepare({ built: true });
  return runInForeground(process.execPath, [
    ...nodeArguments('server/rotate-contents', false),
    ...process.argv.slice(2),
  ]);
});
