import { z } from 'zod';

import type { Database, Transaction } from './connect.ts';

const row = z.object({ now: z.date() });

/** The database's clock: all instances go by it. */
export async function databaseNow(database: Database | Transaction): Promise<Date> {
  const [[first]] = (await database.raw('SELECT UTC_TIMESTAMP(3) AS now')) as [[unknown]];
  return row.parse(first).now;
}
