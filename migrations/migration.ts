import type { Knex } from 'knex';

/**
 * One step of the schema. Append-only: a merged step is never edited. MySQL commits DDL implicitly, so each step is
 * one statement that can safely run again (`IF NOT EXISTS`).
 */
export interface Migration {
  /** Number and what it does; the order of the list is the order of the numbers. */
  name: string;
  up: (knex: Knex) => PromiseLike<unknown>;
}

/** Adds a column where it is not there yet: MySQL has no `ADD COLUMN IF NOT EXISTS`. Names and type are ours. */
export async function addColumn(knex: Knex, table: string, column: string, type: string): Promise<void> {
  if (!(await hasColumn(knex, table, column))) await knex.raw(`ALTER TABLE ${table} ADD COLUMN ${column} ${type}`);
}

/** Adds those of these columns (name → type) that are not there yet, in one statement. Names and types are ours. */
export async function addColumns(knex: Knex, table: string, columns: Readonly<Record<string, string>>): Promise<void> {
  const missing: string[] = [];
  for (const [column, type] of Object.entries(columns)) {
    if (!(await hasColumn(knex, table, column))) missing.push(`ADD COLUMN ${column} ${type}`);
  }
  if (missing.length > 0) await knex.raw(`ALTER TABLE ${table} ${missing.join(', ')}`);
}

/** Drops a column where it is still there. Names are ours. */
export async function dropColumn(knex: Knex, table: string, column: string): Promise<void> {
  if (await hasColumn(knex, table, column)) await knex.raw(`ALTER TABLE ${table} DROP COLUMN ${column}`);
}

async function hasColumn(knex: Knex, table: string, column: string): Promise<boolean> {
  const [found] = (await knex.raw(
    `SELECT COLUMN_NAME FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND COLUMN_NAME = ?`,
    [table, column],
  )) as [unknown[]];
  return found.length > 0;
}

/** Adds an index where it is not there yet. All names are ours. */
export async function addIndex(knex: Knex, table: string, index: string, columns: string): Promise<void> {
  if (!(await hasIndex(knex, table, index))) await knex.raw(`ALTER TABLE ${table} ADD INDEX ${index} (${columns})`);
}

/** Drops an index where it is still there. All names are ours. */
export async function dropIndex(knex: Knex, table: string, index: string): Promise<void> {
  if (await hasIndex(knex, table, index)) await knex.raw(`ALTER TABLE ${table} DROP INDEX ${index}`);
}

/** Whether the table has this index. */
export async function hasIndex(knex: Knex, table: string, index: string): Promise<boolean> {
  const [found] = (await knex.raw(
    `SELECT INDEX_NAME FROM information_schema.STATISTICS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND INDEX_NAME = ?`,
    [table, index],
  )) as [unknown[]];
  return found.length > 0;
}
