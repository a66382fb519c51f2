import mysql, { type Connection } from 'mysql2/promise';
import { z } from 'zod';

import { connectDatabase } from '../server/database/connect.ts';
import { migrate } from '../server/database/migrate.ts';
import { createTestDatabase, testServices, waitFor, type TestServices } from '../test/support/services.ts';

import { Contender } from './contender.ts';
import { OfficeClient } from './office-client.ts';
import { openPipeline, type Pipeline } from './pipeline.ts';

/** Everything a measurement needs, and what is to be removed after it. */
export interface Setting {
  services: TestServices;
  pipeline: Pipeline;
  office: RunningOffice;
  /** Undone by `close`, last one first. */
  undo: (step: () => unknown) => void;
  close: () => Promise<void>;
}

/** The real office in a process of its own. */
export interface RunningOffice {
  process: Contender;
  url: string;
  client: OfficeClient;
  databaseUrl: string;
  /** To look at what it has stored, beside it. */
  database: Connection;
}

/** Who signs in. */
export const USER = { username: 'bench', password: 'a password for the bench' };

/** `profile`: the folder for a CPU profile of the office. */
export async function openSetting({ profile }: { profile?: string | undefined }): Promise<Setting> {
  const services = testServices();
  const steps: (() => unknown)[] = [];
  const undo = (step: () => unknown) => steps.push(step);
  const close = async () => {
    for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
      await Promise.resolve()
        .then(step)
        .catch((error: unknown) => {
          console.error('Not everything could be removed:', error);
        });
    }
  };
  try {
    const pipeline = await openPipeline(services.amqpUrl);
    undo(() => pipeline.close());
    const office = await startOffice(services, undo, profile);
    return { services, pipeline, office, undo, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A database with the office's tables and nothing in them. */
export async function newDatabase(undo: Setting['undo']): Promise<string> {
  const { url, drop } = await createTestDatabase();
  undo(drop);
  const database = connectDatabase({ url });
  await migrate(database);
  await database.destroy();
  return url;
}

async function startOffice(
  services: TestServices,
  undo: Setting['undo'],
  profile: string | undefined,
): Promise<RunningOffice> {
  const databaseUrl = await newDatabase(undo);
  const database = await mysql.createConnection({ uri: databaseUrl, timezone: 'Z' });
  undo(() => database.end());
  const office = new Contender(
    new URL('./contenders/office.ts', import.meta.url),
    profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`],
  );
  undo(() => office.end());
  const environment = {
    AMQP_URL: services.amqpUrl,
    DATABASE_URL: databaseUrl,
    ADMIN_USERNAME: USER.username,
    ADMIN_PASSWORD: USER.password,
  };
  const url = await office.ask('open', environment, z.string());
  await waitFor(async () => (await fetch(`${url}/health/ready`)).ok, {
    deadlineMs: 60_000,
    describe: 'a ready office',
  });
  return { process: office, url, client: await OfficeClient.signIn(url, USER), databaseUrl, database };
}
