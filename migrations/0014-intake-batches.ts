import type { Migration } from './migration.ts';

/** One row per transaction of the intake. State: committed (stored, ack sent), lost (its channel died before the ack was known to be processed), fenced (the ack is known to be processed), closed (can meet no redelivery any more). */
export const createIntakeBatches: Migration = {
  name: '0014-intake-batches',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS intake_batches (
  id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  dead_queue_id BIGINT UNSIGNED NOT NULL,
  instance_id BIGINT UNSIGNED NOT NULL,
  channel VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  message_count INT UNSIGNED NOT NULL,
  committed_at DATETIME(3) NOT NULL,
  closed_at DATETIME(3) NULL,
  KEY intake_batches_state (dead_queue_id, state, id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
