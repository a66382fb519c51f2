import type { Migration } from './migration.ts';

/** Named values found in messages. `tail` is the value without its leading letters and separator: an ID is found with or without its prefix. */
export const createBusinessKeys: Migration = {
  name: '0017-business-keys',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS business_keys (
  name_id BIGINT UNSIGNED NOT NULL,
  value VARBINARY(191) NOT NULL,
  message_id BIGINT UNSIGNED NOT NULL,
  tail VARBINARY(191) NOT NULL,
  PRIMARY KEY (name_id, value, message_id),
  KEY business_keys_tail (name_id, tail, message_id),
  KEY business_keys_message (message_id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
