import { addColumns, type Migration } from './migration.ts';

/** Why an operation needs a second person (JSON, null: it does not), until when it waits, and what was decided (JSON). */
export const addOperationsApproval: Migration = {
  name: '0059-operations-approval',
  up: (knex) =>
    addColumns(knex, 'operations', {
      approval: 'TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL',
      approval_until: 'DATETIME(3) NULL',
      decision: 'TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL',
      decided_by: 'BIGINT UNSIGNED NULL',
      decided_at: 'DATETIME(3) NULL',
    }),
};
