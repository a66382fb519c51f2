import { addColumn, type Migration } from './migration.ts';

/** JSON: why an operation that has not ended is not going on. */
export const addOperationsHold: Migration = {
  name: '0034-operations-hold',
  up: (knex) => addColumn(knex, 'operations', 'hold', 'TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL'),
};
