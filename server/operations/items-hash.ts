import { createHash } from 'node:crypto';

import { z } from 'zod';

import { idColumn } from '../database/columns.ts';
import type { Database } from '../database/connect.ts';

/** Items read by one statement. */
const PAGE = 5_000;

/**
 * One line of an ended item, as `mysql --batch` writes these columns: an auditor gets the same hash by
 * `mysql --batch --skip-column-names -e "SELECT …" | sha256sum`; see docs/audit.md. None of these changes any more.
 */
const COLUMNS = [
  'message_id',
  "IFNULL(outcome, '-')",
  "IFNULL(death_id, '-')",
  "IFNULL(resend_number, '-')",
  "IFNULL(HEX(exchange), '-')",
  "IFNULL(HEX(routing_key), '-')",
  "IFNULL(error_code, '-')",
  "IFNULL(at, '-')",
];

const line = z.object({ message_id: idColumn, line: z.string() });

/**
 * SHA-256 over the items of an ended operation in the order of their messages' ids, in hexadecimal, and how many they
 * are. A page at a time: it takes no more memory for many.
 */
export async function hashItems(database: Database, operationId: string): Promise<{ count: number; sha256: string }> {
  const hash = createHash('sha256');
  let count = 0;
  for (let after = '0'; ;) {
    const [rows] = (await database.raw(
      `SELECT message_id, CONCAT_WS('\\t', ${COLUMNS.join(', ')}) AS line FROM operation_items
       WHERE operation_id = ? AND message_id > ? ORDER BY message_id LIMIT ${PAGE}`,
      [operationId, after],
    )) as [unknown[]];
    const page = z.array(line).parse(rows);
    for (const item of page) hash.update(`${item.line}\n`);
    count += page.length;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return { count, sha256: hash.digest('hex') };
    after = last.message_id;
  }
}
