import type { Migration } from './migration.ts';

/**
 * The keys that contents may be encrypted with, by id, and the key of content hashes: encrypted with each of them. Under
 * the empty id it is as it is: nothing is encrypted any more.
 */
export const createContentKeys: Migration = {
  name: '0076-content-keys',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS content_keys (
  key_id VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  hash_key VARBINARY(128) NOT NULL,
  first_used_at DATETIME(3) NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
