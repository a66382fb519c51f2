// npm run audit:verify: whether the audit record is as it was written; see docs/audit.md.
import './launcher/node-version.mjs';
import { nodeArguments } from './launcher/office.mjs';
import { localFolder } from './launcher/paths.mjs';
import { prepare } from './launcher/prepare.mjs';
import { runCommand } from './launcher/problem.mjs';
import { runInForeground } from './launcher/foreground.mjs';
import { addressesOf, readSettings } from './launcher/services/settings.mjs';

await runCommand(async () => {
  await prepare({ built: true });
  const own = process.env['DATABASE_URL'] ? undefined : readSettings(localFolder);
  const env = own && {
    DATABASE_URL: addressesOf(own).databaseUrl,
    AUDIT_SEAL_KEY: process.env['AUDIT_SEAL_KEY'] || (own.sealKey ?? ''),
  };
  return runInForeground(process.execPath, [...nodeArguments('server/verified', false), ...process.argv.slice(2)], env);
});
