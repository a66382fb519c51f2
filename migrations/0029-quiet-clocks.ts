import type { Migration } from './migration.ts';

/** The quiet periods of resent messages: for each dead queue and queue that they went to, the spans of time in which both were read empty. */
export const createQuietClocks: Migration = {
  name: '0029-quiet-clocks',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS quiet_clocks (
  dead_queue_id BIGINT UNSIGNED NOT NULL,
  queue VARBINARY(255) NOT NULL,
  spans MEDIUMTEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  last_resent_at DATETIME(3) NOT NULL,
  PRIMARY KEY (dead_queue_id, queue)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
