import type { Migration } from './migration.ts';

/**
 * From where users sign in, and how often that failed there, for all instances. Both keys are hashes: what somebody types
 * as a username may be a password.
 */
export const createSignInPlaces: Migration = {
  name: '0056-sign-in-places',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS sign_in_places (
  username_hash BINARY(32) NOT NULL,
  place BINARY(32) NOT NULL,
  signed_in_at DATETIME(3) NULL,
  failures INT UNSIGNED NOT NULL DEFAULT 0,
  failed_at DATETIME(3) NOT NULL,
  blocked_until DATETIME(3) NULL,
  PRIMARY KEY (username_hash, place),
  KEY sign_in_places_place (place),
  KEY sign_in_places_age (signed_in_at, failed_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
