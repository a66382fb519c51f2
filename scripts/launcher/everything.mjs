import { localFolder, shown } from './paths.mjs';
import { consoleAddress, exampleDeadQueues, startClientReload, startExample, startOffice } from './office.mjs';
import { startServices } from './services/services.mjs';

/**
 * Starts everything in order: database and broker, office, example pipeline. Each is recorded in `running`, whose end
 * stops them in the opposite order.
 * @param {import('./running.mjs').Running} running
 * @param {{ dev: boolean, ownServers: boolean }} options ownServers: the environment names the database and the broker;
 *   then neither these nor the example are started
 */
export async function startEverything(running, { dev, ownServers }) {
  const address = await consoleAddress();
  const env = ownServers ? {} : await officeEnvironment(running, dev);
  const login = await startOffice(running, address, { dev, env });
  const url = dev ? await startClientReload(running, login.url) : login.url;
  const exampleEnv = { ...env, CONSOLE_URL: url, EXAMPLE_STATE_FILE: `${localFolder}/example.json` };
  const example = ownServers ? undefined : await startExample(running, { dev, env: exampleEnv });
  console.log(`\n${block({ ...login, url, example })}\n`);
}

/**
 * @param {import('./running.mjs').Running} running
 * @param {boolean} dev
 */
async function officeEnvironment(running, dev) {
  const [services, exampleQueues] = await Promise.all([
    startServices(running, localFolder, { throwAway: false }),
    exampleDeadQueues(dev),
  ]);
  return {
    AMQP_URL: services.amqpUrl,
    DATABASE_URL: services.databaseUrl,
    RABBITMQ_MANAGEMENT_URL: services.managementUrl,
    AUDIT_SEAL_KEY: process.env['AUDIT_SEAL_KEY'] || (services.sealKey ?? ''),
    DEAD_QUEUES: [exampleQueues, process.env['DEAD_QUEUES']].filter(Boolean).join(','),
  };
}

/** @param {import('./office.mjs').Console & { example: string | undefined }} what */
function block({ url, username, password, example }) {
  const local = shown(localFolder);
  const lines = [
    ['Console', url],
    ['Login', `${username} / ${password}`],
    ...(example
      ? [['Example', `${example}  (an order pipeline with real failures: break and fix their causes there)`]]
      : []),
    ['Data', `${local}/  (the login too: ${local}/console.json)`],
    ['Logs', `${local}/logs/`],
    ['Stop', 'Ctrl-C; the data stays. npm run reset removes it.'],
  ];
  return ['Dead Letter Office is ready.', '', ...lines.map(([name = '', value]) => `  ${name.padEnd(9)}${value}`)].join(
    '\n',
  );
}
