import { addColumn, type Migration } from './migration.ts';

/** When the quiet period of this resend was over and it had not come back. */
export const addItemsSettled: Migration = {
  name: '0030-items-settled',
  up: (knex) => addColumn(knex, 'operation_items', 'settled_at', 'DATETIME(3) NULL'),
};
