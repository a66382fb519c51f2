import type { Migration } from './migration.ts';

/** What was registered from a journal or an export, by its id there: registering it again adds nothing. Kept for good. */
export const createRegisteredEntries: Migration = {
  name: '0039-registered-entries',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS registered_entries (
  entry_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  dead_queue_id BIGINT UNSIGNED NOT NULL,
  message_id BIGINT UNSIGNED NULL,
  reject_id BIGINT UNSIGNED NULL,
  registered_at DATETIME(3) NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
