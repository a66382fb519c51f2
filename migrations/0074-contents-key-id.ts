import { addColumns, type Migration } from './migration.ts';

const KEY_ID = 'VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL';

/**
 * The id of the key with which contents are encrypted; NULL: they are as they arrived. `sealed` holds properties and
 * headers of encrypted contents, whose own columns are empty then.
 */
export const addContentsKeyId: Migration = {
  name: '0074-contents-key-id',
  up: async (knex) => {
    await addColumns(knex, 'contents', { key_id: KEY_ID, sealed: 'MEDIUMBLOB NULL' });
    await addColumns(knex, 'content_chunks', { key_id: KEY_ID });
    await addColumns(knex, 'intake_rejects', { key_id: KEY_ID });
  },
};
