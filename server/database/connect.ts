import knex, { type Knex } from 'knex';
import type { ConnectionOptions, SslOptions } from 'mysql2';

import type { ContentCipher } from '../encryption/content-cipher.ts';

import { Silence, type ListeningConnection } from './silence.ts';

/** The knex handle of one process, or of one transaction on it. */
export type Database = Knex;
export type Transaction = Knex.Transaction;

/** Options of `connectDatabase`. */
export interface DatabaseOptions {
  /** `mysql://user:password@host:port/database`. */
  url: string;
  /** How the line is encrypted, and whether the server is checked; null and absent: not at all. */
  tls?: DatabaseTls | null;
  /** Connections in the pool. */
  poolSize?: number;
  /** How long a call waits for a free connection, and a new connection for its server, in ms. */
  waitMs?: number;
  /**
   * How long the server may say nothing to a statement, in ms, before the connection is given up; default 30 000. Null:
   * for ever, for statements that rebuild tables.
   */
  silenceMs?: number | null;
  /**
   * How long a change of a table waits for those who use it, in seconds; everybody who wants to read it then waits
   * behind the change. Default: the server's, which is a day or more.
   */
  tableWaitSeconds?: number;
  /** Through which contents are read and written by this handle and its transactions; default: one without keys. */
  contentCipher?: ContentCipher | undefined;
}

/** The living connections of each pool. */
const connections = new WeakMap<Database, Set<RawConnection>>();

/** The server closes a connection that says nothing for so long, and lets go of what it had locked: its process may hang. */
const SERVER_WAITS_S = 60;

/**
 * Opens a pool. Nothing is sent until the first query, so a database that is away is met there.
 *
 * The driver's defaults would round 64-bit ids, store local wall-clock time and parse JSON text with rounded integers;
 * all of that is switched off here: ids and counts (`COUNT(*)` too) arrive as decimal strings, times as UTC `Date`s.
 */
export function connectDatabase({
  url,
  tls = null,
  poolSize = 10,
  waitMs = 10_000,
  silenceMs = 30_000,
  tableWaitSeconds,
  contentCipher,
}: DatabaseOptions): Database {
  const connection = {
    ...serverOf(url, tls),
    timezone: 'Z',
    supportBigNumbers: true,
    bigNumberStrings: true,
    jsonStrings: true,
    charset: 'utf8mb4',
    connectTimeout: waitMs,
  } satisfies ConnectionOptions;
  const silence = silenceMs === null ? null : new Silence(silenceMs);
  const open = new Set<RawConnection>();
  const database = knex({
    client: 'mysql2',
    connection,
    pool: {
      min: 0,
      max: poolSize,
      afterCreate: (raw: RawConnection, done: (error: Error | null, raw: RawConnection) => void) => {
        open.add(raw);
        raw.stream.once('close', () => open.delete(raw));
        silence?.watch(raw);
        prepareSession(raw, { isWatched: silence !== null, tableWaitSeconds }, done);
      },
    },
    acquireConnectionTimeout: waitMs,
    // knex would print statements with their values; every error reaches its caller anyway.
    log: { warn: silent, error: silent, deprecate: silent, debug: silent },
  });
  database.userParams = { contentCipher };
  connections.set(database, open);
  return database;
}

/** TLS to the database, PEM. `verified`: its certificate and its name are checked; else the line is encrypted, to whomever. */
export interface DatabaseTls {
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
  verified: boolean;
}

/** Where a `mysql://` URL leads, and how, as the driver takes it. With TLS a server that has none is refused. */
export function serverOf(url: string, tls: DatabaseTls | null = null) {
  const { hostname, port, username, password, pathname } = new URL(url);
  return {
    host: decodeURIComponent(hostname),
    port: port === '' ? 3306 : Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    ...(tls === null ? {} : { ssl: sslOf(tls) }),
  };
}

/** As the driver takes it: without `verifyIdentity` it would take any certificate of the authority for the server's. */
function sslOf({ verified, ...files }: DatabaseTls): SslOptions {
  return { ...files, minVersion: 'TLSv1.2', rejectUnauthorized: verified, verifyIdentity: verified };
}

/**
 * Cuts every connection of a pool: whoever waits on one is told at once that the database is away. The next call opens a
 * new one. For a server that no longer answers and does not close either.
 */
export function cutConnections(database: Database): void {
  for (const { stream } of connections.get(database) ?? []) {
    stream.destroy(Object.assign(new Error('The database does not answer.'), { code: 'ETIMEDOUT' }));
  }
}

/** Connections of a pool that are at work, and calls that wait for one. */
export function poolUse(database: Database): { used: number; waiting: number } {
  // knex's types leave its client open.
  const { pool } = database.client as { pool?: { numUsed: () => number; numPendingAcquires: () => number } };
  return { used: pool?.numUsed() ?? 0, waiting: pool?.numPendingAcquires() ?? 0 };
}

function silent(): void {
  // On purpose: see above.
}

interface RawConnection extends ListeningConnection {
  query: (sql: string, done: (error: Error | null) => void) => unknown;
}

/**
 * Every session writes UTC, in strict mode (a value that does not fit is an error, never cut), waits 10 s at most for a
 * row lock, and works at READ COMMITTED: a statement sees what is committed by now, and locks only the rows it names.
 */
function prepareSession(
  connection: RawConnection,
  { isWatched, tableWaitSeconds }: { isWatched: boolean; tableWaitSeconds: number | undefined },
  done: (error: Error | null, connection: RawConnection) => void,
): void {
  const waits =
    (isWatched ? `, wait_timeout = ${SERVER_WAITS_S}` : '') +
    (tableWaitSeconds === undefined ? '' : `, lock_wait_timeout = ${tableWaitSeconds}`);
  connection.query(
    `SET time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', innodb_lock_wait_timeout = 10${waits}`,
    (error) => {
      if (error === null) {
        // A variable of this has another name on each of the two servers.
        connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED', (refused) => {
          done(refused, connection);
        });
      } else done(error, connection);
    },
  );
}
