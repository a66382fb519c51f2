import type { Migration } from './migration.ts';

/** What is marked is in a portion by now: to the items themselves it is claimed. */
export const unmarkItems: Migration = {
  name: '0043-items-without-publishing',
  up: (knex) => knex.raw("UPDATE operation_items SET state = 'claimed' WHERE state = 'publishing'"),
};
