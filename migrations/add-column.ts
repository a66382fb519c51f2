import type { Knex } from 'knex';

/**
 * `ALTER TABLE … ADD COLUMN` that can safely run again: MySQL knows no `IF NOT EXISTS` for columns.
 *
 * @param definition what follows the column's name.
 */
export async function addColumn(knex: Knex, table: string, column: string, definition: string): Promise<void> {
  if (!(await knex.schema.hasColumn(table, column))) {
    await knex.raw(`ALTER TABLE ?? ADD COLUMN ?? ${definition}`, [table, column]);
  }
}
