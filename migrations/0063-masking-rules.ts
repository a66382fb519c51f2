import type { Migration } from './migration.ts';

/** What of messages is masked for those who look at them. */
export const createMaskingRules: Migration = {
  name: '0063-masking-rules',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS masking_rules (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name VARCHAR(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  value VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  enabled TINYINT UNSIGNED NOT NULL,
  version INT UNSIGNED NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  UNIQUE KEY masking_rules_name (name)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
