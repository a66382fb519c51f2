import type { Migration } from './migration.ts';

/**
 * The order IDs that an act was given in words: by a filter, or as a list. By these it is found; what it says itself is
 * in its details. Rows are only ever inserted. `tail` is as in `business_keys`.
 */
export const createAuditEventOrders: Migration = {
  name: '0068-audit-event-orders',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS audit_event_orders (
  value VARBINARY(191) NOT NULL,
  event_id BIGINT UNSIGNED NOT NULL,
  tail VARBINARY(191) NOT NULL,
  PRIMARY KEY (value, event_id),
  KEY audit_event_orders_tail (tail, event_id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
