import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';

import { run } from '../../../scripts/launcher/commands.mjs';
import { makePrivateFolder, testRunsFolder } from '../../../scripts/launcher/paths.mjs';
import { Running } from '../../../scripts/launcher/running.mjs';
import { startBroker } from '../../../scripts/launcher/services/broker.mjs';
import { flavourOf, startDatabase } from '../../../scripts/launcher/services/database.mjs';
import { needServerPrograms } from '../../../scripts/launcher/services/programs.mjs';
import { addressesOf, loadSettings, saveSettings } from '../../../scripts/launcher/services/settings.mjs';
import { endDeadTestRuns } from '../../../scripts/launcher/test-services.mjs';

/** A server of the run's own: it may be killed, and comes back on the same address with its data. */
export interface OwnServer {
  /** Ends it at once, as a crash does. */
  kill: () => Promise<void>;
  /** Lets it end in order. */
  stop: () => Promise<void>;
  /** Starts it again, and waits until it answers. */
  start: () => Promise<void>;
}

export interface OwnDatabase extends OwnServer {
  url: string;
}

export interface OwnBroker extends OwnServer {
  /** Runs `rabbitmqctl` on it. */
  control: (...args: string[]) => Promise<void>;
}

/** Servers that nobody but this run uses. */
export interface OwnServices {
  amqpUrl: string;
  databaseUrl: string;
  managementUrl: string;
  database: OwnDatabase;
  broker: OwnBroker;
  /** The program of the database, for one more of them. */
  databaseProgram: string;
  end: () => Promise<void>;
}

/** As safe as in production: what is committed survives a crash. */
const SAFE = { throwAway: true, asInProduction: true };

/**
 * Starts a database and a broker. `FAULTS_MYSQLD` and `FAULTS_RABBITMQ_SERVER` name other programs than those of the
 * machine; `rabbitmqctl` lies beside the latter.
 */
export async function startOwnServices(): Promise<OwnServices> {
  await endDeadTestRuns();
  const programs = await serverPrograms();
  const folder = newFolder();
  const running = await Running.claim(folder);
  const end = async () => {
    await running.end();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const settings = await settingsOf(folder, programs.database);
    const startOwnDatabase = () => startDatabase(running, folder, programs.database, settings, SAFE);
    const startOwnBroker = () => startBroker(running, folder, programs.broker, settings, { throwAway: true });
    await Promise.all([startOwnDatabase(), startOwnBroker()]);
    const addresses = addressesOf(settings);
    const broker = serverOf(running, 'rabbitmq', startOwnBroker);
    return {
      ...addresses,
      database: { ...serverOf(running, 'database', startOwnDatabase), url: addresses.databaseUrl },
      broker: {
        ...broker,
        control: async (...args) => {
          const env = {
            ...process.env,
            HOME: path.join(folder, 'rabbitmq'),
            LC_ALL: 'C.UTF-8',
            ERL_EPMD_PORT: String(settings.ports.epmd),
            RABBITMQ_NODENAME: settings.nodename,
            RABBITMQ_CONF_ENV_FILE: path.join(folder, 'rabbitmq', 'environment.conf'),
          };
          const control = path.join(path.dirname(programs.broker), 'rabbitmqctl');
          const { code, output } = await run(control, ['--node', settings.nodename, ...args], { env });
          if (code !== 0) throw new Error(`rabbitmqctl ${args.join(' ')}: ${output}`);
        },
      },
      databaseProgram: programs.database,
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** One more database server, in a folder of its own. */
export async function startOwnDatabaseIn(
  folder: string,
  program: string,
): Promise<OwnDatabase & { end: () => Promise<void> }> {
  const running = await Running.claim(folder);
  try {
    const settings = await settingsOf(folder, program);
    const start = () => startDatabase(running, folder, program, settings, SAFE);
    await start();
    return {
      ...serverOf(running, 'database', start),
      url: addressesOf(settings).databaseUrl,
      end: () => running.end(),
    };
  } catch (error) {
    await running.end();
    throw error;
  }
}

/** A folder that the next run removes, should this one be cut off. */
export function newFolder(): string {
  makePrivateFolder(testRunsFolder);
  return makePrivateFolder(path.join(testRunsFolder, `${process.pid}-${randomBytes(3).toString('hex')}`));
}

async function serverPrograms(): Promise<{ database: string; broker: string }> {
  const [database, broker] = ['FAULTS_MYSQLD', 'FAULTS_RABBITMQ_SERVER'].map((name) => process.env[name]);
  if (database && broker) return { database, broker };
  const found = await needServerPrograms();
  return { database: database ?? found.database, broker: broker ?? found.broker };
}

async function settingsOf(folder: string, database: string) {
  const settings = { ...(await loadSettings(folder)), kind: 'programs' as const, flavour: await flavourOf(database) };
  saveSettings(folder, settings);
  return settings;
}

function serverOf(running: Running, name: string, start: () => Promise<void>): OwnServer {
  return {
    kill: () => running.endChild(name, 'SIGKILL'),
    stop: () => running.endChild(name, 'SIGTERM'),
    start,
  };
}
