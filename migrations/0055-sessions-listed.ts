import { addColumns, type Migration } from './migration.ts';

/** What a session is known by where sessions are listed: it is named by its id, never by its token. */
export const addSessionsListed: Migration = {
  name: '0055-sessions-listed',
  up: (knex) =>
    addColumns(knex, 'sessions', {
      id: 'BIGINT UNSIGNED NOT NULL AUTO_INCREMENT UNIQUE KEY',
      address: 'VARCHAR(45) CHARACTER SET ascii COLLATE ascii_bin NULL',
      user_agent: 'VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL',
    }),
};
