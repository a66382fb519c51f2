import { z } from 'zod';

import type { Database } from '../database/connect.ts';

/** The database's clock, by which counts are kept. */
export async function databaseNow(database: Database): Promise<Date> {
  const [[row]] = (await database.raw('SELECT UTC_TIMESTAMP(3) AS now')) as [[unknown]];
  return z.object({ now: z.date() }).parse(row).now;
}
