import type { Migration } from './migration.ts';

/** Failures that are alike. Messages hold the fingerprint; the mapping to a group can change without touching them. */
export const createFingerprints: Migration = {
  name: '0009-fingerprints',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS fingerprints (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  hash BINARY(16) NOT NULL,
  group_id BIGINT UNSIGNED NOT NULL,
  broker_id BIGINT UNSIGNED NOT NULL,
  queue_id BIGINT UNSIGNED NULL,
  error_type_id BIGINT UNSIGNED NULL,
  normalised_message TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  frame VARCHAR(512) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  dead_queue_id BIGINT UNSIGNED NOT NULL,
  coarse TINYINT UNSIGNED NOT NULL,
  created_on DATE NOT NULL,
  UNIQUE KEY fingerprints_hash (hash),
  KEY fingerprints_group (group_id),
  KEY fingerprints_new (dead_queue_id, created_on)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
