import type { Migration } from './migration.ts';

/** The registry of watched dead queues with their settings. */
export const createDeadQueues: Migration = {
  name: '0006-dead-queues',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS dead_queues (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  broker_id BIGINT UNSIGNED NOT NULL,
  name VARBINARY(255) NOT NULL,
  watched TINYINT UNSIGNED NOT NULL,
  prefetch INT UNSIGNED NULL,
  strip_headers TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  add_header TINYINT UNSIGNED NOT NULL,
  version INT UNSIGNED NOT NULL,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  removed_at DATETIME(3) NULL,
  UNIQUE KEY dead_queues_name (broker_id, name)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
