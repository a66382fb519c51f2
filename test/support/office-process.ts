import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The office as a process of its own, as it is started by hand. */
export interface OfficeProcess {
  /** All that it has written so far. */
  output: () => string;
  /** Its exit code; null when a signal ended it. */
  exit: Promise<number | null>;
  /** Where it listens, as soon as it has said so. */
  url: () => string | undefined;
  signal: (signal: NodeJS.Signals) => void;
  /** Stops it, by force if need be, and removes its journal. */
  remove: () => Promise<void>;
}

/** @param env on top of a free port and a journal of its own; nothing else is handed on. */
export async function startOfficeProcess(env: Record<string, string>): Promise<OfficeProcess> {
  const directory = await mkdtemp(path.join(tmpdir(), 'office-process-'));
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', path.resolve(import.meta.dirname, '../../server/main.ts')],
    {
      env: { PATH: process.env['PATH'], HTTP_PORT: '0', INTAKE_JOURNAL_DIR: directory, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exit = new Promise<number | null>((resolve) => child.on('exit', resolve));
  return {
    output: () => output,
    exit,
    url: () => /"url":"(http[^"]+)"/.exec(output)?.[1],
    signal: (signal) => child.kill(signal),
    remove: async () => {
      child.kill('SIGTERM');
      await exit;
      await rm(directory, { recursive: true, force: true });
    },
  };
}
