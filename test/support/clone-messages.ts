import { z } from 'zod';

import type { Database } from '../../server/database/connect.ts';
import { takeIds } from '../../server/database/ids.ts';

const columnRow = z.object({ Field: z.string() });

/**
 * Makes the pending messages of a database so many by copying their rows: for what reads and changes messages in great
 * numbers and never looks into their contents.
 */
export async function cloneMessages(database: Database, total: number): Promise<void> {
  const [columns] = (await database.raw('SHOW COLUMNS FROM failed_messages')) as [unknown[]];
  const others = z
    .array(columnRow)
    .parse(columns)
    .map(({ Field }) => Field)
    .filter((name) => name !== 'id' && name !== 'last_death_id');
  const bounds = z.object({ first: z.string(), count: z.string() });
  for (;;) {
    const { first, count } = bounds.parse(
      await database('failed_messages').min({ first: 'id' }).count({ count: '*' }).first(),
    );
    const more = Math.min(Number(count), total - Number(count));
    if (more <= 0) return;
    const offset = (await takeIds(database, 'arrivals', more)) - BigInt(first);
    const names = others.map((name) => `\`${name}\``).join(', ');
    await database.raw(
      `INSERT INTO failed_messages (id, last_death_id, ${names})
       SELECT id + ?, last_death_id + ?, ${names} FROM failed_messages ORDER BY id LIMIT ?`,
      [String(offset), String(offset), more],
    );
  }
}
