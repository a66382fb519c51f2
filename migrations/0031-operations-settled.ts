import { addColumn, type Migration } from './migration.ts';

/** How many of an operation's resends have settled. */
export const addOperationsSettled: Migration = {
  name: '0031-operations-settled',
  up: (knex) => addColumn(knex, 'operations', 'settled', 'BIGINT UNSIGNED NOT NULL DEFAULT 0'),
};
