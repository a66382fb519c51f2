import { readConfigOrSay, wordsForFault } from './command-line.ts';
import { connectDatabase } from './database/connect.ts';
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
  const config = readConfigOrSay(USAGE);
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
    process.stderr.write(`${wordsForFault(error, [InstancesAliveError, NewerSchemaError])}\n`);
    return 1;
  } finally {
    await database.destroy();
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
