import type { Migration } from './migration.ts';

/** The processes of the office that have run, and when each was last heard of. */
export const createInstances: Migration = {
  name: '0005-instances',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS instances (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  host VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  pid INT UNSIGNED NOT NULL,
  started_at DATETIME(3) NOT NULL,
  last_seen_at DATETIME(3) NOT NULL,
  stopped_at DATETIME(3) NULL,
  journal_unregistered BIGINT UNSIGNED NOT NULL DEFAULT 0,
  KEY instances_last_seen (last_seen_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
