import type { Migration } from './migration.ts';

/** Who did what, when, to what. Written in the transaction of the act. */
export const createAuditEvents: Migration = {
  name: '0025-audit-events',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS audit_events (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  at DATETIME(3) NOT NULL,
  actor_id BIGINT UNSIGNED NULL,
  actor_name VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  operation_id BIGINT UNSIGNED NULL,
  message_id BIGINT UNSIGNED NULL,
  subject VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  details MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  request_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  KEY audit_events_at (at),
  KEY audit_events_operation (operation_id),
  KEY audit_events_message (message_id, id),
  KEY audit_events_actor (actor_name, id),
  KEY audit_events_kind (kind, id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
