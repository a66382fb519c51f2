import type { Migration } from './migration.ts';

/** Headers, properties and body as they arrived with a death; shared by deaths whose contents are equal. `id` is the id of the first such death. */
export const createContents: Migration = {
  name: '0012-contents',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS contents (
  id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  exchange VARBINARY(255) NOT NULL,
  routing_key VARBINARY(255) NOT NULL,
  properties MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  headers MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  strip_headers TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  content_type VARBINARY(255) NULL,
  body_size BIGINT UNSIGNED NOT NULL,
  body_encoding VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  chunk_count INT UNSIGNED NOT NULL,
  purged_at DATETIME(3) NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
