import { addColumns, type Migration } from './migration.ts';

/** What a token may do at most, by which letters it is recognised, and who took it back. */
export const addApiTokensLimits: Migration = {
  name: '0057-api-tokens-limits',
  up: (knex) =>
    addColumns(knex, 'api_tokens', {
      role: "VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'viewer'",
      scope: 'TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL',
      hint: "VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT ''",
      revoked_by: 'BIGINT UNSIGNED NULL',
    }),
};
