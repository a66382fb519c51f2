import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Log } from './broker.ts';
import type { Faults } from './faults.ts';
import type { ProcessedLog } from './processed.ts';
import { fromPrinterSchema } from './receipt-protocol.ts';
import type { ToPrinter } from './receipt-protocol.ts';

/** How soon a printer that died is started again (ms). */
const RESTART_DELAY = 300;
/** How long a stop waits for the printer before it kills it (ms). */
const STOP_DEADLINE = 3_000;

export interface ReceiptPrinter {
  /** How often it died since the start. */
  crashes(): number;
  stop(): Promise<void>;
}

export interface ReceiptPrinterOptions {
  amqpUrl: string;
  /** The prefix of all names on the broker. */
  prefix: string;
  faults: Faults;
  processed: ProcessedLog;
  log: Log;
}

/**
 * Keeps the receipt printer running: a worker in a process of its own, because it crashes. Whatever it had in hand
 * goes back to its queue, and it is started again, as a supervisor does.
 */
export function startReceiptPrinter(options: ReceiptPrinterOptions): ReceiptPrinter {
  let child: ChildProcess | null = null;
  let restart: NodeJS.Timeout | undefined;
  let crashes = 0;
  let stopping = false;

  const tell = (message: ToPrinter) => {
    if (child?.connected === true) child.send(message, () => undefined);
  };
  const tellFault = () => {
    tell({ kind: 'fault', broken: options.faults.isBroken('receipt-printer') });
  };
  const start = () => {
    const started = forkPrinter(options);
    child = started;
    started.on('message', (raw) => {
      const message = fromPrinterSchema.safeParse(raw);
      if (message.success) options.processed.addRecord(message.data.record);
    });
    started.on('error', (error) => {
      options.log(`receipt printer: ${error.message}`);
    });
    started.on('exit', () => {
      child = null;
      if (stopping) return;
      crashes += 1;
      restart = setTimeout(start, RESTART_DELAY);
    });
    tellFault();
  };
  options.faults.onChange((name) => {
    if (name === 'receipt-printer') tellFault();
  });
  start();

  return {
    crashes: () => crashes,
    stop: async () => {
      stopping = true;
      clearTimeout(restart);
      const running = child;
      if (running === null) return;
      const exited = new Promise((resolve) => running.once('exit', resolve));
      const force = setTimeout(() => running.kill('SIGKILL'), STOP_DEADLINE);
      // The end of the channel is the printer's sign to finish.
      if (running.connected) running.disconnect();
      await exited;
      clearTimeout(force);
    },
  };
}

/** The URL holds a password: it goes by the environment, where other users cannot read it, and not by the command line. */
function forkPrinter({ amqpUrl, prefix }: ReceiptPrinterOptions): ChildProcess {
  const here = import.meta.url;
  const fromSource = here.endsWith('.ts');
  const program = fileURLToPath(new URL(fromSource ? './receipt-process.ts' : './receipt-process.js', here));
  return fork(program, {
    cwd: fileURLToPath(new URL('.', here)),
    execArgv: fromSource ? ['--import', 'tsx'] : [],
    env: { PATH: process.env['PATH'], AMQP_URL: amqpUrl, EXAMPLE_PREFIX: prefix },
  });
}
