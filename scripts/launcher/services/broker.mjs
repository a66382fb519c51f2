import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { findProgram } from '../commands.mjs';
import { makePrivateFolder } from '../paths.mjs';
import { step } from '../progress.mjs';
import { brokerAnswers, httpAnswers, waitUntilAnswering } from './probes.mjs';

/**
 * Starts a RabbitMQ node of our own with the management plugin: data, cookie and settings in `FOLDER/rabbitmq`, its own
 * name, its own epmd (Erlang's name server), everything on loopback, nothing of /etc/rabbitmq.
 * @param {import('../running.mjs').Running} running
 * @param {string} folder
 * @param {string} program `rabbitmq-server`
 * @param {import('./settings.mjs').ServiceSettings} settings
 * @param {{ throwAway: boolean, asInProduction?: boolean }} options
 */
export async function startBroker(running, folder, program, settings, { throwAway, asInProduction = false }) {
  const home = makePrivateFolder(path.join(folder, 'rabbitmq'));
  const { ports, user, password } = settings;
  const file = (/** @type {string} */ name, /** @type {string} */ text) => {
    writeFileSync(path.join(home, name), text, { mode: 0o600 });
    return path.join(home, name);
  };
  const plugins = ['rabbitmq_management', ...(asInProduction ? ['rabbitmq_shovel'] : [])];
  const env = {
    ...environment(),
    HOME: home, // where Erlang keeps its cookie
    LC_ALL: 'C.UTF-8',
    ERL_EPMD_PORT: String(ports.epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: settings.nodename,
    RABBITMQ_DIST_PORT: String(ports.distribution),
    RABBITMQ_MNESIA_BASE: path.join(home, 'data'),
    RABBITMQ_LOG_BASE: path.join(home, 'log'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_PID_FILE: path.join(home, 'server.pid'),
    RABBITMQ_CONF_ENV_FILE: file('environment.conf', ''),
    RABBITMQ_CONFIG_FILE: file('rabbitmq.conf', configuration(ports, user, password)),
    RABBITMQ_ADVANCED_CONFIG_FILE: file('advanced.config', '[].\n'),
    RABBITMQ_ENABLED_PLUGINS_FILE: file('enabled_plugins', `[${plugins.join(',')}].\n`),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    // The script then becomes the server instead of watching over it: one process, whose id we know.
    RUNNING_UNDER_SYSTEMD: 'true',
  };
  await step('Starting RabbitMQ', async () => {
    const epmd = findProgram('epmd');
    // Started here it is ours to end; RabbitMQ would start one that outlives it.
    if (epmd) running.start('epmd', epmd, [], { cwd: home, env, deadlineMs: 5000 });
    running.start('rabbitmq', program, [], {
      cwd: home,
      env,
      deadlineMs: 60_000,
      ...(throwAway ? { signal: 'SIGKILL' } : {}),
    });
    const management = `http://${user}:${password}@127.0.0.1:${ports.management}/api/whoami`;
    await waitUntilAnswering('RabbitMQ', async () => (await brokerAnswers(ports.amqp)) && httpAnswers(management), {
      deadlineMs: 120_000,
      alive: () => running.mustRun('rabbitmq'),
      hint: () => running.logTail('rabbitmq'),
    });
  });
}

/**
 * @param {import('./settings.mjs').Ports} ports
 * @param {string} user
 * @param {string} password
 */
function configuration(ports, user, password) {
  return [
    `listeners.tcp.default = 127.0.0.1:${ports.amqp}`,
    'management.tcp.ip = 127.0.0.1',
    `management.tcp.port = ${ports.management}`,
    `default_user = ${user}`,
    `default_pass = ${password}`,
    // The write-ahead log of quorum queues grows to 512 MB by default before it is rolled.
    'raft.wal_max_size_bytes = 33554432',
    '',
  ].join('\n');
}

/** The user's environment without what would point this node at another one. */
function environment() {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(RABBITMQ|ERL|NOTIFY_SOCKET)/.test(name)),
  );
}
