import { readConfigOrSay, wordsForFault } from './command-line.ts';
import { connectDatabase } from './database/connect.ts';
import { grantStatements } from './database/grants.ts';
import { MayNotMigrateError, migrate, MIGRATION_WAIT_SECONDS, NewerSchemaError } from './database/migrate.ts';

const USAGE = `npm run migrate [-- --grants "'USER'@'HOST'"]

Brings the database of DATABASE_URL up to date, with an account that may change tables, so that the office itself can
run with one that may not. With --grants it also prints the statements that give such an account what the office needs;
see docs/audit.md.
`;

process.exitCode = await main(process.argv.slice(2));

/** @returns the exit code: 0 done, 1 failed, 2 wrong arguments. */
async function main(args: readonly string[]): Promise<number> {
  const account = args[0] === '--grants' ? args[1] : undefined;
  if (
    args.length !== (account === undefined ? 0 : 2) ||
    (account !== undefined && !/^'[^']+'@'[^']+'$/.test(account))
  ) {
    process.stderr.write(USAGE);
    return 2;
  }
  const config = readConfigOrSay(USAGE);
  if (config === null) return 2;
  const database = connectDatabase({
    url: config.databaseUrl,
    tls: config.databaseTls,
    poolSize: 3,
    silenceMs: null,
    tableWaitSeconds: MIGRATION_WAIT_SECONDS,
  });
  try {
    const steps = await migrate(database);
    process.stderr.write(steps.length === 0 ? 'Nothing to do.\n' : `Done: ${steps.join(', ')}.\n`);
    if (account !== undefined) process.stdout.write(`${(await grantStatements(database, account)).join('\n')}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`${wordsForFault(error, [NewerSchemaError, MayNotMigrateError])}\n`);
    return 1;
  } finally {
    await database.destroy();
  }
}
