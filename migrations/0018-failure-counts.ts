import type { Migration } from './migration.ts';

/** What the overview, groups and chip counts read. Written in key order as the last statement of the transaction of the change. */
export const createFailureCounts: Migration = {
  name: '0018-failure-counts',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS failure_counts (
  dead_queue_id BIGINT UNSIGNED NOT NULL,
  fingerprint_id BIGINT UNSIGNED NOT NULL,
  hour DATETIME NOT NULL,
  arrived BIGINT NOT NULL DEFAULT 0,
  resent BIGINT NOT NULL DEFAULT 0,
  came_back BIGINT NOT NULL DEFAULT 0,
  settled BIGINT NOT NULL DEFAULT 0,
  handled BIGINT NOT NULL DEFAULT 0,
  deleted BIGINT NOT NULL DEFAULT 0,
  restored BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (dead_queue_id, fingerprint_id, hour),
  KEY failure_counts_hour (hour)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
