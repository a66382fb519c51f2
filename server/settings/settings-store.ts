import { z } from 'zod';

import { settings, type Settings } from '../contract/schemas/settings.ts';
import type { Database, Transaction } from '../database/connect.ts';

/** What holds where nobody has said anything else. */
export const DEFAULT_SETTINGS: Settings = {
  resendsFrozen: null,
  reasonRequiredFrom: 100,
  largeOperationFrom: 10_000,
  approvalFrom: null,
  contentsKeptDays: 90,
  recordsKeptDays: null,
};

const rows = z.array(z.object({ name: z.string(), value: z.string() }));

/** All settings as they are written now. A value that cannot be read (of another version) is the default. */
export async function readSettings(database: Database | Transaction): Promise<Settings> {
  const found: unknown[] = await database('settings').select('name', 'value');
  const written = new Map(rows.parse(found).map(({ name, value }) => [name, value]));
  const read = { ...DEFAULT_SETTINGS } as Record<string, unknown>;
  for (const [name, shape] of Object.entries(settings.shape)) {
    const parsed = shape.safeParse(parseJson(written.get(name)));
    if (parsed.success) read[name] = parsed.data;
  }
  return settings.parse(read);
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

/** Writes those that are given. */
export async function writeSettings(
  transaction: Transaction,
  changed: Partial<Settings>,
  userId: string,
): Promise<void> {
  const now = transaction.raw('UTC_TIMESTAMP(3)');
  for (const [name, value] of Object.entries(changed)) {
    await transaction('settings')
      .insert({ name, value: JSON.stringify(value), updated_at: now, updated_by: userId })
      .onConflict('name')
      .merge();
  }
}
