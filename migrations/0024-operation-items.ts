import type { Migration } from './migration.ts';

/** The frozen selection of an operation. State: queued, claimed (its message is held), publishing (it may have left), done (has its outcome). */
export const createOperationItems: Migration = {
  name: '0024-operation-items',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS operation_items (
  operation_id BIGINT UNSIGNED NOT NULL,
  message_id BIGINT UNSIGNED NOT NULL,
  message_version INT UNSIGNED NOT NULL,
  message_status VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  lease_token BINARY(16) NULL,
  death_id BIGINT UNSIGNED NULL,
  resend_number INT UNSIGNED NULL,
  outcome VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NULL,
  exchange VARBINARY(255) NULL,
  routing_key VARBINARY(255) NULL,
  error_code VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  error_text VARCHAR(1000) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  at DATETIME(3) NULL,
  came_back_at DATETIME(3) NULL,
  PRIMARY KEY (operation_id, message_id),
  KEY operation_items_state (operation_id, state, message_id),
  KEY operation_items_outcome (operation_id, outcome, message_id),
  KEY operation_items_message (message_id, operation_id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
