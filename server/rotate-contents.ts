import { parseArgs } from 'node:util';

import { pino } from 'pino';

import { ConfigError, readDatabaseConfig } from './config.ts';
import { connectDatabase, type Database } from './database/connect.ts';
import { databaseFault } from './database/faults.ts';
import { registerInstance, readOthersAlive } from './database/instance.ts';
import { migrate, NewerSchemaError } from './database/migrate.ts';
import { ContentCipher } from './encryption/content-cipher.ts';
import { ContentKeysError, giveUpLostKeys, openContentKeys } from './encryption/open-content-keys.ts';
import { rotateContents, RotationRunsError, type RotationEnd } from './rotation/rotate-contents.ts';

const USAGE = `npm run rotate-contents [-- --decrypt | --give-up-lost-keys]

Encrypts the contents of all messages anew with the first key of CONTENT_KEYS: those that are encrypted with another of
its keys, and those that are not encrypted. It reads DATABASE_URL and CONTENT_KEYS and runs beside the office. It can be
stopped at any time and goes on from there the next time.

  --decrypt             stores them as they are again instead, so that the office needs no keys
  --give-up-lost-keys   where every key is lost: lets the office start with other ones. What was encrypted with the lost
                        keys stays, and cannot be read
`;

/** Exit codes. */
const [DONE, FAILED, WRONG_ARGUMENTS, INTERRUPTED] = [0, 1, 2, 130];
const SAY_EVERY_MS = 2_000;

process.exitCode = await main(process.argv.slice(2));

/** 0: everything is as asked for. 1: it is not, and why was said. 2: wrong arguments or keys. 130: told to stop. */
async function main(args: string[]): Promise<number> {
  try {
    return await run(args);
  } catch (error) {
    if (error instanceof ConfigError) {
      complain([error.message, ...error.problems.map((problem) => `  - ${problem}`)].join('\n'));
      return WRONG_ARGUMENTS;
    }
    complain(wordsFor(error));
    return FAILED;
  }
}

async function run(args: string[]): Promise<number> {
  const values = readArguments(args);
  if (values === null || (values.decrypt === true && values['give-up-lost-keys'] === true)) {
    complain(USAGE);
    return WRONG_ARGUMENTS;
  }
  if (values.help === true) {
    say(USAGE);
    return DONE;
  }
  const { databaseUrl, databaseTls, contentKeys } = readDatabaseConfig(process.env);
  const givesUp = values['give-up-lost-keys'] === true;
  if (contentKeys.length === 0 && !givesUp) {
    complain('CONTENT_KEYS is not set. Set it as for the office, with the key that is to encrypt in front.');
    return WRONG_ARGUMENTS;
  }
  const contentCipher = new ContentCipher(contentKeys);
  const database = connectDatabase({ url: databaseUrl, tls: databaseTls, poolSize: 3, contentCipher });
  try {
    await migrate(database);
    if (givesUp) return await giveUp(database);
    return await rotate(database, values.decrypt === true ? null : contentCipher.keyId);
  } finally {
    await database.destroy();
  }
}

function readArguments(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        decrypt: { type: 'boolean' },
        'give-up-lost-keys': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch {
    return null;
  }
}

async function rotate(database: Database, target: string | null): Promise<number> {
  const instance = await registerInstance({ database, logger: pino({ level: 'silent' }) });
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stop.abort();
    });
  }
  let said = 0;
  try {
    for (const keyId of await openContentKeys(database, instance.id)) {
      complain(`The key ${keyId} is not in CONTENT_KEYS: what is encrypted with it stays as it is.`);
    }
    const end = await rotateContents(database, {
      instanceId: instance.id,
      target,
      signal: stop.signal,
      onProgress: (share) => {
        if (performance.now() - said < SAY_EVERY_MS) return;
        said = performance.now();
        say(`${(share * 100).toFixed(1)} %`);
      },
    });
    return tellEnd(end, target);
  } finally {
    await instance.stop();
  }
}

function tellEnd(end: RotationEnd, target: string | null): number {
  const { done, changed, unreadable, keyIds, encrypting, notNeeded, journalled } = end;
  const as = target === null ? 'as they are' : `with the key ${target}`;
  if (!done) {
    say(`Stopped. ${changed} rows are stored ${as}. Run it again: it goes on from there.`);
    return INTERRUPTED;
  }
  say(`Done. ${changed} rows are stored ${as} now.`);
  if (unreadable > 0) {
    const which = keyIds.size === 0 ? '' : ` (encrypted with ${[...keyIds].join(', ')})`;
    complain(
      `${unreadable} rows could not be decrypted${which} and stay as they are: their key is missing, or they are damaged.`,
    );
  }
  if (encrypting.length > 0) {
    complain(
      `Instances of the office have encrypted with ${encrypting.join(', ')} since this began. ` +
        (target === null
          ? 'Stop every instance, and run this again.'
          : `Start every instance with ${target} in front in CONTENT_KEYS, and run this again.`),
    );
  }
  if (unreadable > 0 || encrypting.length > 0) return FAILED;
  if (notNeeded.length > 0) {
    say(`Not needed any more: ${notNeeded.join(', ')}. Keep them as long as you keep backups from before.`);
  }
  if (target === null) say('The office can be started without CONTENT_KEYS.');
  if (journalled > 0) {
    say(`${journalled} messages lie in intake journals: keep every key until they are registered.`);
  }
  return DONE;
}

async function giveUp(database: Database): Promise<number> {
  if ((await readOthersAlive(database, '0')).size > 0) {
    complain('The office is running on this database. Stop every instance first.');
    return FAILED;
  }
  const lost = await giveUpLostKeys(database);
  say(
    lost.length === 0
      ? 'No contents are encrypted: nothing was given up.'
      : `Given up: ${lost.join(', ')}. The office starts with other keys now; what these keys encrypted cannot be read.`,
  );
  return DONE;
}

/** The driver's own words can hold values of a statement. */
function wordsFor(error: unknown): string {
  if (error instanceof ContentKeysError || error instanceof RotationRunsError || error instanceof NewerSchemaError) {
    return error.message;
  }
  if (databaseFault(error) === 'away') {
    return 'The database cannot be reached, or this user may not use it. Run it again: it goes on from where it was.';
  }
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  return `It failed (${typeof code === 'string' ? code : 'unknown fault'}). Run it again: it goes on from where it was.`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function complain(text: string): void {
  process.stderr.write(`${text}\n`);
}
