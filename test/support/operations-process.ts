import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import type { LeaseTimes } from '../../server/operations/lease.ts';

import { testServices, waitFor } from './services.ts';

/**
 * One process of the office, as far as operations go: real, so that it can die or sleep in the middle of anything.
 *
 * | state | means | leaves it by |
 * |---|---|---|
 * | running | looks for operations and runs them | `kill`, `sleep`, `end` |
 * | asleep | stopped by the system: no timer fires, no byte is read; its connections stay open | `wake`, `kill`, `end` |
 * | gone | as a machine that lost its power: nothing was put down | |
 */
export interface OperationsProcess {
  /** As in `operations.lease_instance_id`. */
  instanceId: string;
  /** Ends it at once (SIGKILL), and waits until it is gone. */
  kill: () => Promise<void>;
  /** Stops it where it is (SIGSTOP). */
  sleep: () => void;
  /** Lets it go on (SIGCONT). */
  wake: () => void;
  /** Its exit code; null while it is there, and when a signal ended it. */
  exitCode: () => number | null;
  /** The end of what it logged, for a failure's message. */
  said: () => string;
  /** Lets it put everything down and end by itself; awake or asleep, it is gone afterwards. */
  end: () => Promise<void>;
}

export interface OperationsProcessOptions {
  databaseUrl: string;
  instanceId: string;
  times: LeaseTimes;
  /** In place of the broker's own address. */
  amqpUrl?: string;
}

const PROGRAM = new URL('./operations-process-main.ts', import.meta.url);
const STARTS_WITHIN_MS = 30_000;
const ENDS_WITHIN_MS = 15_000;
/** Whatever becomes of the test: it does not live longer. */
const LIVES_MS = 300_000;
const KEPT_OUTPUT = 50;

/** Starts it, and waits until it is connected and looks for operations. Whoever starts it ends it. */
export async function startOperationsProcess({
  databaseUrl,
  instanceId,
  times,
  amqpUrl = testServices().amqpUrl,
}: OperationsProcessOptions): Promise<OperationsProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(PROGRAM)], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const output: string[] = [];
  let ready = false;
  const keep = (line: string) => {
    output.push(line);
    if (output.length > KEPT_OUTPUT) output.shift();
  };
  createInterface(child.stderr).on('line', keep);
  createInterface(child.stdout).on('line', (line) => {
    if (line === 'ready') ready = true;
    else keep(line);
  });
  // It may be gone when it is told something.
  child.stdin.on('error', () => undefined);
  child.stdin.write(`${JSON.stringify({ databaseUrl, amqpUrl, instanceId, times, livesMs: LIVES_MS })}\n`);

  const isGone = () => child.exitCode !== null || child.signalCode !== null;
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
    clearTimeout(life);
  };
  // A process that sleeps does not see its own time pass.
  const life = setTimeout(() => child.kill('SIGKILL'), LIVES_MS);
  const one: OperationsProcess = {
    instanceId,
    kill,
    sleep: () => child.kill('SIGSTOP'),
    wake: () => child.kill('SIGCONT'),
    exitCode: () => child.exitCode,
    said: () => output.join('\n'),
    end: async () => {
      if (isGone()) return;
      child.kill('SIGCONT');
      child.stdin.end();
      const force = setTimeout(() => child.kill('SIGKILL'), ENDS_WITHIN_MS);
      await exited;
      clearTimeout(force);
      clearTimeout(life);
    },
  };
  try {
    await waitFor(() => ready || isGone(), {
      deadlineMs: STARTS_WITHIN_MS,
      describe: () => `a process for operations to be ready; it said: ${one.said()}`,
    });
    if (isGone()) throw new Error(`A process for operations ended before it was ready; it said: ${one.said()}`);
  } catch (error) {
    await kill();
    throw error;
  }
  return one;
}
