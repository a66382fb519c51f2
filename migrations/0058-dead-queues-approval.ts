import { addColumn, type Migration } from './migration.ts';

/** Whether an operation on messages of this queue waits for a second person. */
export const addDeadQueuesApproval: Migration = {
  name: '0058-dead-queues-approval',
  up: (knex) => addColumn(knex, 'dead_queues', 'needs_approval', 'TINYINT(1) NOT NULL DEFAULT 0'),
};
