import knex, { type Knex } from 'knex';
import type { ConnectionOptions } from 'mysql2';

/** The knex handle of one process, or of one transaction on it. */
export type Database = Knex;
export type Transaction = Knex.Transaction;

/** Options of `connectDatabase`. */
export interface DatabaseOptions {
  /** `mysql://user:password@host:port/database`. */
  url: string;
  /** Connections in the pool. */
  poolSize?: number;
  /** How long a call waits for a free connection, and a new connection for its server, in ms. */
  waitMs?: number;
  /**
   * How long one statement may take, in ms; its connection is cut then, and it fails as of a database that is away. It
   * is the last resort against a connection that went silent. Default: no end.
   */
  statementMs?: number;
  /**
   * How long a change of a table waits for those who use it, in seconds; everybody who wants to read it then waits
   * behind the change. Default: the server's, which is a day or more.
   */
  tableWaitSeconds?: number;
}

/** The living connections of each pool. */
const connections = new WeakMap<Database, Set<RawConnection>>();

/**
 * Opens a pool. Nothing is sent until the first query, so a database that is away is met there.
 *
 * The driver's defaults would round 64-bit ids, store local wall-clock time and parse JSON text with rounded integers;
 * all of that is switched off here: ids and counts (`COUNT(*)` too) arrive as decimal strings, times as UTC `Date`s.
 */
export function connectDatabase({
  url,
  poolSize = 10,
  waitMs = 10_000,
  statementMs,
  tableWaitSeconds,
}: DatabaseOptions): Database {
  const connection = {
    ...serverOf(url),
    timezone: 'Z',
    supportBigNumbers: true,
    bigNumberStrings: true,
    jsonStrings: true,
    charset: 'utf8mb4',
    connectTimeout: waitMs,
  } satisfies ConnectionOptions;
  const open = new Set<RawConnection>();
  const database = knex({
    client: 'mysql2',
    connection,
    pool: {
      min: 0,
      max: poolSize,
      afterCreate: (raw: RawConnection, done: SessionPrepared) => {
        open.add(raw);
        raw.once('end', () => open.delete(raw));
        raw.once('error', () => open.delete(raw));
        if (statementMs !== undefined) limitStatements(raw, statementMs);
        prepareSession(raw, tableWaitSeconds, done);
      },
    },
    acquireConnectionTimeout: waitMs,
    // knex would print statements with their values; every error reaches its caller anyway.
    log: { warn: silent, error: silent, deprecate: silent, debug: silent },
  });
  connections.set(database, open);
  return database;
}

/** Where a `mysql://` URL leads, as the driver takes it. */
export function serverOf(url: string) {
  const { hostname, port, username, password, pathname } = new URL(url);
  return {
    host: decodeURIComponent(hostname),
    port: port === '' ? 3306 : Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
  };
}

/**
 * Cuts every connection of a pool: whoever waits on one is told at once that the database is away. The next call opens a
 * new one. For a server that no longer answers and does not close either.
 */
export function cutConnections(database: Database): void {
  const open = connections.get(database);
  for (const raw of open ?? []) cut(raw, 'the database does not answer');
  open?.clear();
}

/** Connections of a pool that are at work, and calls that wait for one. */
export function poolUse(database: Database): { used: number; waiting: number } {
  // knex's types leave its client open.
  const { pool } = database.client as { pool?: { numUsed: () => number; numPendingAcquires: () => number } };
  return { used: pool?.numUsed() ?? 0, waiting: pool?.numPendingAcquires() ?? 0 };
}

/** Its pool finds the connection closed and makes another. */
function cut({ stream }: RawConnection, why: string): void {
  stream.destroy(Object.assign(new Error(why), { code: 'ETIMEDOUT' }));
}

type Answered = (...answer: unknown[]) => void;

/** The driver's own time-out gives the connection back while its answer is still to come: the next one would get that. */
function limitStatements(raw: RawConnection, ms: number): void {
  const query = raw.query.bind(raw);
  raw.query = (...given: unknown[]) => {
    const done = given.at(-1);
    if (typeof done !== 'function') return query(...given);
    const timer = setTimeout(() => {
      cut(raw, `a statement took longer than ${ms} ms`);
    }, ms);
    const answered: Answered = (...answer) => {
      clearTimeout(timer);
      (done as Answered)(...answer);
    };
    return query(...given.slice(0, -1), answered);
  };
}

function silent(): void {
  // On purpose: see above.
}

/** What is used of the driver's connection. */
interface RawConnection {
  query: (...given: unknown[]) => unknown;
  once: (event: 'end' | 'error', listener: () => void) => unknown;
  stream: { destroy: (error: Error) => unknown };
}
type SessionPrepared = (error: Error | null, connection: RawConnection) => void;

/**
 * Every session writes UTC, in strict mode (a value that does not fit is an error, never cut), at REPEATABLE READ as
 * both servers have it by default, and waits 10 s at most for a row lock.
 */
function prepareSession(connection: RawConnection, tableWaitSeconds: number | undefined, done: SessionPrepared): void {
  connection.query(
    `SET time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', innodb_lock_wait_timeout = 10${tableWaitSeconds === undefined ? '' : `, lock_wait_timeout = ${tableWaitSeconds}`}`,
    (error: Error | null) => {
      done(error, connection);
    },
  );
}
