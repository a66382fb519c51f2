import type { Migration } from './migration.ts';

/** One act of an operator on a selection of messages. */
export const createOperations: Migration = {
  name: '0023-operations',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS operations (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  action VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  status VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version INT UNSIGNED NOT NULL,
  actor_id BIGINT UNSIGNED NULL,
  actor_name VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  reason TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  request MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  idempotency_key VARBINARY(191) NULL,
  request_hash BINARY(32) NOT NULL,
  total BIGINT UNSIGNED NOT NULL,
  confirmed BIGINT UNSIGNED NOT NULL DEFAULT 0,
  unroutable BIGINT UNSIGNED NOT NULL DEFAULT 0,
  refused BIGINT UNSIGNED NOT NULL DEFAULT 0,
  failed BIGINT UNSIGNED NOT NULL DEFAULT 0,
  unknown BIGINT UNSIGNED NOT NULL DEFAULT 0,
  skipped BIGINT UNSIGNED NOT NULL DEFAULT 0,
  came_back BIGINT UNSIGNED NOT NULL DEFAULT 0,
  rate_per_second INT UNSIGNED NULL,
  lease_instance_id BIGINT UNSIGNED NULL,
  lease_token BINARY(16) NULL,
  lease_until DATETIME(3) NULL,
  created_at DATETIME(3) NOT NULL,
  start_at DATETIME(3) NULL,
  started_at DATETIME(3) NULL,
  finished_at DATETIME(3) NULL,
  stopped_because TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  UNIQUE KEY operations_idempotency (actor_id, idempotency_key),
  KEY operations_status (status, id),
  KEY operations_unfinished (finished_at, id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
