import { spawn } from 'node:child_process';
import { nodeArguments } from './office.mjs';
import { root } from './paths.mjs';

/**
 * Runs the office on the servers that the environment names, its output here, until it ends or is told to.
 * @param {Promise<NodeJS.Signals>} stopSignal
 * @returns {Promise<number>} its exit code
 */
export function runOfficeAlone(stopSignal) {
  // In a session of its own, as everything we start: the signal reaches it once, from here.
  const office = spawn(process.execPath, nodeArguments('server/main', false), {
    cwd: root,
    stdio: 'inherit',
    detached: true,
  });
  void stopSignal.then((signal) => office.kill(signal));
  process.on('exit', () => office.kill('SIGKILL'));
  return new Promise((resolve, reject) => {
    office.once('error', reject);
    office.once('exit', (code) => resolve(code ?? 1));
  });
}
