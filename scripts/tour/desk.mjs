import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { exampleDeadQueues, nodeArguments } from '../launcher/office.mjs';
import { root } from '../launcher/paths.mjs';
import { freePort } from '../launcher/ports.mjs';
import { Problem } from '../launcher/problem.mjs';
import { step } from '../launcher/progress.mjs';
import { httpAnswers, waitUntilAnswering } from '../launcher/services/probes.mjs';
import { startTestServices } from '../launcher/test-services.mjs';

const USERNAME = 'kim';

/**
 * The office and the example on private services, as `npm start` has them, but in a hurry: orders come fast, and what did
 * not come back is settled soon. `end` throws all of it away.
 */
export async function openDesk() {
  const services = await startTestServices();
  const folder = mkdtempSync(path.join(tmpdir(), 'tour-'));
  /** @type {(() => Promise<void>)[]} */
  const ends = [];
  const end = async () => {
    for (const one of ends.reverse()) await one();
    await services.end();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const [officePort, examplePort] = [await freePort(), await freePort()];
    const login = { username: USERNAME, password: randomBytes(9).toString('base64url') };
    const url = `http://127.0.0.1:${officePort}`;
    const example = `http://127.0.0.1:${examplePort}`;
    mkdirSync(path.join(folder, 'journal'));
    const env = { AMQP_URL: services.amqpUrl, RABBITMQ_MANAGEMENT_URL: services.managementUrl, LOG_LEVEL: 'error' };
    ends.push(
      start('server/main', [], {
        ...env,
        DATABASE_URL: services.databaseUrl,
        DEAD_QUEUES: await exampleDeadQueues(false),
        HTTP_PORT: String(officePort),
        INTAKE_JOURNAL_DIR: path.join(folder, 'journal'),
        ADMIN_USERNAME: login.username,
        ADMIN_PASSWORD: login.password,
        QUIET_PERIOD: '5s',
      }),
    );
    await answering('The office', `${url}/health/ready`);
    const startExample = async (/** @type {string[]} */ options) => {
      const endIt = start('examples/orders/main', ['run', ...options], {
        ...env,
        EXAMPLE_PORT: String(examplePort),
        CONSOLE_URL: url,
      });
      await answering('The example', `${example}/status`);
      return endIt;
    };
    let endExample = await startExample(['--interval', '0.5', '--failure-interval', '1']);
    ends.push(() => endExample());
    const calm = async (/** @type {string} */ cause) => {
      await endExample();
      endExample = await startExample(['--no-stream']);
      await fix(example, cause);
    };
    return {
      console: url,
      cookies: await signIn(url, login),
      calm,
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/**
 * One session for every window: the audit is one of the pictures.
 * @param {string} url
 * @param {{ username: string, password: string }} login
 */
async function signIn(url, login) {
  const answer = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify(login),
  });
  if (!answer.ok) throw new Problem(`Signing in answered ${answer.status}.`);
  return answer.headers.getSetCookie().map((cookie) => {
    const [name = '', value = ''] = (cookie.split(';')[0] ?? '').split('=');
    return { name, value, url };
  });
}

/** @param {string} name @param {string} url */
async function answering(name, url) {
  await step(`Starting: ${name}`, () =>
    waitUntilAnswering(name, () => httpAnswers(url), { deadlineMs: 180_000, alive: () => {}, hint: () => '' }),
  );
}

/** @param {string} example @param {string} cause */
async function fix(example, cause) {
  const answer = await fetch(`${example}/faults/${cause}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ broken: false }),
  });
  if (!answer.ok) throw new Problem(`The example did not mend ${cause}: it answered ${answer.status}.`);
}

/**
 * @param {string} entry
 * @param {string[]} args
 * @param {Record<string, string>} env
 * @returns {() => Promise<void>} ends it
 */
function start(entry, args, env) {
  const child = spawn(process.execPath, [...nodeArguments(entry, false), ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...env },
  });
  process.on('exit', () => child.kill('SIGKILL'));
  const gone = new Promise((resolve) => child.once('exit', resolve));
  return async () => {
    child.kill('SIGTERM');
    await gone;
  };
}
