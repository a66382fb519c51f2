import { spawn } from 'node:child_process';
import { root } from './paths.mjs';
import { firstStopSignal } from './stop-signals.mjs';

/**
 * Runs a program in our place at the terminal until it ends; it is told to when we are, and ended by force at the second time.
 * @param {string} program
 * @param {string[]} args
 * @param {Record<string, string>} [env] beside our own
 * @returns {Promise<number>} its exit code; 130 when a signal ended it
 */
export function runInForeground(program, args, env = {}) {
  const child = spawn(program, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  void firstStopSignal(() => child.kill('SIGKILL')).then((signal) => {
    // A Ctrl-C has reached it already: the terminal sends it to everything in the foreground.
    if (signal !== 'SIGINT') child.kill(signal);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 130));
  });
}
