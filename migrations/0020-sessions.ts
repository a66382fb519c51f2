import type { Migration } from './migration.ts';

/** Signed-in browsers. Only a hash of the token is kept. */
export const createSessions: Migration = {
  name: '0020-sessions',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS sessions (
  token_hash BINARY(32) NOT NULL PRIMARY KEY,
  user_id BIGINT UNSIGNED NOT NULL,
  created_at DATETIME(3) NOT NULL,
  last_seen_at DATETIME(3) NOT NULL,
  expires_at DATETIME(3) NOT NULL,
  KEY sessions_user (user_id),
  KEY sessions_expires (expires_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
