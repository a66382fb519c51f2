import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Problem } from './problem.mjs';
import { pause } from './progress.mjs';

/**
 * A process as it is written down: process ids are used again, so the identity tells whether it is still the same one.
 * @typedef {{ pid: number, identity: string }} RecordedProcess
 */

/**
 * What tells this process from every other that has had or will have its id: when it started, in which boot.
 * Undefined when no such process runs (one that ended and waits to be collected does not run).
 * @param {number} pid
 * @returns {string | undefined}
 */
function identityOf(pid) {
  try {
    if (process.platform !== 'linux') {
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
    }
    // proc(5): the name in parentheses may hold anything, so fields are counted from the last one.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const state = fields[0];
    if (state === 'Z' || state === 'X') return undefined;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${fields[19]}`;
  } catch {
    return undefined;
  }
}

/**
 * @param {number} pid
 * @returns {RecordedProcess}
 */
export function recordOf(pid) {
  return { pid, identity: identityOf(pid) ?? 'gone' };
}

/** @param {RecordedProcess} recorded */
export function isRunning(recorded) {
  return identityOf(recorded.pid) === recorded.identity;
}

/**
 * Ends a recorded process, and nothing else: asks with SIGTERM, and after the deadline ends its whole process group.
 * @param {RecordedProcess} recorded
 * @param {{ deadlineMs: number, signal?: NodeJS.Signals }} options
 * @returns {Promise<'ended' | 'forced' | 'was gone'>}
 */
export async function endProcess(recorded, { deadlineMs, signal = 'SIGTERM' }) {
  if (!isRunning(recorded)) return 'was gone';
  sendSignal(recorded.pid, signal);
  const deadline = Date.now() + deadlineMs;
  while (isRunning(recorded)) {
    if (Date.now() >= deadline) {
      sendSignal(-recorded.pid, 'SIGKILL');
      sendSignal(recorded.pid, 'SIGKILL');
      while (isRunning(recorded)) await pause(20);
      return 'forced';
    }
    await pause(20);
  }
  return 'ended';
}

/**
 * @param {number} pid negative: the process group of that number
 * @param {NodeJS.Signals} signal
 */
export function sendSignal(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM') {
      throw new Problem(
        `Process ${Math.abs(pid)} is left of an earlier start and belongs to another user: end it as that user.`,
      );
    }
    // ESRCH: it ended by itself in between, which is what was wanted.
  }
}
