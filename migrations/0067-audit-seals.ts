import type { Migration } from './migration.ts';

/**
 * The chain that proves that no audit event was changed or removed; see docs/audit.md. In the order in which events became
 * visible, which is not that of their ids. Rows are only ever inserted.
 */
export const createAuditSeals: Migration = {
  name: '0067-audit-seals',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS audit_seals (
  seq BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  event_id BIGINT UNSIGNED NOT NULL,
  key_id VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  at DATETIME(3) NOT NULL,
  hmac BINARY(32) NOT NULL,
  UNIQUE KEY audit_seals_event (event_id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
