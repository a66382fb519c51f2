import type { RetentionPreview } from '../contract/schemas/retention.ts';
import type { Database } from '../database/connect.ts';

import {
  lastIdBefore,
  readExpired,
  readStretch,
  shortestTerm,
  type ExpiredMessage,
  type RetentionTerms,
} from './expired-messages.ts';

/** How long it is counted, in ms, and messages looked at by one statement. */
const COUNT_MS = 1_000;
const STRETCH = 500;

/** What would be removed by these terms now, as far as it can be counted within about a second. Changes nothing. */
export async function previewRetention(database: Database, terms: RetentionTerms): Promise<RetentionPreview> {
  const until = performance.now() + COUNT_MS;
  const { recordsKeptDays } = terms;
  const [contents, records] = await Promise.all([
    count(database, terms, 'contents', { days: shortestTerm(terms), until }),
    recordsKeptDays === null
      ? { count: 0, countAtLeast: 0 }
      : count(database, terms, 'record', { days: recordsKeptDays, until }),
  ]);
  return { contents, records };
}

/**
 * Beginning with the newest that can be past the term: of the older ones most have been removed already, by the terms
 * that held until now.
 */
async function count(
  database: Database,
  terms: RetentionTerms,
  goes: ExpiredMessage['goes'],
  { days, until }: { days: number; until: number },
): Promise<RetentionPreview['contents']> {
  let counted = 0;
  let upTo = await lastIdBefore(database, days);
  while (upTo !== null) {
    if (performance.now() >= until) return { count: null, countAtLeast: counted };
    const { ids, last } = await readStretch(database, { after: '0', upTo }, { limit: STRETCH, from: 'newest' });
    const expired = await readExpired(database, ids, terms);
    counted += expired.filter((message) => message.goes === goes).length;
    upTo = last === null ? null : String(BigInt(last) - 1n);
  }
  return { count: counted, countAtLeast: counted };
}
