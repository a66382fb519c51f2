import type { Logger } from 'pino';

import { databaseFault } from './database/faults.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Runs the steps of a start that need the database, again and again until they succeed: a database that comes later
 * is no reason to end. Every pause is said in the log, once per change of the reason.
 *
 * @throws whatever waiting cannot mend (a newer schema, a missing right), and when `signal` aborts.
 */
export async function untilDatabaseAnswers(
  step: () => Promise<void>,
  { logger, signal }: { logger: Logger; signal: AbortSignal },
): Promise<void> {
  let said: string | undefined;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    signal.throwIfAborted();
    try {
      await step();
      if (said !== undefined) logger.info('The database is there.');
      return;
    } catch (error) {
      if (databaseFault(error) !== 'away') throw error;
      const code = reasonOf(error);
      if (code !== said) logger.warn({ code }, 'The database is away. The office is not ready and keeps trying.');
      said = code;
      await pause(pauseMs * (0.5 + Math.random() / 2), signal);
    }
  }
}

function reasonOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string')
    return error.code;
  return error instanceof Error ? error.name : 'unknown';
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
