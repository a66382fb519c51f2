/** What a failed database call means for the caller. */
export type DatabaseFault =
  /** The server cannot be reached or went away: try again later, everything. */
  | 'away'
  /** The transaction was rolled back for another one's sake: the same again can succeed at once. */
  | 'conflict'
  /** This statement or these values: the same again fails again. */
  | 'statement';

const CONFLICTS = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD', 'ER_XA_RBDEADLOCK']);

/** Codes by which the server, the driver, the pool and the operating system say that there is no (writable) database. */
const AWAY = new Set([
  'DATABASE_AWAY',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
  'ER_SERVER_SHUTDOWN',
  'ER_CON_COUNT_ERROR',
  'ER_TOO_MANY_USER_CONNECTIONS',
  'ER_ACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_BAD_DB_ERROR',
  'ER_HANDSHAKE_ERROR',
  'ER_NORMAL_SHUTDOWN',
  'ER_CONNECTION_KILLED',
  'ER_QUERY_INTERRUPTED',
  'ER_OPTION_PREVENTS_STATEMENT',
  'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION',
  'ER_READ_ONLY_MODE',
  'ER_DISK_FULL',
  'ER_RECORD_FILE_FULL',
  'ER_OUT_OF_RESOURCES',
  'ER_OUTOFMEMORY',
  'ER_LOCK_TABLE_FULL',
  'ER_NO_SUCH_TABLE',
  // What a disk that was full leaves behind until the server is started again.
  'ER_NOT_KEYFILE',
  'ER_CRASHED_ON_USAGE',
  'ER_INDEX_CORRUPT',
]);

/** Another row has this key already. */
export function isDuplicateKey(error: unknown): boolean {
  return codeOf(error) === 'ER_DUP_ENTRY';
}

/**
 * Sorts an error of knex or mysql2. When in doubt it is `statement`: the intake then looks for the one message that
 * cannot be stored, and finds out soon enough when it is all of them.
 */
export function databaseFault(error: unknown): DatabaseFault {
  const code = codeOf(error);
  if (code !== undefined && CONFLICTS.has(code)) return 'conflict';
  if (code !== undefined && AWAY.has(code)) return 'away';
  // knex's pool and its closed client carry no code.
  if (error instanceof Error && /^(KnexTimeoutError|TimeoutError)$/.test(error.name)) return 'away';
  if (
    error instanceof Error &&
    /Unable to acquire a connection|Connection lost|connection is in closed state|aborted/i.test(error.message)
  ) {
    return 'away';
  }
  return 'statement';
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
