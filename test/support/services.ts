import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import mysql from 'mysql2/promise';

/** Where the services of this test run are. All three are for the tests alone: they may be filled and wiped. */
export interface TestServices {
  /** `amqp://…`, default vhost */
  amqpUrl: string;
  /** `mysql://…/database`; tests make databases of their own beside it, see createTestDatabase */
  databaseUrl: string;
  /** `http://user:password@host:port` of the management plugin */
  managementUrl: string;
}

/**
 * The services of this test run: those of `TEST_AMQP_URL`, `TEST_DATABASE_URL` and `TEST_MANAGEMENT_URL`, which the global
 * set-up points at throw-away ones where they are unset.
 */
export function testServices(): TestServices {
  return {
    amqpUrl: fromEnvironment('TEST_AMQP_URL'),
    databaseUrl: fromEnvironment('TEST_DATABASE_URL'),
    managementUrl: fromEnvironment('TEST_MANAGEMENT_URL'),
  };
}

function fromEnvironment(name: string): string {
  const value = process.env[name];
  if (!value)
    throw new Error(`${name} is not set: this test needs real services, so it belongs to a project that has them`);
  return value;
}

/** An empty database (utf8mb4) of this test's own. */
export interface TestDatabase {
  url: string;
  /** Removes it. Connections to it should be closed before. */
  drop: () => Promise<void>;
}

/** Creates a database with a random name on the server of this test run. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `office_test_${randomBytes(6).toString('hex')}`;
  await onServer(`CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4`);
  const url = new URL(testServices().databaseUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(`DROP DATABASE IF EXISTS \`${name}\``) };
}

async function onServer(statement: string): Promise<void> {
  const connection = await mysql.createConnection(testServices().databaseUrl);
  try {
    await connection.query(statement);
  } finally {
    await connection.end();
  }
}

/** A name that no other test and no other run uses: for queues, exchanges, users. */
export function uniqueName(prefix: string): string {
  return `${prefix}.${randomBytes(6).toString('hex')}`;
}

export interface WaitOptions {
  /** ms until the wait fails; default 10 000 */
  deadlineMs?: number;
  /** What is waited for, in words or as a function that also tells the state of things: part of the failure's message */
  describe?: string | (() => string);
}

const POLL_MS = 20;

/**
 * Resolves with the first value of `condition` that is neither false, null nor undefined.
 * An error that `condition` throws is taken for "not yet"; the last one is the cause of the failure at the deadline.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { deadlineMs = 10_000, describe = 'the condition' }: WaitOptions = {},
): Promise<Exclude<T, false | null | undefined>> {
  const deadline = performance.now() + deadlineMs;
  let cause: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value !== false && value !== null && value !== undefined) {
        return value as Exclude<T, false | null | undefined>;
      }
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() >= deadline) {
      const what = typeof describe === 'string' ? describe : describe();
      throw new Error(`Waited ${deadlineMs} ms in vain for ${what}`, cause === undefined ? {} : { cause });
    }
    await pause(POLL_MS);
  }
}
