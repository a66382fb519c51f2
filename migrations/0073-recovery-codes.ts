import type { Migration } from './migration.ts';

/** Codes in place of a second factor that is lost, each good once. Only hashes are kept. */
export const createRecoveryCodes: Migration = {
  name: '0073-recovery-codes',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS recovery_codes (
  user_id BIGINT UNSIGNED NOT NULL,
  code_hash BINARY(32) NOT NULL,
  PRIMARY KEY (user_id, code_hash)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
