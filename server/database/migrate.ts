import { setTimeout as pause } from 'node:timers/promises';

import type { Knex } from 'knex';

import { migrations as allMigrations } from '../../migrations/index.ts';
import type { Migration } from '../../migrations/migration.ts';

import type { Database } from './connect.ts';
import { databaseFault } from './faults.ts';

/** The database has steps that this version of the office does not know: it was used by a newer one. */
export class NewerSchemaError extends Error {
  constructor(unknownSteps: string[]) {
    super(
      `The database was set up by a newer version of the office (unknown step: ${unknownSteps.join(', ')}). ` +
        'Start that version, or use another database.',
    );
  }
}

/** There are steps to do, and the account of `DATABASE_URL` may not do them. */
export class MayNotMigrateError extends Error {
  constructor(steps: readonly string[], cause: unknown) {
    super(
      `The database needs ${steps.length} steps (the first: ${steps[0] ?? ''}), and this account may not change tables. ` +
        'Run npm run migrate with an account in DATABASE_URL that may, then start again.',
      { cause },
    );
  }
}

/** Seconds to wait for another instance that is migrating. The lock's name is prefixed with the database: it is server-wide. */
const LOCK_WAIT_SECONDS = 120;
/**
 * Seconds that a step waits for the readers of a table, while new readers wait behind it; see `connectDatabase`. It lets
 * them through then, and tries again.
 */
export const MIGRATION_WAIT_SECONDS = 2;
const TRIES = 60;
const LET_THROUGH_MS = 1_000;
const LOCK = '.migrate';
const TABLE = 'schema_migrations';

/**
 * Brings the schema up to date. Safe to call from many instances at once: one runs the steps, the others wait. Where there
 * is nothing to do it only reads, so that an account without the right to change tables can start the office.
 *
 * @returns the names of the steps that ran.
 * @throws NewerSchemaError when the database is ahead of this version; nothing is changed then.
 * @throws MayNotMigrateError
 */
export async function migrate(database: Database, migrations: readonly Migration[] = allMigrations): Promise<string[]> {
  return await withMigrationLock(database, async () => {
    const done = await stepsDone(database);
    refuseNewerSchema(done, migrations);
    const open = migrations.filter(({ name }) => !done.includes(name));
    if (open.length === 0) return [];
    try {
      return await letReadersThrough(() => runSteps(database, migrations));
    } catch (error) {
      if (!isDenied(error)) throw error;
      throw new MayNotMigrateError(
        open.map(({ name }) => name),
        error,
      );
    }
  });
}

async function runSteps(database: Database, migrations: readonly Migration[]): Promise<string[]> {
  const config = { tableName: TABLE, migrationSource: sourceOf(migrations), disableTransactions: true };
  // knex marks its own table as locked and leaves the mark when the process dies; ours is the lock that counts.
  await database.migrate.forceFreeMigrationsLock(config);
  const [, ran] = (await database.migrate.latest(config)) as [number, string[]];
  return ran;
}

/** Steps can be done again, so one that waited for a table too long is. */
async function letReadersThrough<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (databaseFault(error) !== 'conflict' || attempt >= TRIES) throw error;
      await pause(LET_THROUGH_MS);
    }
  }
}

/** What knex's documentation names but its types leave `any`. */
interface KnexClient {
  acquireConnection: () => Promise<unknown>;
  releaseConnection: (connection: unknown) => Promise<void>;
}

/** Holds the lock of the migrations for `work`: no other instance gets past its start meanwhile. It is held on a connection of its own: it ends with the connection, so also with us. */
export async function withMigrationLock<T>(database: Database, work: () => Promise<T>): Promise<T> {
  const client = database.client as KnexClient;
  const connection = await client.acquireConnection();
  const ask = async (sql: string) => {
    const [rows] = (await database.raw(sql, [LOCK]).connection(connection)) as [{ answer: string | number | null }[]];
    return Number(rows[0]?.answer ?? 0);
  };
  try {
    if ((await ask(`SELECT GET_LOCK(CONCAT(DATABASE(), ?), ${LOCK_WAIT_SECONDS}) AS answer`)) !== 1) {
      throw new Error(`Another instance has been migrating the database for ${LOCK_WAIT_SECONDS} s.`);
    }
    return await work();
  } finally {
    // A connection that broke has given the lock back by itself.
    await ask('SELECT RELEASE_LOCK(CONCAT(DATABASE(), ?)) AS answer').catch(() => undefined);
    await client.releaseConnection(connection);
  }
}

function refuseNewerSchema(done: readonly string[], migrations: readonly Migration[]): void {
  const known = new Set(migrations.map(({ name }) => name));
  const unknown = done.filter((name) => !known.has(name));
  if (unknown.length > 0) throw new NewerSchemaError(unknown);
}

async function stepsDone(database: Database): Promise<string[]> {
  if (!(await database.schema.hasTable(TABLE))) return [];
  return await database(TABLE).pluck<string[]>('name');
}

const DENIED = ['ER_TABLEACCESS_DENIED_ERROR', 'ER_SPECIFIC_ACCESS_DENIED_ERROR', 'ER_DBACCESS_DENIED_ERROR'];

function isDenied(error: unknown): boolean {
  return error instanceof Error && DENIED.includes(String(Reflect.get(error, 'code')));
}

function sourceOf(migrations: readonly Migration[]): Knex.MigrationSource<Migration> {
  return {
    getMigrations: () => Promise.resolve([...migrations]),
    getMigrationName: ({ name }) => name,
    getMigration: ({ up }) =>
      Promise.resolve({
        up: async (knex) => {
          await up(knex);
        },
        down: () => Promise.reject(new Error('Migrations only go up.')),
      }),
  };
}
