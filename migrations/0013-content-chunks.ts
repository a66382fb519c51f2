import type { Migration } from './migration.ts';

/** Bodies, in chunks of at most 4 MiB a row: `max_allowed_packet` is 16 MiB on MariaDB by default. */
export const createContentChunks: Migration = {
  name: '0013-content-chunks',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS content_chunks (
  content_id BIGINT UNSIGNED NOT NULL,
  number INT UNSIGNED NOT NULL,
  data MEDIUMBLOB NOT NULL,
  PRIMARY KEY (content_id, number)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
