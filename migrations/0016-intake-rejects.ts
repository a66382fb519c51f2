import type { Migration } from './migration.ts';

/** Messages that could not be stored as failed messages, raw, with the reason. The body is in `content_chunks` under the same id. */
export const createIntakeRejects: Migration = {
  name: '0016-intake-rejects',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS intake_rejects (
  id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  dead_queue_id BIGINT UNSIGNED NOT NULL,
  batch_id BIGINT UNSIGNED NOT NULL,
  arrived_at DATETIME(3) NOT NULL,
  error_code VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  error_text VARCHAR(1000) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  exchange VARBINARY(255) NOT NULL,
  routing_key VARBINARY(255) NOT NULL,
  redelivered TINYINT UNSIGNED NOT NULL,
  envelope MEDIUMBLOB NOT NULL,
  body_size BIGINT UNSIGNED NOT NULL,
  chunk_count INT UNSIGNED NOT NULL,
  registered_at DATETIME(3) NULL,
  message_id BIGINT UNSIGNED NULL,
  KEY intake_rejects_open (registered_at, id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
