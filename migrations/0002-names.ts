import type { Migration } from './migration.ts';

/** Names that are compared as bytes (queues, exchanges, error types, business key names), once each. */
export const createNames: Migration = {
  name: '0002-names',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS names (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  value VARBINARY(255) NOT NULL,
  UNIQUE KEY names_value (value)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
