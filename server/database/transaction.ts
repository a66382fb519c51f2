import { setTimeout as pause } from 'node:timers/promises';

import type { Database, Transaction } from './connect.ts';
import { databaseFault } from './faults.ts';

const ATTEMPTS = 8;

/**
 * Runs `work` in one transaction, at READ COMMITTED like every session (`connectDatabase`). When the server rolls it back for another transaction's sake (a deadlock), the same is done again, so
 * `work` changes nothing but the database.
 *
 * An error leaves open whether the commit was done when the connection broke on it: what is written this way says in
 * its conditions what it expects, so that doing it again is harmless.
 */
export async function inTransaction<T>(database: Database, work: (transaction: Transaction) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await database.transaction(work);
    } catch (error) {
      if (databaseFault(error) !== 'conflict' || attempt >= ATTEMPTS) throw error;
      await pause(Math.random() * 20 * attempt);
    }
  }
}
