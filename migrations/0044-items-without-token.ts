import { dropColumn, type Migration } from './migration.ts';

/** Who marked an item is written in its portion. */
export const dropItemsLeaseToken: Migration = {
  name: '0044-items-without-token',
  up: (knex) => dropColumn(knex, 'operation_items', 'lease_token'),
};
