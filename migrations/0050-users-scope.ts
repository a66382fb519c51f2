import { addColumn, type Migration } from './migration.ts';

/** Dead queues to which a user is limited, as a JSON list of patterns; null: to none. */
export const addUsersScope: Migration = {
  name: '0050-users-scope',
  up: (knex) => addColumn(knex, 'users', 'scope', 'TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL'),
};
