import type { Migration } from './migration.ts';

/**
 * Users that an identity provider told of: by its issuer and the subject that it never gives to anybody else. Bytes,
 * because texts that differ in blanks at their end would be the same person.
 */
export const createUserIdentities: Migration = {
  name: '0070-user-identities',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS user_identities (
  user_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  issuer VARBINARY(255) NOT NULL,
  subject VARBINARY(255) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  UNIQUE KEY user_identities_subject (issuer, subject)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
