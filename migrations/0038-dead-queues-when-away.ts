import { addColumn, type Migration } from './migration.ts';

/** What becomes of a queue's messages while the database is away: `hold` or `journal`. */
export const addDeadQueuesWhenAway: Migration = {
  name: '0038-dead-queues-when-away',
  up: (knex) =>
    addColumn(
      knex,
      'dead_queues',
      'when_away',
      "VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'hold'",
    ),
};
