import type { Migration } from './migration.ts';

/** What is somebody's wherever it stands. The console knows these names and says them in the reader's language. */
export const addUsualMaskingRules: Migration = {
  name: '0064-usual-masking-rules',
  up: (knex) =>
    knex.raw(`INSERT IGNORE INTO masking_rules (name, kind, value, enabled, version, updated_at) VALUES
('card', 'pattern', 'card', 1, 1, UTC_TIMESTAMP(3)),
('koreanResidentNumber', 'pattern', 'koreanResidentNumber', 1, 1, UTC_TIMESTAMP(3)),
('phone', 'pattern', 'phone', 1, 1, UTC_TIMESTAMP(3)),
('email', 'pattern', 'email', 1, 1, UTC_TIMESTAMP(3))`),
};
