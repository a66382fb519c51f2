import { addColumns, type Migration } from './migration.ts';

/** What managing users needs: whether the password is a one-time one, when they came last, and of two changes the second. */
export const addUsersManaged: Migration = {
  name: '0054-users-managed',
  up: (knex) =>
    addColumns(knex, 'users', {
      must_change_password: 'TINYINT UNSIGNED NOT NULL DEFAULT 0',
      last_sign_in_at: 'DATETIME(3) NULL',
      removed_at: 'DATETIME(3) NULL',
      version: 'INT UNSIGNED NOT NULL DEFAULT 1',
    }),
};
