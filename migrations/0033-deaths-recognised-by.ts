import { addColumn, type Migration } from './migration.ts';

/** By what a death was recognised as a resent message that came back: mark, messageId or contents. */
export const addDeathsRecognisedBy: Migration = {
  name: '0033-deaths-recognised-by',
  up: (knex) => addColumn(knex, 'deaths', 'recognised_by', 'VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NULL'),
};
