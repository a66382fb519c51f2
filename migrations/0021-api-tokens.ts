import type { Migration } from './migration.ts';

/** Tokens of scripts. Only a hash is kept. */
export const createApiTokens: Migration = {
  name: '0021-api-tokens',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS api_tokens (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  token_hash BINARY(32) NOT NULL,
  user_id BIGINT UNSIGNED NOT NULL,
  name VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  created_at DATETIME(3) NOT NULL,
  last_used_at DATETIME(3) NULL,
  expires_at DATETIME(3) NULL,
  revoked_at DATETIME(3) NULL,
  UNIQUE KEY api_tokens_hash (token_hash),
  KEY api_tokens_user (user_id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
