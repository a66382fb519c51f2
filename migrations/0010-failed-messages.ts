import type { Migration } from './migration.ts';

/** Narrow: what lists show and filters need. `id` is the id of its first death; `last_death_id` is sort, cursor and freeze point at once. */
export const createFailedMessages: Migration = {
  name: '0010-failed-messages',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS failed_messages (
  id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  broker_id BIGINT UNSIGNED NOT NULL,
  dead_queue_id BIGINT UNSIGNED NOT NULL,
  last_death_id BIGINT UNSIGNED NOT NULL,
  status VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  shelf VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version INT UNSIGNED NOT NULL,
  queue_id BIGINT UNSIGNED NULL,
  exchange_id BIGINT UNSIGNED NULL,
  routing_key VARBINARY(255) NULL,
  reason VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  framework VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  error_type_id BIGINT UNSIGNED NULL,
  fingerprint_id BIGINT UNSIGNED NOT NULL,
  failure_count INT UNSIGNED NOT NULL,
  resend_count INT UNSIGNED NOT NULL,
  failed_at DATETIME(3) NOT NULL,
  captured_at DATETIME(3) NOT NULL,
  resent_at DATETIME(3) NULL,
  operation_id BIGINT UNSIGNED NULL,
  month SMALLINT UNSIGNED NOT NULL,
  message_id_hash BINARY(8) NULL,
  message_id VARBINARY(255) NULL,
  correlation_id VARBINARY(255) NULL,
  possible_duplicate_of BIGINT UNSIGNED NULL,
  copy_of BIGINT UNSIGNED NULL,
  KEY failed_messages_status (status, last_death_id),
  KEY failed_messages_dead_queue (shelf, dead_queue_id, last_death_id),
  KEY failed_messages_queue (shelf, queue_id, last_death_id),
  KEY failed_messages_fingerprint (shelf, fingerprint_id, last_death_id),
  KEY failed_messages_error_type (shelf, error_type_id, last_death_id),
  KEY failed_messages_exchange (shelf, exchange_id, last_death_id),
  KEY failed_messages_shelf (shelf, last_death_id),
  KEY failed_messages_resent (status, resent_at),
  KEY failed_messages_message_id (month, message_id_hash)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
