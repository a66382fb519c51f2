import type { Migration } from './migration.ts';

/**
 * One row, `contents`. How far the walk that encrypts everything with one key has come (`target_key_id` NULL: that puts
 * everything back as it was), and which deaths have hashes from before hashes were keyed: those after `hashed_after_id`
 * and below `keyed_from_id` (NULL: all).
 */
export const createContentRotations: Migration = {
  name: '0077-content-rotations',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS content_rotations (
  name VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  target_key_id VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  began_at DATETIME(3) NULL,
  finished_at DATETIME(3) NULL,
  after_id BIGINT UNSIGNED NOT NULL,
  up_to_id BIGINT UNSIGNED NOT NULL,
  unreadable BIGINT UNSIGNED NOT NULL,
  hashed_after_id BIGINT UNSIGNED NOT NULL,
  keyed_from_id BIGINT UNSIGNED NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
