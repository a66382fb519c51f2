import type { Migration } from './migration.ts';

/** The RabbitMQ brokers and vhosts that dead queues live on. One row, `default`, to begin with. */
export const createBrokers: Migration = {
  name: '0001-brokers',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS brokers (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name VARBINARY(191) NOT NULL,
  vhost VARBINARY(255) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  UNIQUE KEY brokers_name (name)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
