import type { Migration } from './migration.ts';

/**
 * Single sign-ons that have begun, each to be used once. What they need (state, nonce, code verifier) comes of a secret
 * that the browser alone has.
 */
export const createSignOns: Migration = {
  name: '0071-sign-ons',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS sign_ons (
  secret_hash BINARY(32) NOT NULL PRIMARY KEY,
  return_to TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  expires_at DATETIME(3) NOT NULL,
  KEY sign_ons_expires (expires_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
