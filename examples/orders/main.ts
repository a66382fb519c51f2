import { control } from './control.ts';
import { USAGE, readRunSettings } from './options.ts';
import type { RunSettings } from './options.ts';
import { startPipeline } from './pipeline.ts';
import { removeState, writeState } from './state-file.ts';

/** Entry of the example: `run` (also without a command), `status`, `fix`, `break`. */

const DEFAULT_STATE_FILE = '.local/example.json';

async function main(): Promise<void> {
  const [first = 'run', ...rest] = process.argv.slice(2);
  const [command, args] = first.startsWith('-') ? ['run', [first, ...rest]] : [first, rest];
  if (args.includes('--help') || args.includes('-h') || command === 'help') {
    process.stdout.write(USAGE);
    return;
  }
  switch (command) {
    case 'run': {
      const read = readRunSettings(args, process.env);
      if ('settings' in read) {
        await run(read.settings);
        return;
      }
      console.error(['The example cannot start:', ...read.problems.map((problem) => `  ${problem}`)].join('\n'));
      process.exitCode = 1;
      return;
    }
    case 'status':
    case 'fix':
    case 'break': {
      const stateFile = process.env['EXAMPLE_STATE_FILE'] ?? DEFAULT_STATE_FILE;
      process.exitCode = await control(command, args, stateFile, (line) => {
        console.log(line);
      });
      return;
    }
    default:
      console.error(`No such command: ${command}\n\n${USAGE}`);
      process.exitCode = 1;
  }
}

/** Runs until SIGTERM or SIGINT; a second signal ends it at once. */
async function run(settings: RunSettings): Promise<void> {
  const abort = new AbortController();
  const asked = new Promise<void>((resolve) => {
    const onSignal = () => {
      if (abort.signal.aborted) process.exit(1);
      abort.abort();
      resolve();
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
  const log = (line: string) => {
    console.log(`${new Date().toISOString()} example: ${line}`);
  };
  const stateFile = settings.EXAMPLE_STATE_FILE;
  try {
    const pipeline = await startPipeline(
      {
        amqpUrl: settings.AMQP_URL,
        port: settings.EXAMPLE_PORT,
        prefix: settings.prefix,
        businessWorkers: settings['business-workers'],
        notificationWorkers: settings['notification-workers'],
        consumers: settings.consumers,
        stream: settings['no-stream']
          ? null
          : { interval: settings.interval, failureInterval: settings['failure-interval'] },
        maxDead: settings['max-dead'],
        consoleUrl: settings.CONSOLE_URL ?? null,
        log,
      },
      abort.signal,
    );
    if (stateFile !== undefined) {
      await writeState(stateFile, { url: pipeline.url, pid: process.pid, startedAt: new Date().toISOString() });
    }
    log(`running at ${pipeline.url}`);
    await asked;
    await pipeline.stop();
    log('stopped');
  } catch (error) {
    if (abort.signal.aborted) return;
    console.error(`The example cannot start: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  } finally {
    if (stateFile !== undefined) await removeState(stateFile);
  }
}

await main();
