import type { Knex } from 'knex';

import type { Transaction } from './connect.ts';
import { estimatedBytes, STATEMENT_BYTES, type ColumnValue } from './insert-rows.ts';

/** Rows in one statement: each is a SELECT of its own in it. */
const AT_ONCE = 500;

/**
 * Gives each of these rows values of its own, by as few statements as their size allows. Rows that are not there (any
 * more) stay away.
 *
 * @param target plain names of ours, never from outside. `by`: the columns of a unique key.
 * @param rows the values of `by`, then those of `set`; ids as BigInt, for text is compared with them as a float.
 */
export async function updateRows(
  transaction: Transaction,
  { table, by, set }: { table: string; by: readonly string[]; set: readonly string[] },
  rows: readonly (readonly ColumnValue[])[],
): Promise<void> {
  const names = [...by.map((column) => `by_${column}`), ...set.map((column) => `set_${column}`)];
  const matches = by.map((column) => `t.${column} = n.by_${column}`).join(' AND ');
  const changes = set.map((column) => `t.${column} = n.set_${column}`).join(', ');
  const row = `SELECT ${names.map((name) => `? AS ${name}`).join(', ')}`;
  for (const some of portions(rows)) {
    // In this order: else a small table may be read, and locked, as a whole.
    await transaction.raw(
      `UPDATE (${some.map(() => row).join(' UNION ALL ')}) n STRAIGHT_JOIN ${table} t ON ${matches} SET ${changes}`,
      some.flat() as unknown as Knex.RawBinding[],
    );
  }
}

function* portions(rows: readonly (readonly ColumnValue[])[]): Generator<(readonly ColumnValue[])[]> {
  let some: (readonly ColumnValue[])[] = [];
  let bytes = 0;
  for (const row of rows) {
    const size = estimatedBytes(row);
    if (some.length > 0 && (some.length >= AT_ONCE || bytes + size > STATEMENT_BYTES)) {
      yield some;
      [some, bytes] = [[], 0];
    }
    some.push(row);
    bytes += size;
  }
  if (some.length > 0) yield some;
}
