import type { Migration } from './migration.ts';

/** Resends that went out without our header: by what they are recognised when they come back. Rows leave it when they did, or after some days. */
export const createUnmarkedResends: Migration = {
  name: '0032-unmarked-resends',
  up: (knex) =>
    knex.raw(`CREATE TABLE IF NOT EXISTS unmarked_resends (
  queue_id BIGINT UNSIGNED NOT NULL,
  likeness BINARY(16) NOT NULL,
  message_id BIGINT UNSIGNED NOT NULL,
  resend_number INT UNSIGNED NOT NULL,
  sent_at DATETIME(3) NOT NULL,
  PRIMARY KEY (queue_id, likeness, message_id, resend_number),
  KEY unmarked_resends_sent (sent_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`),
};
