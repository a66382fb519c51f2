import type { Migration } from './migration.ts';

/** One row per arrival in a dead queue. */
export const createDeaths: Migration = {
  name: '0011-deaths',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS deaths (
  id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  message_id BIGINT UNSIGNED NOT NULL,
  batch_id BIGINT UNSIGNED NOT NULL,
  content_id BIGINT UNSIGNED NOT NULL,
  content_hash BINARY(16) NOT NULL,
  dead_queue_id BIGINT UNSIGNED NOT NULL,
  queue_id BIGINT UNSIGNED NULL,
  exchange_id BIGINT UNSIGNED NULL,
  routing_keys TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  reason VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  framework VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  error_type_id BIGINT UNSIGNED NULL,
  error_message TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  stack_trace MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  fingerprint_id BIGINT UNSIGNED NOT NULL,
  retry_count INT UNSIGNED NULL,
  occurred_at DATETIME(3) NULL,
  arrived_at DATETIME(3) NOT NULL,
  redelivered TINYINT UNSIGNED NOT NULL,
  operation_id BIGINT UNSIGNED NULL,
  KEY deaths_message (message_id, id),
  KEY deaths_arrived (arrived_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
