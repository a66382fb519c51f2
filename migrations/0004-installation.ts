import type { Migration } from './migration.ts';

/** One row: who this office is. `mac_key` signs the header of resent messages; a restored database raises `epoch`. */
export const createInstallation: Migration = {
  name: '0004-installation',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS installation (
  id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
  name VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  epoch INT UNSIGNED NOT NULL,
  mac_key BINARY(32) NOT NULL,
  created_at DATETIME(3) NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
