import { dropIndex, type Migration } from './migration.ts';

/** Open items are those without an outcome: an index that every step of an item rewrites is not needed to find them. */
export const dropItemsStateIndex: Migration = {
  name: '0042-items-without-state-index',
  up: (knex) => dropIndex(knex, 'operation_items', 'operation_items_state'),
};
