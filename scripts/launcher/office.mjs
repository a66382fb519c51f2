import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { mustRun } from './commands.mjs';
import { readJson, writeJson } from './json-file.mjs';
import { localFolder, makePrivateFolder, root } from './paths.mjs';
import { freePort, isFree } from './ports.mjs';
import { Problem } from './problem.mjs';
import { step } from './progress.mjs';
import { httpAnswers, waitUntilAnswering } from './services/probes.mjs';

const TSX = path.join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs');
const READY_WITHIN_MS = 90_000;

/**
 * The arguments of Node that run one of our entry files: as built, or from its source with reload.
 * @param {string} entry without its ending: "server/main"
 * @param {boolean} dev
 */
export function nodeArguments(entry, dev) {
  if (dev) return [TSX, 'watch', '--clear-screen=false', path.join(root, `${entry}.ts`)];
  return ['--enable-source-maps', path.join(root, 'dist', `${entry}.js`)];
}

/**
 * @typedef {{ url: string, username: string, password: string }} Console what `.local/console.json` holds
 */

const consoleFile = path.join(localFolder, 'console.json');

/** The console's login: the first start's, since the administrator was created with it. */
function login() {
  /** @type {Console | undefined} */
  const known = readJson(consoleFile);
  return {
    username: known?.username ?? (process.env['ADMIN_USERNAME'] || 'admin'),
    password: known?.password ?? (process.env['ADMIN_PASSWORD'] || randomBytes(9).toString('base64url')),
  };
}

/**
 * Where the console will be: on the port that HTTP_PORT names, without it on 8080, or another one when that is taken.
 * @returns {Promise<{ url: string, port: number }>}
 * @throws {Problem} when the port that was asked for cannot be had
 */
export async function consoleAddress() {
  const host = process.env['HTTP_HOST'] || '127.0.0.1';
  const port = await consolePort(host);
  const name = ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return { url: `http://${name}:${port}`, port };
}

/** @param {string} host */
async function consolePort(host) {
  const asked = process.env['HTTP_PORT'] || '0';
  if (asked === '0') return freePort(8080);
  if (!/^\d{1,5}$/.test(asked) || Number(asked) > 65_535)
    throw new Problem('HTTP_PORT must be a port from 0 to 65535.');
  // Whoever listens there might answer in the place of the office.
  if (!(await isFree(Number(asked), host)))
    throw new Problem(`HTTP_PORT=${asked}: something listens there already (${host}).`);
  return Number(asked);
}

/**
 * Starts the office and waits until it is ready.
 * @param {import('./running.mjs').Running} running
 * @param {{ url: string, port: number }} address
 * @param {{ dev: boolean, env: Record<string, string> }} options env: what it needs besides the address and the login
 * @returns {Promise<Console>}
 * @throws {Problem} with the end of its log, when it ends or does not become ready
 */
export async function startOffice(running, { url, port }, { dev, env }) {
  const { username, password } = login();
  // Written before the administrator is created, so that no start that is cut off leaves one whose password nobody has.
  writeJson(consoleFile, { url, username, password });
  await step('Starting the office', async () => {
    running.start('office', process.execPath, nodeArguments('server/main', dev), {
      env: {
        ...process.env,
        INTAKE_JOURNAL_DIR: makePrivateFolder(path.join(localFolder, 'journal')),
        ...env,
        HTTP_PORT: String(port),
        ADMIN_USERNAME: username,
        ADMIN_PASSWORD: password,
      },
      deadlineMs: 40_000,
      echo: dev,
    });
    await waitUntilAnswering('The office', () => httpAnswers(`${url}/health/ready`), {
      deadlineMs: READY_WITHIN_MS,
      alive: () => running.mustRun('office'),
      hint: () => running.logTail('office'),
    });
  });
  return { url, username, password };
}

/**
 * Serves the console with reload, its calls passed to the office.
 * @param {import('./running.mjs').Running} running
 * @param {string} officeUrl
 * @returns {Promise<string>} its address
 */
export async function startClientReload(running, officeUrl) {
  const port = await freePort(5173);
  const vite = path.join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const args = [vite, '--port', String(port), '--strictPort', '--clearScreen=false'];
  const url = `http://127.0.0.1:${port}`;
  await step('Starting the console with reload', async () => {
    const env = { ...process.env, OFFICE_URL: officeUrl };
    running.start('console', process.execPath, args, { env, deadlineMs: 5000, echo: true });
    await waitUntilAnswering('The console', () => httpAnswers(url), {
      deadlineMs: 30_000,
      alive: () => running.mustRun('console'),
      hint: () => running.logTail('console'),
    });
  });
  return url;
}

/**
 * Starts the example pipeline.
 * @param {import('./running.mjs').Running} running
 * @param {{ dev: boolean, env: Record<string, string> }} options
 * @returns {Promise<string>} the address of its page
 */
export async function startExample(running, { dev, env }) {
  const port = await freePort(8081);
  const url = `http://127.0.0.1:${port}`;
  await step('Starting the example pipeline', async () => {
    running.start('example', process.execPath, nodeArguments('examples/orders/main', dev), {
      env: { ...process.env, ...env, EXAMPLE_PORT: String(port) },
      deadlineMs: 10_000,
    });
    await waitUntilAnswering('The example pipeline', () => httpAnswers(url), {
      deadlineMs: 30_000,
      alive: () => running.mustRun('example'),
      hint: () => running.logTail('example'),
    });
  });
  return url;
}

/**
 * The dead queues of the example pipeline, as its topology names them.
 * @param {boolean} dev
 * @returns {Promise<string>} as DEAD_QUEUES takes them
 */
export async function exampleDeadQueues(dev) {
  if (dev) {
    const code = "import('./examples/orders/topology.ts').then((m) => console.log(m.DEAD_QUEUES.join()))";
    const args = ['--import', 'tsx', '--input-type=module', '--eval', code];
    return (await mustRun('Reading the example’s topology', process.execPath, args)).trim();
  }
  const built = pathToFileURL(path.join(root, 'dist/examples/orders/topology.js'));
  /** @type {{ DEAD_QUEUES?: unknown }} */
  const { DEAD_QUEUES: names } = await import(built.href);
  if (!Array.isArray(names)) throw new Problem(`The example's topology names no dead queues (${built.pathname}).`);
  return names.join(',');
}
