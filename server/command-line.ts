import { ConfigError, readDatabaseConfig } from './config.ts';
import { databaseFault } from './database/faults.ts';

/** What a command needs to reach the database, from the environment; null when that is wrong: why and how was said then. */
export function readConfigOrSay(usage: string): ReturnType<typeof readDatabaseConfig> | null {
  try {
    return readDatabaseConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.problems.join('\n')}\n\n${usage}`);
    return null;
  }
}

/**
 * Why a command failed. The driver's own words can hold values of a statement: of those only the code is said.
 *
 * @param known errors of ours, whose words are for whoever called.
 */
export function wordsForFault(error: unknown, known: readonly (abstract new (...args: never[]) => Error)[]): string {
  const ours = known.some((kind) => error instanceof kind);
  if (ours && error instanceof Error) return error.message;
  if (databaseFault(error) === 'away') return 'The database cannot be reached, or this user may not use it.';
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  return `It failed in the middle (${typeof code === 'string' ? code : 'unknown fault'}). Run it again.`;
}
