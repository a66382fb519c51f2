import type { Connection, RowDataPacket } from 'mysql2/promise';

type Row = unknown[];

/** Rows of one table. */
export interface CopiedTable {
  /** With one placeholder for a list of rows. */
  insert: string;
  rows: Row[];
  /** The place in a row of the id of the message it belongs to; null for what belongs to the batch. */
  owner: number | null;
}

/** What the office wrote in one transaction of its intake: the rows of every table, as they are stored. */
export interface CopiedBatch {
  messages: number;
  tables: CopiedTable[];
}

/** The tables of a message: all rows of a batch, by the death that they belong to, in the order that the office has. */
const TABLES = [
  { table: 'deaths', owner: 'id', order: 'death.id', from: 'deaths AS t JOIN deaths AS death ON death.id = t.id' },
  {
    table: 'failed_messages',
    owner: 'id',
    order: 'death.id',
    from: 'failed_messages AS t JOIN deaths AS death ON death.id = t.last_death_id',
  },
  { table: 'contents', owner: 'id', order: 'death.id', from: 'contents AS t JOIN deaths AS death ON death.id = t.id' },
  {
    table: 'content_chunks',
    owner: 'content_id',
    order: 'death.id',
    from: 'content_chunks AS t JOIN deaths AS death ON death.id = t.content_id',
  },
  {
    table: 'business_keys',
    owner: 'message_id',
    order: 't.name_id, t.value',
    from: 'business_keys AS t JOIN deaths AS death ON death.id = t.message_id',
  },
] as const;

/** What only an intake in batches needs. */
const BOOKKEEPING = [
  {
    insert: 'INSERT INTO recent_arrivals (dead_queue_id, content_hash, death_id, batch_id) VALUES ?',
    select:
      'SELECT dead_queue_id, content_hash, id, batch_id FROM deaths WHERE batch_id = ? AND id BETWEEN ? AND ? ORDER BY content_hash',
  },
  { insert: 'INSERT INTO intake_batches VALUES ?', select: 'SELECT * FROM intake_batches WHERE id = ?' },
  {
    insert: `INSERT INTO failure_counts (dead_queue_id, fingerprint_id, hour, arrived) VALUES ?
             ON DUPLICATE KEY UPDATE arrived = arrived + VALUES(arrived)`,
    select: `SELECT dead_queue_id, fingerprint_id, DATE_FORMAT(MIN(arrived_at), '%Y-%m-%d %H:00:00'), COUNT(*)
             FROM deaths WHERE batch_id = ? AND id BETWEEN ? AND ? GROUP BY dead_queue_id, fingerprint_id ORDER BY 1, 2`,
  },
] as const;

/** Reads all that the office stored from one dead queue, batch by batch. */
export async function copyBatches(office: Connection, deadQueue: string): Promise<CopiedBatch[]> {
  const [batches] = await office.query<RowDataPacket[]>(
    `SELECT batch_id, MIN(deaths.id) AS first, MAX(deaths.id) AS last, COUNT(*) AS messages
     FROM deaths JOIN dead_queues ON dead_queues.id = deaths.dead_queue_id
     WHERE dead_queues.name = ? GROUP BY batch_id ORDER BY batch_id`,
    [Buffer.from(deadQueue)],
  );
  const copied: CopiedBatch[] = [];
  for (const { batch_id: id, first, last, messages } of batches) {
    copied.push({ messages: Number(messages), tables: await copyBatch(office, [id, first, last]) });
  }
  return copied;
}

async function copyBatch(office: Connection, batch: unknown[]): Promise<CopiedTable[]> {
  const tables: CopiedTable[] = [];
  for (const { table, owner, order, from } of TABLES) {
    const { rows, columns } = await read(
      office,
      `SELECT t.* FROM ${from} WHERE death.batch_id = ? AND death.id BETWEEN ? AND ? ORDER BY ${order}`,
      batch,
    );
    tables.push({ insert: `INSERT INTO ${table} VALUES ?`, rows, owner: columns.indexOf(owner) });
  }
  for (const { insert, select } of BOOKKEEPING) {
    tables.push({ insert, rows: (await read(office, select, batch)).rows, owner: null });
  }
  return tables.filter(({ rows }) => rows.length > 0);
}

async function read(office: Connection, sql: string, values: unknown[]): Promise<{ rows: Row[]; columns: string[] }> {
  const [rows, fields] = await office.query<RowDataPacket[][]>({ sql, values, rowsAsArray: true });
  return { rows, columns: fields.map(({ name }) => name) };
}
