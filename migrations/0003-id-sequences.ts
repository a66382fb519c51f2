import type { Migration } from './migration.ts';

/** Ids are taken in blocks before an insert, so that a batch knows its rows' ids: no auto-increment is assumed gapless. */
export const createIdSequences: Migration = {
  name: '0003-id-sequences',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS id_sequences (
  name VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  next_id BIGINT UNSIGNED NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
