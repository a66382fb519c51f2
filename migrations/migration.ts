import type { Knex } from 'knex';

/**
 * One step of the schema. Append-only: a merged step is never edited. MySQL commits DDL implicitly, so each step is
 * one statement that can safely run again (`IF NOT EXISTS`).
 */
export interface Migration {
  /** Number and what it does; the order of the list is the order of the numbers. */
  name: string;
  up: (knex: Knex) => PromiseLike<unknown>;
}
