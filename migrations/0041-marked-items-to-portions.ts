import type { Migration } from './migration.ts';

/** What was marked item by item before portions were: a portion of its own for each. Again is harmless. */
export const moveMarkedItemsToPortions: Migration = {
  name: '0041-marked-items-to-portions',
  up: (knex) =>
    knex.raw(`INSERT IGNORE INTO operation_portions (operation_id, lease_token, number, message_ids)
SELECT operation_id, COALESCE(lease_token, ''), message_id MOD 4000000000, message_id
FROM operation_items WHERE state = 'publishing'`),
};
