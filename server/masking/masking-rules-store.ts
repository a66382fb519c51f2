import { z } from 'zod';

import type { MaskingRule, MaskingRuleChange, NewMaskingRule } from '../contract/schemas/masking.ts';
import { countColumn, idColumn, timeColumn } from '../database/columns.ts';
import type { Database, Transaction } from '../database/connect.ts';
import { isDuplicateKey } from '../database/faults.ts';

const row = z
  .object({
    id: idColumn,
    name: z.string(),
    kind: z.string(),
    value: z.string(),
    enabled: countColumn,
    version: countColumn,
    updated_at: timeColumn,
  })
  .transform(({ enabled, updated_at: updatedAt, ...rule }): MaskingRule => ({
    ...rule,
    enabled: enabled === 1,
    updatedAt,
  }));

/** All rules, those that were there first first. */
export async function readMaskingRules(database: Database | Transaction): Promise<MaskingRule[]> {
  const rows: unknown = await database('masking_rules').orderBy('id').select(Object.keys(row.in.shape));
  return z.array(row).parse(rows);
}

/** Holds the rule until the transaction ends; null where there is none. */
export async function lockMaskingRule(transaction: Transaction, id: string): Promise<MaskingRule | null> {
  const found: unknown = await transaction('masking_rules')
    .where('id', id)
    .forUpdate()
    .first(Object.keys(row.in.shape));
  return found === undefined ? null : row.parse(found);
}

/** @returns its id, or null where there is one of this name. */
export async function insertMaskingRule(
  transaction: Transaction,
  { name, kind, value, enabled }: NewMaskingRule,
): Promise<string | null> {
  return await unlessDuplicate(async () => {
    const now = transaction.raw('UTC_TIMESTAMP(3)');
    const [id] = await transaction('masking_rules').insert({
      name,
      kind,
      value,
      enabled: enabled ? 1 : 0,
      version: 1,
      updated_at: now,
    });
    return String(id);
  });
}

/** @returns false where there is another one of the new name. */
export async function updateMaskingRule(
  transaction: Transaction,
  id: string,
  { name, value, enabled }: MaskingRuleChange,
): Promise<boolean> {
  const done = await unlessDuplicate(async () => {
    await transaction('masking_rules')
      .where('id', id)
      .update({
        ...(name === undefined ? {} : { name }),
        ...(value === undefined ? {} : { value }),
        ...(enabled === undefined ? {} : { enabled: enabled ? 1 : 0 }),
        version: transaction.raw('version + 1'),
        updated_at: transaction.raw('UTC_TIMESTAMP(3)'),
      });
    return true;
  });
  return done !== null;
}

export async function deleteMaskingRule(transaction: Transaction, id: string): Promise<void> {
  await transaction('masking_rules').where('id', id).delete();
}

async function unlessDuplicate<Done>(write: () => Promise<Done>): Promise<Done | null> {
  try {
    return await write();
  } catch (error) {
    if (isDuplicateKey(error)) return null;
    throw error;
  }
}
