import type { RowDataPacket } from 'mysql2';

import { fillDeadQueue, untilStored, unwatch, watch } from './dead-letters.ts';
import type { Setting } from './setting.ts';

/** Each copy of the stored messages doubles them at most. */
const LARGEST_COPY = 50_000;

/** Tables whose rows a stored message has, with the columns that hold ids of arrivals. */
const COPIED: [string, string[]][] = [
  ['failed_messages', ['id', 'last_death_id']],
  ['deaths', ['id', 'message_id', 'content_id']],
  ['contents', ['id']],
  ['business_keys', ['message_id']],
];

/**
 * Takes in a few messages and copies what is stored inside the database until there are so many.
 *
 * @param vary changes the few before they are copied: the copies are like them.
 * @returns how many there are, which may be more.
 */
export async function storeUpTo(
  setting: Setting,
  wanted: number,
  vary: () => Promise<void> = () => Promise.resolve(),
): Promise<number> {
  const { office, pipeline } = setting;
  const first = Math.min(1000, wanted);
  const queue = await fillDeadQueue(pipeline, 'L0', first);
  const id = await watch(office, queue);
  await untilStored(office, id, first);
  await unwatch(setting, queue, id);
  await vary();

  for (;;) {
    const count = await number(setting, 'SELECT COUNT(*) FROM failed_messages');
    if (count >= wanted) return count;
    const from = await number(setting, 'SELECT MIN(id) FROM failed_messages');
    const last = await number(setting, 'SELECT MAX(last_death_id) FROM failed_messages');
    const copies = Math.min(LARGEST_COPY, wanted - count);
    const upTo = await number(
      setting,
      `SELECT MAX(id) FROM (SELECT id FROM failed_messages ORDER BY id LIMIT ${Math.min(copies, count)}) AS some`,
    );
    for (const [table, shifted] of COPIED) await copyRows(setting, { table, shifted, from, upTo, by: last - from + 1 });
    await office.database.query("UPDATE id_sequences SET next_id = ? WHERE name = 'arrivals'", [
      last + (upTo - from) + 2,
    ]);
  }
}

interface Copy {
  table: string;
  shifted: string[];
  from: number;
  upTo: number;
  by: number;
}

async function copyRows({ office }: Setting, { table, shifted, from, upTo, by }: Copy): Promise<void> {
  const [columns] = await office.database.query<RowDataPacket[]>(
    'SELECT column_name AS name FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ?',
    [table],
  );
  const names = columns.map(({ name }) => String(name));
  const values = names.map((name) => (shifted.includes(name) ? `${name} + ${by}` : name));
  const key = shifted[0] ?? 'id';
  await office.database.query(
    `INSERT INTO ${table} (${names.join(', ')}) SELECT ${values.join(', ')} FROM ${table} WHERE ${key} BETWEEN ? AND ?`,
    [from, upTo],
  );
}

async function number({ office }: Setting, sql: string): Promise<number> {
  const [rows] = await office.database.query<RowDataPacket[][]>({ sql, rowsAsArray: true });
  return Number(rows[0]?.[0] ?? 0);
}
