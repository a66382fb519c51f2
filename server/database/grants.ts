import { z } from 'zod';

import type { Database } from './connect.ts';

/** Of these the office only ever adds rows. */
const ADDED_TO = ['audit_events', 'audit_seals', 'audit_event_orders'];

const tableRow = z.object({ name: z.string() });

/**
 * The statements that give an account what the office needs to run on this database and no more: no change of tables, and
 * of the audit record no change and no removal. They are the same for MySQL and MariaDB; tables must be there already.
 *
 * @param account as SQL writes it: `'office'@'%'`.
 */
export async function grantStatements(database: Database, account: string): Promise<string[]> {
  const [tables] = (await database.raw(
    `SELECT TABLE_NAME AS name FROM information_schema.TABLES
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE' ORDER BY TABLE_NAME`,
  )) as [unknown[]];
  const [[schema]] = (await database.raw('SELECT DATABASE() AS name')) as [[unknown]];
  const quoted = (name: string) => `\`${name.replaceAll('`', '``')}\``;
  const place = quoted(tableRow.parse(schema).name);
  return z
    .array(tableRow)
    .parse(tables)
    .map(({ name }) => {
      const rights = ADDED_TO.includes(name) ? 'SELECT, INSERT' : 'SELECT, INSERT, UPDATE, DELETE';
      return `GRANT ${rights} ON ${place}.${quoted(name)} TO ${account};`;
    });
}
