import type { Migration } from './migration.ts';

/**
 * Messages of an operation that may leave, or have left, the process of the runner with this token, and are not all
 * recorded: ids in text, with commas. A handful of rows.
 */
export const createOperationPortions: Migration = {
  name: '0040-operation-portions',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS operation_portions (
  operation_id BIGINT UNSIGNED NOT NULL,
  lease_token BINARY(16) NOT NULL,
  number INT UNSIGNED NOT NULL,
  message_ids TEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (operation_id, lease_token, number)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
