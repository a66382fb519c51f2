import type { Migration } from './migration.ts';

/** Views of the list of messages, under a name: their owner's, or everybody's. `address` is the console's own, as in a link. */
export const createSavedViews: Migration = {
  name: '0047-saved-views',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS saved_views (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  owner_id BIGINT UNSIGNED NOT NULL,
  name VARCHAR(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  address VARCHAR(2000) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  shared TINYINT UNSIGNED NOT NULL,
  version INT UNSIGNED NOT NULL,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  UNIQUE KEY saved_views_owner (owner_id, name),
  KEY saved_views_shared (shared, id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
