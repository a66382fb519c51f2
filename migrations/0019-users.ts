import type { Migration } from './migration.ts';

/** Who may sign in. */
export const createUsers: Migration = {
  name: '0019-users',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS users (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  username VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  role VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  password_hash VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at DATETIME(3) NOT NULL,
  disabled_at DATETIME(3) NULL,
  UNIQUE KEY users_username (username)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
