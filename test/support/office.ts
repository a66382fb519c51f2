import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { createLogger } from '../../server/log.ts';
import supertest from 'supertest';

import type { Config } from '../../server/config.ts';
import { readConfig } from '../../server/config.ts';
import { openOffice, type Office } from '../../server/office.ts';

import { createTestDatabase, testServices, waitFor } from './services.ts';

const ADMINISTRATOR = { username: 'operator', password: 'correct horse battery' };

/** A whole office in this process, on real services, with a database and a journal of its own. */
export interface TestOffice {
  url: string;
  databaseUrl: string;
  administrator: { username: string; password: string };
  /** supertest on the office, signed in as its administrator. Unsafe methods pass as from its own page. */
  api: ReturnType<typeof supertest.agent>;
  /** Stops it in order; its database stays for `restart`. */
  stop: () => Promise<void>;
  /** Starts it again on the same database and journal. */
  restart: (config?: Partial<Config>) => Promise<void>;
  /** Stops it and removes what it made. */
  remove: () => Promise<void>;
}

/**
 * Starts an office and waits until it is ready (or, without a reachable broker, `degraded`). With another one's
 * `databaseUrl` it is a further instance of that one.
 */
export async function startOffice(given: Partial<Config> = {}): Promise<TestOffice> {
  const services = testServices();
  const database =
    given.databaseUrl === undefined
      ? await createTestDatabase()
      : { url: given.databaseUrl, drop: () => Promise.resolve() };
  const journal = await mkdtemp(path.join(tmpdir(), 'office-journal-'));
  const config: Config = {
    ...readConfig({
      AMQP_URL: services.amqpUrl,
      DATABASE_URL: database.url,
      RABBITMQ_MANAGEMENT_URL: services.managementUrl,
      HTTP_PORT: '0',
      ADMIN_USERNAME: ADMINISTRATOR.username,
      ADMIN_PASSWORD: ADMINISTRATOR.password,
      INTAKE_JOURNAL_DIR: journal,
      LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'error',
    }),
    ...given,
  };
  let office: Office | null = null;

  const start = async (change: Partial<Config> = {}) => {
    const current = { ...config, ...change };
    office = await openOffice(current, {
      logger: createLogger(current.logLevel),
      clientDir: path.resolve(import.meta.dirname, '../../dist/client'),
      onCannotStart: (error) => {
        throw error;
      },
    });
    const { url } = office;
    await waitFor(async () => (await fetch(`${url}/health/ready`)).ok, {
      deadlineMs: 30_000,
      describe: 'the office is ready',
    });
    const api = supertest.agent(url);
    await api.post('/api/session').send(ADMINISTRATOR).expect(201);
    return { url, api };
  };

  const stop = async () => {
    await office?.stop();
    office = null;
  };

  const started = await start();
  const testOffice: TestOffice = {
    ...started,
    databaseUrl: database.url,
    administrator: ADMINISTRATOR,
    stop,
    restart: async (change) => {
      await stop();
      Object.assign(testOffice, await start(change));
    },
    remove: async () => {
      await stop();
      await database.drop();
      await rm(journal, { recursive: true, force: true });
    },
  };
  return testOffice;
}
