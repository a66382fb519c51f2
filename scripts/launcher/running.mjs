import { spawn } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { findProgram, lastLines, run } from './commands.mjs';
import { readJson, writeJson } from './json-file.mjs';
import { makePrivateFolder, root, shown } from './paths.mjs';
import { Problem } from './problem.mjs';
import { endProcess, isRunning, recordOf, sendSignal } from './processes.mjs';
import { pause } from './progress.mjs';

/**
 * What one start has running, written down in `running.json` so that whoever comes after a crash can end it:
 *
 * | state   | running.json                       | left by                                                        |
 * |---------|------------------------------------|----------------------------------------------------------------|
 * | free    | none                               | claim() → claimed                                              |
 * | claimed | the launcher and its processes     | end() → free; the launcher dies → stale                        |
 * | stale   | names a launcher that runs no more | the next claim() ends what still runs of it → claimed          |
 *
 * @typedef {import('./processes.mjs').RecordedProcess} RecordedProcess
 * @typedef {RecordedProcess & { name: string, deadlineMs: number, signal?: NodeJS.Signals }} RecordedChild
 * @typedef {{ project: string, file: string, removeData: boolean }} RecordedCompose
 * @typedef {{ launcher: RecordedProcess, children: RecordedChild[], compose?: RecordedCompose }} Record
 */

/** Who uses another one ends before it. */
const ENDING_ORDER = ['console', 'example', 'office', 'rabbitmq', 'epmd', 'database'];

/**
 * @typedef {object} Exit
 * @property {string} name
 * @property {number | null} code
 * @property {NodeJS.Signals | null} signal
 */

export class Running {
  #file;
  #logFolder;
  /** @type {Record} */
  #record;
  #ending = false;
  /** @type {(exit: Exit) => void} */
  #onUnexpectedExit = () => {};
  /** @type {Map<string, Exit>} */
  #exits = new Map();

  /**
   * Takes the folder for this process. What a dead launcher left running in it is ended first.
   * @param {string} folder
   * @param {{ wait?: boolean }} [options] wait: until a launcher that holds it lets go
   * @throws {Problem} when another launcher that is alive holds it
   */
  static async claim(folder, { wait = false } = {}) {
    makePrivateFolder(folder);
    const file = path.join(folder, 'running.json');
    /** @type {Record} */
    const record = { launcher: recordOf(process.pid), children: [] };
    const draft = `${file}.${process.pid}.draft`;
    writeFileSync(draft, JSON.stringify(record), { mode: 0o600 });
    try {
      while (!tryLink(draft, file)) {
        const left = readRecord(file);
        if (left && isRunning(left.launcher)) {
          if (wait) {
            await pause(200);
            continue;
          }
          throw new Problem(
            `It runs already here, as process ${left.launcher.pid}. Stop that first (Ctrl-C where it runs).`,
          );
        }
        if (left) await endRecorded(left);
        rmSync(file, { force: true });
      }
    } finally {
      unlinkSync(draft);
    }
    return new Running(folder, record);
  }

  /**
   * @param {string} folder
   * @param {Record} record
   */
  constructor(folder, record) {
    this.#file = path.join(folder, 'running.json');
    this.#logFolder = path.join(folder, 'logs');
    this.#record = record;
  }

  /**
   * Called when a child ends that was not asked to.
   * @param {(exit: Exit) => void} listener
   */
  onUnexpectedExit(listener) {
    this.#onUnexpectedExit = listener;
  }

  /** @param {string} name */
  logFile(name) {
    return path.join(this.#logFolder, `${name}.log`);
  }

  /**
   * Starts a program in a session of its own (a Ctrl-C at the terminal reaches the launcher alone, which stops everything
   * in order), its output in `logs/NAME.log`; the log of the start before is kept as `NAME.previous.log`.
   * @param {string} name
   * @param {string} program
   * @param {string[]} args
   * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, deadlineMs: number, signal?: NodeJS.Signals, echo?: boolean }} options
   *   deadlineMs: how long it may take to stop before it is ended by force; signal: what asks it to (SIGTERM);
   *   echo: its output appears here as well
   */
  start(name, program, args, options) {
    if (this.#ending) throw new Problem('Stopped while starting.');
    const log = this.logFile(name);
    makePrivateFolder(this.#logFolder);
    keepPrevious(log);
    const output = openSync(log, 'a', 0o600);
    const child = spawn(program, args, {
      cwd: options.cwd ?? root,
      env: options.env ?? process.env,
      detached: true,
      stdio: options.echo ? ['ignore', 'pipe', 'pipe'] : ['ignore', output, output],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (/** @type {Buffer} */ chunk) => {
        process.stdout.write(chunk);
        appendFileSync(log, chunk);
      });
    }
    closeSync(output);
    this.#exits.delete(name);
    child.once('error', (error) => {
      writeFileSync(log, `${error.message}\n`, { flag: 'a' });
      this.#exits.set(name, { name, code: 127, signal: null });
    });
    child.once('exit', (code, signal) => {
      const exit = { name, code, signal };
      // What it started itself does not outlive it.
      if (child.pid !== undefined) sendSignal(-child.pid, 'SIGKILL');
      this.#exits.set(name, exit);
      if (!this.#ending) this.#onUnexpectedExit(exit);
    });
    if (child.pid === undefined) return;
    const { deadlineMs, signal } = options;
    this.#record.children.push({ name, ...recordOf(child.pid), deadlineMs, ...(signal ? { signal } : {}) });
    this.#save();
  }

  /**
   * Writes down that containers of this Compose project run.
   * @param {RecordedCompose} compose
   */
  noteCompose(compose) {
    this.#record.compose = compose;
    this.#save();
  }

  /**
   * Ends one child, the latest of that name, and leaves the others as they are.
   * @param {string} name
   * @param {NodeJS.Signals} signal SIGKILL: as a crash does
   */
  async endChild(name, signal) {
    const child = this.#record.children.findLast((one) => one.name === name);
    if (!child) return;
    await endProcess(child, { deadlineMs: child.deadlineMs, signal });
    // Its end is told a little later, and must not be taken for that of the next one.
    while (!this.#exits.has(name)) await pause(5);
  }

  /**
   * @param {string} name
   * @throws {Problem} with the end of its log, when this child has ended
   */
  mustRun(name) {
    const exit = this.#exits.get(name);
    if (exit) throw new Problem(this.describeExit(exit));
  }

  /** @param {Exit} exit */
  describeExit({ name, code, signal }) {
    const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
    return `${name} ended ${how}. The end of ${shown(this.logFile(name))}:\n\n${this.logTail(name)}`;
  }

  /**
   * The last lines a child wrote.
   * @param {string} name
   */
  logTail(name, lines = 20) {
    try {
      return lastLines(readFileSync(this.logFile(name), 'utf8'), lines);
    } catch {
      return '(no log was written)';
    }
  }

  /**
   * Ends everything, users before what they use, and frees the folder.
   * @param {(name: string) => void} [onEnding] told before each one that still runs is asked to end
   */
  async end(onEnding) {
    this.#ending = true;
    await endRecorded(this.#record, onEnding);
    rmSync(this.#file, { force: true });
  }

  /** Ends everything at once, without waiting for any to finish its work. Data survives it, as it survives a crash. */
  endByForce() {
    this.#ending = true;
    for (const child of this.#record.children) if (isRunning(child)) sendSignal(-child.pid, 'SIGKILL');
  }

  #save() {
    writeJson(this.#file, this.#record);
  }
}

/**
 * Ends what a folder's record says is running, its launcher included. True when there was a record.
 * @param {string} folder
 */
export async function endWhatRunsIn(folder) {
  const file = path.join(folder, 'running.json');
  const record = readRecord(file);
  if (!record) return false;
  // The launcher stops its children in order; it gets the time that all of them may take.
  const deadlineMs = record.children.reduce((sum, child) => sum + child.deadlineMs, 10_000);
  await endProcess(record.launcher, { deadlineMs });
  await endRecorded(record);
  rmSync(file, { force: true });
  return true;
}

/**
 * True when the launcher that took this folder is alive.
 * @param {string} folder
 */
export function isHeld(folder) {
  const record = readRecord(path.join(folder, 'running.json'));
  return record !== undefined && isRunning(record.launcher);
}

/**
 * @param {string} file
 * @returns {Record | undefined}
 */
function readRecord(file) {
  return readJson(file);
}

/**
 * @param {Record} record
 * @param {(name: string) => void} [onEnding]
 */
async function endRecorded(record, onEnding) {
  const inOrder = record.children.toSorted((a, b) => ENDING_ORDER.indexOf(a.name) - ENDING_ORDER.indexOf(b.name));
  for (const child of inOrder) {
    if (isRunning(child)) onEnding?.(child.name);
    await endProcess(child, child);
  }
  if (record.compose) {
    onEnding?.('the containers');
    await composeDown(record.compose);
  }
}

/** @param {RecordedCompose} compose */
export async function composeDown({ project, file, removeData }) {
  const docker = findProgram('docker');
  if (!docker) return;
  const { code, output } = await run(docker, [
    ...['compose', '--project-name', project, '--file', file, 'down'],
    ...(removeData ? ['--volumes'] : []),
  ]);
  if (code !== 0)
    throw new Problem(`Docker did not stop the local services (project ${project}):\n\n${lastLines(output, 15)}`);
}

/**
 * @param {string} from
 * @param {string} to
 * @returns {boolean} false when `to` exists
 */
function tryLink(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/** @param {string} log */
function keepPrevious(log) {
  try {
    renameSync(log, log.replace(/\.log$/, '.previous.log'));
  } catch {
    // There was none.
  }
}
