import type { Migration } from './migration.ts';

/** Runtime switches. */
export const createSettings: Migration = {
  name: '0022-settings',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS settings (
  name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  value TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  updated_by BIGINT UNSIGNED NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
