import { spawn } from 'node:child_process';
import path from 'node:path';

/** `npm run rotate-contents` as a process of its own. */
export interface RotationProcess {
  /** All that it has written so far. */
  output: () => string;
  /** Its exit code; null when a signal ended it. */
  exit: Promise<number | null>;
  signal: (signal: NodeJS.Signals) => void;
}

export function startRotation(databaseUrl: string, contentKeys: string, ...args: readonly string[]): RotationProcess {
  const entry = path.resolve(import.meta.dirname, '../../server/rotate-contents.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', entry, ...args], {
    env: { PATH: process.env['PATH'], DATABASE_URL: databaseUrl, CONTENT_KEYS: contentKeys },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exit = new Promise<number | null>((resolve) => child.on('exit', resolve));
  return { output: () => output, exit, signal: (signal) => child.kill(signal) };
}
