import type { Migration } from './migration.ts';

/** What one instance at a time does for all of them: who does it, and until when by the database's clock. */
export const createLeases: Migration = {
  name: '0028-leases',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS leases (
  name VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  instance_id BIGINT UNSIGNED NOT NULL,
  held_until DATETIME(3) NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
