import type { Migration } from './migration.ts';

/** What the fence looks up. Rows leave it when their batch closes, so this randomly ordered index stays small. `answered_by` is set once: a stored death answers for at most one redelivery. */
export const createRecentArrivals: Migration = {
  name: '0015-recent-arrivals',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS recent_arrivals (
  dead_queue_id BIGINT UNSIGNED NOT NULL,
  content_hash BINARY(16) NOT NULL,
  death_id BIGINT UNSIGNED NOT NULL,
  batch_id BIGINT UNSIGNED NOT NULL,
  answered_by BIGINT UNSIGNED NULL,
  PRIMARY KEY (dead_queue_id, content_hash, death_id),
  KEY recent_arrivals_batch (batch_id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
