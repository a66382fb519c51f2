import type { Database } from './connect.ts';

/** The id sequences: `arrivals` numbers deaths, failed messages (by their first death), rejects and envelopes; `batches` intake batches. */
export type IdSequence = 'arrivals' | 'batches';

/**
 * Takes `count` consecutive ids in one round trip, outside any transaction, right before the insert that uses them:
 * ids then follow time to within one batch, also across instances, and a gap (a batch that failed) means nothing.
 *
 * @returns the first of them.
 */
export async function takeIds(database: Database, sequence: IdSequence, count: number): Promise<bigint> {
  const [result] = (await database.raw(
    // LAST_INSERT_ID(expression) hands the new value back with the statement's own answer: atomic, on one connection.
    `INSERT INTO id_sequences (name, next_id) VALUES (?, LAST_INSERT_ID(1 + ?))
     ON DUPLICATE KEY UPDATE next_id = LAST_INSERT_ID(next_id + ?)`,
    [sequence, count, count],
  )) as [{ insertId: number | string }];
  return BigInt(result.insertId) - BigInt(count);
}
