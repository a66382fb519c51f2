import { afterEach, describe, expect, it } from 'vitest';

import { migrations } from '../../../migrations/index.ts';
import { addColumn, type Migration } from '../../../migrations/migration.ts';
import { connectDatabase, type Database } from '../../../server/database/connect.ts';
import { migrate, MIGRATION_WAIT_SECONDS, NewerSchemaError } from '../../../server/database/migrate.ts';
import { startOfficeProcess } from '../../support/office-process.ts';
import { createTestDatabase, testServices, waitFor } from '../../support/services.ts';

const cleanUp: (() => unknown)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function openDatabase(): Promise<{ url: string; connect: (tableWaitSeconds?: number) => Database }> {
  const made = await createTestDatabase();
  cleanUp.push(made.drop);
  return {
    url: made.url,
    connect: (tableWaitSeconds) => {
      const database = connectDatabase({
        url: made.url,
        poolSize: 3,
        ...(tableWaitSeconds === undefined ? {} : { tableWaitSeconds }),
      });
      cleanUp.push(() => database.destroy());
      return database;
    },
  };
}

const nextStep: Migration = {
  name: '9998-a-step-of-the-next-version',
  up: (knex) => addColumn(knex, 'failed_messages', 'of_the_next_version', 'INT NULL'),
};

describe('The schema', () => {
  it('is set up once by four programs that start at the same time on an empty database, and all are ready', async () => {
    const { url, connect } = await openDatabase();
    const offices = await Promise.all(
      Array.from({ length: 4 }, () => startOfficeProcess({ AMQP_URL: testServices().amqpUrl, DATABASE_URL: url })),
    );
    for (const office of offices) cleanUp.push(office.remove);
    for (const office of offices) {
      await waitFor(
        async () => {
          const at = office.url();
          return at !== undefined && (await fetch(`${at}/health/ready`)).ok;
        },
        { deadlineMs: 60_000, describe: office.output },
      );
    }
    const database = connect();
    const done = await database('schema_migrations').orderBy('id').pluck<string[]>('name');
    expect(done).toEqual(migrations.map(({ name }) => name));
    const alive: unknown[] = await database('instances').whereNull('stopped_at').pluck('id');
    expect(alive).toHaveLength(4);
    const administrators = offices.filter((office) => office.output().includes('First administrator'));
    expect(administrators).toHaveLength(1);
    expect(await database('installation').pluck('id')).toHaveLength(1);
  }, 90_000);

  it('of a newer version refuses an older program, and is not changed by it', async () => {
    const { connect } = await openDatabase();
    const database = connect();
    await migrate(database, [...migrations, nextStep]);
    const refusal = migrate(database);
    await expect(refusal).rejects.toThrow(NewerSchemaError);
    await expect(refusal).rejects.toThrow(nextStep.name);
    expect(await database('schema_migrations').pluck('name')).toHaveLength(migrations.length + 1);
  });

  it('of an older version is brought up to date while others read: a long reader makes it wait, not the others', async () => {
    const { connect } = await openDatabase();
    const [older, newer] = [connect(), connect(MIGRATION_WAIT_SECONDS)];
    await migrate(older);
    // An export or a freeze: as long as it lasts, its tables cannot be changed.
    const longReader = await older.transaction();
    await longReader('failed_messages').select('id');

    let migrated = false;
    const running = migrate(newer, [...migrations, nextStep]).then((ran) => {
      migrated = true;
      return ran;
    });
    let [reads, slowest] = [0, 0];
    // Until it has waited in vain at least once.
    const until = performance.now() + (MIGRATION_WAIT_SECONDS + 2) * 1000;
    while (performance.now() < until) {
      const started = performance.now();
      await older('failed_messages').count('* AS n');
      slowest = Math.max(slowest, performance.now() - started);
      reads += 1;
    }
    expect(migrated).toBe(false);
    expect(reads).toBeGreaterThan(10);
    expect(slowest).toBeLessThan((MIGRATION_WAIT_SECONDS + 1) * 1000);

    await longReader.commit();
    expect(await running).toEqual([nextStep.name]);
    expect(await older('failed_messages').count('* AS n')).toHaveLength(1);
  });
});
