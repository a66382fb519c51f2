import type { Migration } from './migration.ts';

/** How far the purge has walked through the failed messages, by which terms, and what it has removed but not yet put into the audit. `up_to_id` is NULL between two passes. */
export const createPurgeWalks: Migration = {
  name: '0036-purge-walks',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS purge_walks (
  name VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  began_at DATETIME(3) NOT NULL,
  after_id BIGINT UNSIGNED NOT NULL,
  up_to_id BIGINT UNSIGNED NULL,
  contents_kept_days INT UNSIGNED NOT NULL,
  records_kept_days INT UNSIGNED NULL,
  contents_removed BIGINT UNSIGNED NOT NULL,
  records_removed BIGINT UNSIGNED NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
