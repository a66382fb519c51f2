import { addColumn, type Migration } from './migration.ts';

/** A JSON list of the parts that an envelope did not hold exactly; NULL where all of it is as it was. */
export const addContentsInexactParts: Migration = {
  name: '0027-contents-inexact-parts',
  up: (knex) => addColumn(knex, 'contents', 'inexact_parts', 'TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL'),
};
