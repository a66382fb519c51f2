import { ConfigError, readDatabaseConfig } from './config.ts';
import { connectDatabase } from './database/connect.ts';
import { databaseFault } from './database/faults.ts';
import { MIGRATION_WAIT_SECONDS, NewerSchemaError } from './database/migrate.ts';
import { countRestored, InstancesAliveError, markRestored, type RestoredCounts } from './restore/mark-restored.ts';

const USAGE = `npm run restored [-- --yes]

Run it after the database was restored from a backup, before the office starts on it. It reads DATABASE_URL. Whatever
was waiting or being sent when the backup was made becomes "unknown", because it may have been sent since; operations
that had not ended are stopped; and everybody has to sign in again. Without --yes it only says what it would do.
`;

process.exitCode = await main(process.argv.slice(2));

/** @returns the exit code: 0 done or shown, 1 refused or failed, 2 wrong arguments. */
async function main(args: readonly string[]): Promise<number> {
  if (args.some((argument) => argument !== '--yes')) {
    process.stderr.write(USAGE);
    return 2;
  }
  const config = readOrSay();
  if (config === null) return 2;
  const database = connectDatabase({
    url: config.databaseUrl,
    tls: config.databaseTls,
    poolSize: 3,
    tableWaitSeconds: MIGRATION_WAIT_SECONDS,
  });
  try {
    if (!args.includes('--yes')) {
      const { messages, operations, epoch } = await countRestored(database);
      process.stdout.write(
        `On ${placeOf(config.databaseUrl)}, with --yes:\n` +
          `  ${messages} pending or resending messages become unknown,\n` +
          `  ${operations} operations that have not ended are stopped,\n` +
          `  the epoch of the installation becomes ${epoch + 1}, and every session ends.\n` +
          'Nothing was changed.\n',
      );
      return 0;
    }
    process.stdout.write(`${summaryOf(await markRestored(database))}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`${wordsFor(error)}\n`);
    return 1;
  } finally {
    await database.destroy();
  }
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

function summaryOf({ messages, operations, epoch }: RestoredCounts): string {
  return (
    `Done. ${messages} messages are unknown now, ${operations} operations were stopped, and the epoch is ${epoch}. ` +
    'The office can be started. Look at the unknown messages first: those that reached their worker are marked as resent.'
  );
}

/** Without user and password. */
function placeOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

/** The driver's own words can hold values of a statement. */
function wordsFor(error: unknown): string {
  if (error instanceof InstancesAliveError || error instanceof NewerSchemaError) return error.message;
  if (databaseFault(error) === 'away') return 'The database cannot be reached, or this user may not use it.';
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  return `It failed in the middle (${typeof code === 'string' ? code : 'unknown fault'}). Run it again.`;
}
