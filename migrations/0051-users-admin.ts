import type { Migration } from './migration.ts';

/** The role `admin` has its name from here on. */
export const renameAdministrators: Migration = {
  name: '0051-users-admin',
  up: (knex) => knex('users').where('role', 'administrator').update({ role: 'admin' }),
};
