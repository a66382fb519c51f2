import { addColumn, type Migration } from './migration.ts';

/** The contents as they arrived, where the failed message was in an envelope: a row of its own. NULL for all others. */
export const addContentsEnvelopeId: Migration = {
  name: '0026-contents-envelope-id',
  up: (knex) => addColumn(knex, 'contents', 'envelope_id', 'BIGINT UNSIGNED NULL'),
};
