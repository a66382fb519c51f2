import type { Knex } from 'knex';

import type { Database, Transaction } from './connect.ts';

export type ColumnValue = string | number | bigint | Buffer | Date | null;

/** A statement is closed when its rows are estimated to be this large, in bytes; `max_allowed_packet` is 16 MiB on MariaDB by default. */
export const STATEMENT_BYTES = 4 * 1024 * 1024;
/** A row that alone could not pass is never sent: the server would cut the connection, which looks like a server that went away. */
const LARGEST_ROW_BYTES = 14 * 1024 * 1024;

/** A row that no statement can carry. It counts as a fault of the statement: the same again fails again. */
export class RowTooLargeError extends Error {
  constructor(table: string, bytes: number) {
    super(`A row of ${table} would take ${bytes} bytes in a statement.`);
    this.name = 'RowTooLargeError';
  }
}

/**
 * Inserts rows by as few statements as their size allows, in the order given.
 *
 * @param columns plain names of ours, never from outside.
 * @param options.ignoreKnown rows whose key is there already are passed over; values must fit, since nothing else is an
 *   error then either.
 * @throws RowTooLargeError before anything of that statement is sent; whatever the driver throws otherwise.
 */
export async function insertRows(
  database: Database | Transaction,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly ColumnValue[])[],
  { ignoreKnown = false }: { ignoreKnown?: boolean } = {},
): Promise<void> {
  const insert = `INSERT ${ignoreKnown ? 'IGNORE ' : ''}INTO ${table} (${columns.join(', ')}) VALUES ?`;
  let pending: (readonly ColumnValue[])[] = [];
  let bytes = 0;
  for (const row of rows) {
    const size = estimatedBytes(row);
    if (size > LARGEST_ROW_BYTES) throw new RowTooLargeError(table, size);
    if (pending.length > 0 && bytes + size > STATEMENT_BYTES) {
      await send(database, insert, pending);
      pending = [];
      bytes = 0;
    }
    pending.push(row);
    bytes += size;
  }
  if (pending.length > 0) await send(database, insert, pending);
}

async function send(database: Database | Transaction, insert: string, rows: (readonly ColumnValue[])[]): Promise<void> {
  // The driver writes a list of lists as (…), (…): far quicker than a query builder that looks at each value.
  const bindings: Knex.RawBinding[] = [rows as unknown as Knex.RawBinding];
  await database.raw(insert, bindings);
}

/** About how many bytes a row takes in a statement. Bytes are written as hexadecimal; text may need escapes and up to three bytes a unit, so it is counted double. */
export function estimatedBytes(row: readonly ColumnValue[]): number {
  let bytes = 0;
  for (const value of row) {
    if (typeof value === 'string') bytes += value.length > 65_536 ? escapedBytes(value) : 2 * value.length + 3;
    else if (value instanceof Buffer) bytes += 2 * value.length + 4;
    else bytes += 24;
  }
  return bytes;
}

function escapedBytes(text: string): number {
  // Other characters that need an escape are rare enough for the margin.
  const escapes = text.match(/["'\\\s]/g)?.length ?? 0;
  return Buffer.byteLength(text) + escapes + 3;
}
