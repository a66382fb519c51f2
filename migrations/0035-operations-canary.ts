import { addColumn, type Migration } from './migration.ts';

/** Where an operation with a canary stands: null before its first messages are through, then the time until which it waits; in the past once it may go on. */
export const addOperationsCanary: Migration = {
  name: '0035-operations-canary',
  up: (knex) => addColumn(knex, 'operations', 'canary_until', 'DATETIME(3) NULL'),
};
