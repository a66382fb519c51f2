import { addColumns, type Migration } from './migration.ts';

/**
 * What people decide about a group. `resolved_after`: failures with a later death id are new since it was called
 * resolved. `merged_into`: where its fingerprints went; it has none any more. `created_at` is when it was first seen.
 */
export const addFailureGroupsTriage: Migration = {
  name: '0045-failure-groups-triage',
  up: (knex) =>
    addColumns(knex, 'failure_groups', {
      version: 'INT UNSIGNED NOT NULL DEFAULT 1',
      assignee_id: 'BIGINT UNSIGNED NULL',
      snoozed_until: 'DATETIME(3) NULL',
      resolved_at: 'DATETIME(3) NULL',
      resolved_after: 'BIGINT UNSIGNED NULL',
      note: 'TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL',
      tracker_url: 'VARCHAR(2000) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL',
      merged_into: 'BIGINT UNSIGNED NULL',
    }),
};
