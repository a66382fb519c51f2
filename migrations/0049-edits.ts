import type { Migration } from './migration.ts';

/**
 * Edited copies of messages. `draft` is 1 for the one that is being worked on, and NULL once an operation has taken it:
 * from then on it is what that operation sends, and stays as it is. Their contents belong to them alone.
 */
export const createEdits: Migration = {
  name: '0049-edits',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS edits (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  message_id BIGINT UNSIGNED NOT NULL,
  draft TINYINT UNSIGNED NULL,
  death_id BIGINT UNSIGNED NOT NULL,
  content_id BIGINT UNSIGNED NOT NULL,
  version INT UNSIGNED NOT NULL,
  author_id BIGINT UNSIGNED NOT NULL,
  author_name VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  changed MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  operation_id BIGINT UNSIGNED NULL,
  created_at DATETIME(3) NOT NULL,
  saved_at DATETIME(3) NOT NULL,
  UNIQUE KEY edits_draft (message_id, draft),
  KEY edits_operation (operation_id, message_id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
