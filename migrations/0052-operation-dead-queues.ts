import type { Migration } from './migration.ts';

/** The dead queues from which an operation's messages are: who sees only some dead queues sees only what lies within them. */
export const createOperationDeadQueues: Migration = {
  name: '0052-operation-dead-queues',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS operation_dead_queues (
  operation_id BIGINT UNSIGNED NOT NULL,
  dead_queue_id BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (operation_id, dead_queue_id),
  KEY operation_dead_queues_queue (dead_queue_id, operation_id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
