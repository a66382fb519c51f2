import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';
import { Problem } from './problem.mjs';

/** Folders where servers are kept although a user's PATH does not name them. */
const SERVER_FOLDERS = [
  '/usr/local/sbin',
  '/usr/sbin',
  '/sbin',
  '/usr/local/bin',
  '/usr/bin',
  '/opt/homebrew/sbin',
  '/opt/homebrew/bin',
];

/**
 * The first of these programs that this machine has: its absolute path, or undefined.
 * @param {...string} names program names, or absolute paths
 */
export function findProgram(...names) {
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter).filter(Boolean), ...SERVER_FOLDERS];
  for (const name of names) {
    const places = path.isAbsolute(name) ? [name] : folders.map((folder) => path.join(folder, name));
    const found = places.find(isExecutable);
    if (found) return found;
  }
  return undefined;
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Programs that `run` waits for: they end with us. @type {Set<import('node:child_process').ChildProcess>} */
const waitedFor = new Set();
process.on('exit', () => waitedFor.forEach((child) => child.kill()));

/**
 * @typedef {object} Finished
 * @property {number} code exit code; 127 when the program could not be run, 128 when a signal or the time limit ended it
 * @property {string} output what it wrote, both streams in order
 */

/**
 * Runs a program to its end and keeps what it writes. Never rejects.
 * @param {string} program
 * @param {string[]} args
 * @param {{ timeoutMs?: number, env?: NodeJS.ProcessEnv, cwd?: string }} [options]
 * @returns {Promise<Finished>}
 */
export function run(program, args, options = {}) {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(program, args, {
      cwd: options.cwd ?? root,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs, killSignal: 'SIGKILL' }),
    });
    waitedFor.add(child);
    child.stdout.setEncoding('utf8').on('data', (chunk) => (output += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk) => (output += chunk));
    child.once('error', (error) => resolve({ code: 127, output: error.message }));
    child.once('close', (code) => {
      waitedFor.delete(child);
      resolve({ code: code ?? 128, output });
    });
  });
}

/**
 * Runs a program that has to succeed.
 * @param {string} what what failed, as the sentence starts: "The build of the console"
 * @param {string} program
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv }} [options]
 * @throws {Problem} with the beginning and the end of its output
 */
export async function mustRun(what, program, args, options = {}) {
  const { code, output } = await run(program, args, options);
  if (code !== 0) throw new Problem(`${what} failed (exit code ${code}):\n\n${excerpt(output)}`);
  return output;
}

/**
 * @param {string} text
 * @param {number} count
 */
export function lastLines(text, count) {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}

/**
 * Some tools name the cause first, some last.
 * @param {string} text
 */
function excerpt(text) {
  const lines = text.trim().split('\n');
  return lines.length <= 50 ? lines.join('\n') : [...lines.slice(0, 20), '…', ...lines.slice(-30)].join('\n');
}
