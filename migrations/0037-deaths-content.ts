import { addIndex, type Migration } from './migration.ts';

/** Which deaths share contents. In the order of arrival like the table itself: contents have the id of their first death. */
export const indexDeathsContent: Migration = {
  name: '0037-deaths-content',
  up: (knex) => addIndex(knex, 'deaths', 'deaths_content', 'content_id'),
};
