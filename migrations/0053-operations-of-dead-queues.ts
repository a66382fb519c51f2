import type { Migration } from './migration.ts';

/** What is known of operations from before: the dead queues in which their messages lie now. */
export const nameDeadQueuesOfOperations: Migration = {
  name: '0053-operations-of-dead-queues',
  up: (knex) =>
    knex.raw(`INSERT IGNORE INTO operation_dead_queues (operation_id, dead_queue_id)
SELECT DISTINCT item.operation_id, message.dead_queue_id
FROM operation_items AS item JOIN failed_messages AS message ON message.id = item.message_id`),
};
