import { addColumn, type Migration } from './migration.ts';

/** The id of the key with which an instance encrypts contents; NULL: it has none. */
export const addInstancesContentKey: Migration = {
  name: '0075-instances-content-key',
  up: (knex) =>
    addColumn(knex, 'instances', 'content_key_id', 'VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL'),
};
