import { randomBytes } from 'node:crypto';

import mysql from 'mysql2/promise';
import { z } from 'zod';

import { countColumn, idColumn } from '../../../server/database/columns.ts';
import { connectDatabase, type Database } from '../../../server/database/connect.ts';
import { readBodies } from '../../../server/messages/body-chunks.ts';
import { createTestDatabase, testServices, type TestDatabase } from '../../support/services.ts';

import { numberOf } from './book.ts';
import type { Found } from './tally.ts';

const ENCODINGS = ['raw', 'deflate'] as const;
const deathRow = z.object({
  content_id: idColumn,
  encoding: z.enum(ENCODINGS),
  death_id: idColumn,
  message_id: idColumn,
  possible_duplicate_of: idColumn.nullable(),
});
const countRow = z.tuple([z.array(z.object({ count: countColumn })).length(1)]).rest(z.unknown());
/** Bodies read at once. */
const PORTION = 500;

/**
 * The database of an office, and a user that has every right in it and none on the server, as in production. What looks
 * and counts here has the server's own rights and goes through no proxy.
 */
export class OfficeStore {
  readonly database: Database;
  /** For the office. */
  readonly url: string;
  /** The office's own; null where the administrator may not make any, and the office goes in as that one. */
  readonly user: string | null;
  /** With every right on the server. */
  readonly adminUrl: string;
  readonly #created: TestDatabase;

  private constructor(created: TestDatabase, login: { user: string; password: string } | null) {
    this.#created = created;
    this.user = login?.user ?? null;
    this.adminUrl = created.url;
    this.database = connectDatabase({ url: created.url, poolSize: 3, waitMs: 5_000 });
    const url = new URL(created.url);
    if (login !== null) {
      url.username = login.user;
      url.password = login.password;
    }
    this.url = url.href;
  }

  static async create(): Promise<OfficeStore> {
    const created = await createTestDatabase();
    const user = `ledger_${randomBytes(5).toString('hex')}`;
    const password = randomBytes(9).toString('hex');
    await onServer(`CREATE USER '${user}'@'%' IDENTIFIED BY '${password}'`);
    try {
      await onServer(`GRANT ALL PRIVILEGES ON \`${new URL(created.url).pathname.slice(1)}\`.* TO '${user}'@'%'`);
      return new OfficeStore(created, { user, password });
    } catch {
      await onServer(`DROP USER '${user}'@'%'`);
      return new OfficeStore(created, null);
    }
  }

  /** Runs a statement with the rights of the server's administrator. */
  async onServer(statement: string): Promise<void> {
    await onServer(statement);
  }

  /** Messages that are stored, in whatever way. */
  async stored(): Promise<number> {
    const [[row]] = countRow.parse(
      await this.database.raw(
        'SELECT (SELECT COUNT(*) FROM deaths) + (SELECT COUNT(*) FROM intake_rejects WHERE message_id IS NULL) AS count',
      ),
    );
    return row?.count ?? 0;
  }

  /** What is stored, one by one. */
  async found(): Promise<Found[]> {
    const [rows] = (await this.database.raw(
      `SELECT d.id AS death_id, d.message_id, d.content_id, c.body_encoding AS encoding, m.possible_duplicate_of
       FROM deaths d JOIN contents c ON c.id = d.content_id JOIN failed_messages m ON m.id = d.message_id`,
    )) as [unknown[]];
    const deaths = z.array(deathRow).parse(rows);
    const rejects: unknown[] = await this.database('intake_rejects').whereNull('message_id').pluck('id');
    const kept = [
      ...deaths.map(({ content_id, encoding, possible_duplicate_of }) => ({
        contentId: content_id,
        encoding,
        marked: possible_duplicate_of !== null,
      })),
      ...z
        .array(idColumn)
        .parse(rejects)
        .map((contentId) => ({ contentId, encoding: 'raw' as const, marked: false })),
    ];
    const found: Found[] = [];
    for (let start = 0; start < kept.length; start += PORTION) {
      const portion = kept.slice(start, start + PORTION);
      const bodies = await readBodies(this.database, portion);
      for (const { contentId, marked } of portion) {
        found.push({ number: numberOf(bodies.get(contentId) ?? Buffer.alloc(0)), marked });
      }
    }
    return found;
  }

  async close(): Promise<void> {
    await this.database.destroy();
    await this.#created.drop();
    if (this.user !== null) await onServer(`DROP USER IF EXISTS '${this.user}'@'%'`);
  }
}

async function onServer(statement: string): Promise<void> {
  const connection = await mysql.createConnection(testServices().databaseUrl);
  try {
    await connection.query(statement);
  } finally {
    await connection.end();
  }
}
