import path from 'node:path';
import { findProgram, lastLines, run } from '../commands.mjs';
import { root } from '../paths.mjs';
import { Problem } from '../problem.mjs';
import { step } from '../progress.mjs';
import { brokerAnswers, databaseAnswers, httpAnswers, waitUntilAnswering } from './probes.mjs';
import { composeDown } from '../running.mjs';
import { DATABASE_NAME, readSettings } from './settings.mjs';

const COMPOSE_FILE = path.join(root, 'scripts', 'local-services.compose.yml');

/** True when a Docker engine answers and Compose is there to drive it. */
export async function dockerAnswers() {
  const docker = findProgram('docker');
  if (!docker) return false;
  const engine = await run(docker, ['info', '--format', '{{.ServerVersion}}'], { timeoutMs: 4000 });
  if (engine.code !== 0 || !/^\d/m.test(engine.output)) return false;
  return (await run(docker, ['compose', 'version'], { timeoutMs: 4000 })).code === 0;
}

/**
 * Starts MySQL and RabbitMQ in containers of a Compose project of our own, their ports on loopback, their data in volumes.
 * @param {import('../running.mjs').Running} running
 * @param {import('./settings.mjs').ServiceSettings} settings
 * @param {{ throwAway: boolean }} options
 */
export async function startContainers(running, settings, { throwAway }) {
  const docker = findProgram('docker') ?? 'docker';
  const { project, ports, user, password } = settings;
  const compose = ['compose', '--project-name', project, '--file', COMPOSE_FILE];
  const env = {
    ...process.env,
    LOCAL_DATABASE: DATABASE_NAME,
    LOCAL_DATABASE_PORT: String(ports.database),
    LOCAL_AMQP_PORT: String(ports.amqp),
    LOCAL_MANAGEMENT_PORT: String(ports.management),
    LOCAL_USER: user,
    LOCAL_PASSWORD: password,
  };
  running.noteCompose({ project, file: COMPOSE_FILE, removeData: throwAway });
  await step('Starting MySQL and RabbitMQ with Docker Compose', async () => {
    const { code, output } = await run(docker, [...compose, 'up', '--detach'], { env });
    if (code !== 0) throw new Problem(`Docker Compose did not start the local services:\n\n${lastLines(output, 20)}`);
  });
  const management = `http://${user}:${password}@127.0.0.1:${ports.management}/api/whoami`;
  const wait = {
    deadlineMs: 180_000,
    alive: () => {},
    hint: () => `See: docker compose --project-name ${project} logs`,
  };
  await step('Waiting for MySQL and RabbitMQ', () =>
    Promise.all([
      waitUntilAnswering('MySQL', () => databaseAnswers(ports.database), wait),
      waitUntilAnswering('RabbitMQ', async () => (await brokerAnswers(ports.amqp)) && httpAnswers(management), wait),
    ]),
  );
}

/**
 * Removes the containers and volumes that hold the data of this folder's services, if that is where it is.
 * @param {string} folder
 */
export async function removeContainers(folder) {
  const settings = readSettings(folder);
  if (settings?.kind === 'docker')
    await composeDown({ project: settings.project, file: COMPOSE_FILE, removeData: true });
}
