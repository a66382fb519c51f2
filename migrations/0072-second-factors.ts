import type { Migration } from './migration.ts';

/**
 * The second factors of local users: the secret of their app, in force once a code has confirmed it. `last_step` is the
 * time step of the last code, so that none is good twice; failures are counted for each user, wherever they come from.
 */
export const createSecondFactors: Migration = {
  name: '0072-second-factors',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS second_factors (
  user_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  secret VARBINARY(64) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  confirmed_at DATETIME(3) NULL,
  last_step BIGINT UNSIGNED NOT NULL DEFAULT 0,
  failures INT UNSIGNED NOT NULL DEFAULT 0,
  failed_at DATETIME(3) NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
