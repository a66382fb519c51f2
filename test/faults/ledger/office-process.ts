import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { waitFor } from '../../support/services.ts';

/**
 * The office's real program as a process of its own.
 *
 * | state | means | leaves it by |
 * |---|---|---|
 * | starting | waits for its database, migrates | ready |
 * | ready | does its work | `kill`, `sleep`, `stop` |
 * | asleep | stopped by the system: no timer fires, no byte is read; its connections stay open | `wake`, `kill` |
 * | gone | | |
 */
export interface OfficeProcess {
  pid: number | undefined;
  /** Where its console is; null until it listens. */
  url: () => string | null;
  /** Waits until it has said that it is ready. */
  ready: (deadlineMs?: number) => Promise<void>;
  /** Ends it at once (SIGKILL), and waits until it is gone. */
  kill: () => Promise<void>;
  /** Stops it where it is (SIGSTOP). */
  sleep: () => void;
  /** Lets it go on (SIGCONT). */
  wake: () => void;
  /** Lets it put everything down and end by itself (SIGTERM); by force when that takes too long. */
  stop: () => Promise<void>;
  /** Sets its wall clock so many ms ahead of the machine's. */
  setClock: (ms: number) => void;
  /** The end of what it logged, for a failure's message. */
  said: () => string;
}

/** As it is shipped; or, where nothing was built, its source, which takes twice as long to start. */
const PROGRAMS = {
  built: ['../../../dist/server/main.js'],
  source: ['../../../server/main.ts', '--import', 'tsx'],
} as const;
const PRELOAD = new URL('./office-preload.mjs', import.meta.url).href;
const READY_WITHIN_MS = 60_000;
const STOPS_WITHIN_MS = 40_000;
const KEPT_OUTPUT = 60;

/** Starts it, and does not wait for anything. Whoever starts it ends it. */
export function startOfficeProcess(environment: Record<string, string>): OfficeProcess {
  const [program, ...loading] = PROGRAMS[process.env['FAULTS_PROGRAM'] === 'built' ? 'built' : 'source'];
  const main = fileURLToPath(new URL(program, import.meta.url));
  const child = spawn(process.execPath, [...loading, '--import', PRELOAD, main], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', HTTP_PORT: '0', ADMIN_PASSWORD: 'correct horse battery', ...environment },
  });
  const exited = once(child, 'exit');
  const output: string[] = [];
  let isReady = false;
  let url: string | null = null;
  const keep = (line: string) => {
    output.push(line.slice(0, 600));
    if (output.length > KEPT_OUTPUT) output.shift();
    if (line.includes('The office is ready.')) isReady = true;
    url ??= /"url":"(http[^"]+)"/.exec(line)?.[1] ?? null;
  };
  createInterface(child.stderr).on('line', keep);
  createInterface(child.stdout).on('line', keep);
  // It may be gone when it is told something.
  child.stdin.on('error', () => undefined);
  const isGone = () => child.exitCode !== null || child.signalCode !== null;
  const said = () => output.join('\n');
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  return {
    pid: child.pid,
    url: () => url,
    ready: async (deadlineMs = READY_WITHIN_MS) => {
      await waitFor(() => isReady || isGone(), {
        deadlineMs,
        describe: () => `an office to be ready; it said: ${said()}`,
      });
      if (!isReady) throw new Error(`An office ended before it was ready; it said: ${said()}`);
    },
    kill,
    sleep: () => child.kill('SIGSTOP'),
    wake: () => child.kill('SIGCONT'),
    stop: async () => {
      if (isGone()) return;
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), STOPS_WITHIN_MS);
      await exited;
      clearTimeout(force);
    },
    setClock: (ms) => child.stdin.write(`clock ${ms}\n`),
    said,
  };
}
