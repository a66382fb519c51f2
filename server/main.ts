import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { Logger } from 'pino';

import { assertCodec } from './amqp/typed-codec.ts';
import { createLogger } from './log.ts';
import { ConfigError, readConfig, type Config } from './config.ts';
import { openOffice, type Office } from './office.ts';

/** How long a stop may take before it is forced, in ms. */
const STOP_DEADLINE_MS = 10_000;

/** Exit code of a start that cannot succeed by waiting: configuration, schema, address in use. */
const CANNOT_START = 1;

await main();

async function main(): Promise<void> {
  const config = readConfigOrExit();
  const logger = createLogger(config.logLevel);
  process.on('uncaughtException', (error) => {
    logger.fatal(
      { err: error },
      'A fault that nobody handled: the process ends, another start goes on where it stood.',
    );
    process.exit(70);
  });
  try {
    assertCodec();
    const office = await openOffice(config, { logger, clientDir: clientDir(), onCannotStart: exitWith });
    stopOnSignals(office, logger);
    // Without a certificate it stays what it is: the end of a terminal's programs.
    if (config.tls !== null) process.on('SIGHUP', office.reloadCertificate);
  } catch (error) {
    exitWith(error);
  }
}

function readConfigOrExit(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    exitWith(error);
  }
}

/** Says what is wrong in words; a stack trace helps nobody who has to mend a configuration. */
function exitWith(error: unknown): never {
  const text = error instanceof Error ? error.message : String(error);
  const problems = error instanceof ConfigError ? error.problems.map((problem) => `  - ${problem}`) : [];
  process.stderr.write(`${[`Dead Letter Office cannot start. ${text}`, ...problems].join('\n')}\n`);
  process.exit(CANNOT_START);
}

/** Beside the compiled server, or where the build puts it when the server runs from source. */
function clientDir(): string | null {
  const built = import.meta.url.endsWith('.ts') ? '../dist/client' : '../client';
  const path = fileURLToPath(new URL(built, import.meta.url));
  return existsSync(path) ? path : null;
}

/** The first signal stops in order; a second one, or the deadline, forces. */
function stopOnSignals(office: Office, logger: Logger): void {
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(CANNOT_START);
      stopping = true;
      logger.info({ signal }, 'Stopping: what is in hand is finished first. A second signal forces.');
      const deadline = setTimeout(() => {
        logger.error('Stopping took too long and was forced.');
        process.exit(CANNOT_START);
      }, STOP_DEADLINE_MS);
      void office.stop().then(
        () => {
          clearTimeout(deadline);
          process.exit(0);
        },
        (error: unknown) => {
          logger.error({ err: error }, 'Stopping failed.');
          process.exit(CANNOT_START);
        },
      );
    });
  }
}
