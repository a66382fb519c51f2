import { z } from 'zod';

import { MESSAGE_STATUSES, type MessageStatus } from '../contract/messages.ts';
import type { Database } from '../database/connect.ts';
import { countColumn, idColumn, nameColumn } from '../database/columns.ts';
import { sweepPart, type Sweep } from '../messages/message-sweep.ts';

/** Messages that are alike in all that decides whether, and where to, they would go. */
export interface AlikeMessages {
  count: number;
  status: MessageStatus;
  possibleDuplicate: boolean;
  exchangeId: string | null;
  routingKey: string | null;
  queueId: string | null;
  deadQueueId: string;
  contentsPurged: boolean;
  tooLarge: boolean;
  /** Parts of them were restored by a guess. */
  guessed: boolean;
  /** The latest death of one of them. */
  exampleDeathId: string;
}

export interface SelectionSummary {
  alike: AlikeMessages[];
  count: number;
  /** False: there are more, or may be; counting stopped. */
  exact: boolean;
}

/** Counted exactly; beyond it the freeze counts. */
export const COUNTED_EXACTLY = 100_000;
/** Index entries looked at by one statement. */
const ENTRIES = 20_000;

const COLUMNS = [
  'id',
  'status',
  'possible_duplicate_of',
  'exchange_id',
  'routing_key',
  'queue_id',
  'dead_queue_id',
  'last_death_id',
] as const;

const groupRow = z
  .object({
    count: countColumn,
    status: z.enum(MESSAGE_STATUSES),
    twin: countColumn,
    exchange_id: idColumn.nullable(),
    routing_key: nameColumn.nullable(),
    queue_id: idColumn.nullable(),
    dead_queue_id: idColumn,
    purged: countColumn,
    too_large: countColumn,
    guessed: countColumn,
    example: idColumn,
  })
  .transform((row): AlikeMessages => ({
    count: row.count,
    status: row.status,
    possibleDuplicate: row.twin === 1,
    exchangeId: row.exchange_id,
    routingKey: row.routing_key,
    queueId: row.queue_id,
    deadQueueId: row.dead_queue_id,
    contentsPurged: row.purged === 1,
    tooLarge: row.too_large === 1,
    guessed: row.guessed === 1,
    exampleDeathId: row.example,
  }));

/**
 * What a selection by filter holds, for those who will not wait: it stops at `COUNTED_EXACTLY` or after `withinMs`.
 *
 * @param mostBytes of a body, that the broker is known to take; null where that is not known.
 */
export async function summariseSelection(
  database: Database,
  sweep: Sweep,
  { mostBytes, withinMs }: { mostBytes: number | null; withinMs: number },
): Promise<SelectionSummary> {
  const alike = new Map<string, AlikeMessages>();
  const { count, exact } = await overParts(database, sweep, withinMs, async (part) => {
    const [rows] = (await database.raw(
      `SELECT COUNT(*) AS count, found.status, found.possible_duplicate_of IS NOT NULL AS twin, found.exchange_id,
              found.routing_key, found.queue_id, found.dead_queue_id, content.purged_at IS NOT NULL AS purged,
              content.body_size > ? AS too_large, content.inexact_parts IS NOT NULL AS guessed, MIN(death.id) AS example
       FROM (${part.sql}) AS found
       JOIN deaths AS death ON death.id = found.last_death_id JOIN contents AS content ON content.id = death.content_id
       GROUP BY found.status, twin, found.exchange_id, found.routing_key, found.queue_id,
                found.dead_queue_id, purged, too_large, guessed`,
      [mostBytes ?? Number.MAX_SAFE_INTEGER, ...part.bindings],
    )) as [unknown[]];
    let counted = 0;
    for (const group of z.array(groupRow).parse(rows)) {
      counted += group.count;
      const { count: own, exampleDeathId: _example, ...kind } = group;
      const key = JSON.stringify(kind);
      const known = alike.get(key);
      if (known === undefined) alike.set(key, group);
      else known.count += own;
    }
    return counted;
  });
  return { alike: [...alike.values()], count, exact };
}

/** How many there are, likewise. */
export async function countSelection(
  database: Database,
  sweep: Sweep,
  withinMs: number,
): Promise<{ count: number; exact: boolean }> {
  return await overParts(database, sweep, withinMs, async (part) => {
    const [[row]] = (await database.raw(
      `SELECT COUNT(*) AS count FROM (${part.sql}) AS found`,
      part.bindings as never,
    )) as [[unknown]];
    return z.object({ count: countColumn }).parse(row).count;
  });
}

async function overParts(
  database: Database,
  sweep: Sweep,
  withinMs: number,
  countPart: (part: { sql: string; bindings: (string | number | Buffer | Date)[] }) => Promise<number>,
): Promise<{ count: number; exact: boolean }> {
  const deadline = performance.now() + withinMs;
  let count = 0;
  for (let after: string | null = null; ;) {
    const part = await sweepPart(database, sweep, { after, entries: ENTRIES, columns: COLUMNS });
    if (part === null) return { count, exact: true };
    count += await countPart(part);
    if (part.next === null) return count > COUNTED_EXACTLY ? { count, exact: false } : { count, exact: true };
    if (count > COUNTED_EXACTLY || performance.now() > deadline) return { count, exact: false };
    after = part.next;
  }
}
