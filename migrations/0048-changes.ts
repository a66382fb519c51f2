import type { Migration } from './migration.ts';

/**
 * What was changed lately, for the event streams of all instances. Written in the transaction of the act; `at` is the
 * clock of that moment, so a row can become visible after later ones. Rows go after an hour.
 */
export const createChanges: Migration = {
  name: '0048-changes',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS changes (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  at DATETIME(3) NOT NULL,
  kind VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  subject_id BIGINT UNSIGNED NULL,
  KEY changes_at (at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
