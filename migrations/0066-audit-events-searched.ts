import type { Knex } from 'knex';

import { hasIndex, type Migration } from './migration.ts';

/** From where somebody acted, and the indexes by which events are searched. One statement: the table is rebuilt once. */
export const searchAuditEvents: Migration = {
  name: '0066-audit-events-searched',
  up: async (knex) => {
    const parts = [
      ...((await knex.schema.hasColumn('audit_events', 'address'))
        ? []
        : ['ADD COLUMN address VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL']),
      ...(await missingIndexes(knex)),
    ];
    if (parts.length > 0) await knex.raw(`ALTER TABLE audit_events ${parts.join(', ')}`);
  },
};

async function missingIndexes(knex: Knex): Promise<string[]> {
  const missing: string[] = [];
  for (const column of ['address', 'subject', 'actor_id']) {
    const index = `audit_events_${column}`;
    if (!(await hasIndex(knex, 'audit_events', index))) missing.push(`ADD INDEX ${index} (${column}, id)`);
  }
  return missing;
}
