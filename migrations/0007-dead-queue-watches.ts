import type { Migration } from './migration.ts';

/** What each instance sees of each dead queue: rewritten by its watcher, read by the console. */
export const createDeadQueueWatches: Migration = {
  name: '0007-dead-queue-watches',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS dead_queue_watches (
  dead_queue_id BIGINT UNSIGNED NOT NULL,
  instance_id BIGINT UNSIGNED NOT NULL,
  state VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  since DATETIME(3) NOT NULL,
  depth BIGINT UNSIGNED NULL,
  consumers BIGINT UNSIGNED NULL,
  last_error VARCHAR(1000) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  last_message_at DATETIME(3) NULL,
  last_empty_at DATETIME(3) NULL,
  reported_at DATETIME(3) NOT NULL,
  PRIMARY KEY (dead_queue_id, instance_id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
