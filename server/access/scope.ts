import { z } from 'zod';

import { idColumn, nameColumn } from '../database/columns.ts';
import type { Database } from '../database/connect.ts';
import type { Scope } from '../web/route.ts';

const deadQueueRow = z.object({ id: idColumn, name: nameColumn });

/** Whether a dead queue's name is as one of these says: `*` stands for any characters, also none; all else for itself. */
export function matchesScope(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => matches(pattern.split('*'), name));
}

/** Greedy from the left: time grows with the lengths added up, whatever the pattern. */
function matches(parts: readonly string[], name: string): boolean {
  const [first = '', ...others] = parts;
  const last = others.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  let from = first.length;
  for (const part of others) {
    const at = name.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return name.length - last.length >= from && name.endsWith(last);
}

/**
 * Which dead queues these patterns name now, also those that are not watched any more.
 *
 * @param patterns of each one that limits, such as a user's and a token's: a dead queue has to match them all; null
 * limits nothing.
 */
export async function scopeOf(database: Database, ...patterns: readonly (readonly string[] | null)[]): Promise<Scope> {
  const limits = patterns.filter((one) => one !== null);
  if (limits.length === 0) return null;
  const rows = z.array(deadQueueRow).parse(await database('dead_queues').select('id', 'name'));
  return rows.filter(({ name }) => limits.every((one) => matchesScope(one, name))).map(({ id }) => id);
}
