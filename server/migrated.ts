import { ConfigError, readDatabaseConfig } from './config.ts';
import { connectDatabase } from './database/connect.ts';
import { databaseFault } from './database/faults.ts';
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
  const config = readOrSay();
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
    process.stderr.write(`${wordsFor(error)}\n`);
    return 1;
  } finally {
    await database.destroy();
  }
}

/** The driver's own words can hold values of a statement. */
function wordsFor(error: unknown): string {
  if (error instanceof NewerSchemaError || error instanceof MayNotMigrateError) return error.message;
  if (databaseFault(error) === 'away') return 'The database cannot be reached, or this user may not use it.';
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  return `It failed in the middle (${typeof code === 'string' ? code : 'unknown fault'}). Run it again.`;
}

function readOrSay(): ReturnType<typeof readDatabaseConfig> | null {
  try {
    return readDatabaseConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.problems.join('\n')}\n\n${USAGE}`);
    return null;
  }
}
