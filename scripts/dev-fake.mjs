// npm run dev:fake: the console alone, with reload, on an office in the browser's memory; no server, no services.
import './launcher/node-version.mjs';
import path from 'node:path';
import { runInForeground } from './launcher/foreground.mjs';
import { root } from './launcher/paths.mjs';
import { prepare } from './launcher/prepare.mjs';
import { runCommand } from './launcher/problem.mjs';

await runCommand(async () => {
  await prepare({ built: false });
  const vite = path.join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  return await runInForeground(process.execPath, [vite, '--mode', 'fake', ...process.argv.slice(2)], {});
});
