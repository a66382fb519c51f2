import type { Migration } from './migration.ts';

/** What operators see as one problem; holds one or more fingerprints. */
export const createFailureGroups: Migration = {
  name: '0008-failure-groups',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS failure_groups (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  title VARCHAR(512) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  normalised_message TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  error_type_id BIGINT UNSIGNED NULL,
  queue_id BIGINT UNSIGNED NULL,
  state VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at DATETIME(3) NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
