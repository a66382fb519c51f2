import type { Migration } from './migration.ts';

/** How far the audit events have been written for another system: the number of the last seal. */
export const createAuditStreamPositions: Migration = {
  name: '0069-audit-stream-positions',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS audit_stream_positions (
  name VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  seq BIGINT UNSIGNED NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
