import { z } from 'zod';

import { WATCH_STATES, type WatchState } from '../contract/dead-queues.ts';
import type { Database } from '../database/connect.ts';
import { cutToBytes } from '../diagnosis/bounded-text.ts';
import { INSTANCE_SILENT_SECONDS } from '../database/instance.ts';
import { countColumn, idColumn } from '../database/columns.ts';

/** What one instance sees of one dead queue. */
export interface WatchReport {
  deadQueueId: string;
  state: WatchState;
  since: Date;
  /** Messages that wait in RabbitMQ, and consumers of everybody; null when it could not be asked. */
  depth: number | null;
  consumers: number | null;
  /** Why it is not consumed. Safe to show, no text of a message. */
  lastError: string | null;
  lastMessageAt: Date | null;
}

export interface WatchRow extends WatchReport {
  instanceId: string;
  reportedAt: Date;
}

const LAST_ERROR_BYTES = 1000;

/** Rewrites what this instance sees. Reports without depth keep the time when the queue was last seen empty. */
export async function writeWatches(
  database: Database,
  instanceId: string,
  reports: readonly WatchReport[],
): Promise<void> {
  if (reports.length === 0) return;
  const now = database.raw('UTC_TIMESTAMP(3)');
  await database('dead_queue_watches')
    .insert(
      reports.map((report) => ({
        dead_queue_id: report.deadQueueId,
        instance_id: instanceId,
        state: report.state,
        since: report.since,
        depth: report.depth,
        consumers: report.consumers,
        last_error: report.lastError === null ? null : cutToBytes(report.lastError, LAST_ERROR_BYTES),
        last_message_at: report.lastMessageAt,
        last_empty_at: report.depth === 0 ? now : null,
        reported_at: now,
      })),
    )
    .onConflict()
    .merge({
      state: database.raw('VALUES(state)'),
      since: database.raw('VALUES(since)'),
      depth: database.raw('VALUES(depth)'),
      consumers: database.raw('VALUES(consumers)'),
      last_error: database.raw('VALUES(last_error)'),
      last_message_at: database.raw('COALESCE(VALUES(last_message_at), last_message_at)'),
      last_empty_at: database.raw('COALESCE(VALUES(last_empty_at), last_empty_at)'),
      reported_at: database.raw('VALUES(reported_at)'),
    });
}

/** Takes away what this instance saw of queues that it no longer watches. */
export async function removeWatches(
  database: Database,
  instanceId: string,
  deadQueueIds?: readonly string[],
): Promise<void> {
  await database('dead_queue_watches')
    .where({ instance_id: instanceId })
    .modify((query) => {
      if (deadQueueIds !== undefined) void query.whereIn('dead_queue_id', deadQueueIds);
    })
    .delete();
}

const count = countColumn.nullable();
const row = z
  .object({
    dead_queue_id: idColumn,
    instance_id: idColumn,
    state: z.enum(WATCH_STATES),
    since: z.date(),
    depth: count,
    consumers: count,
    last_error: z.string().nullable(),
    last_message_at: z.date().nullable(),
    reported_at: z.date(),
  })
  .transform((given): WatchRow => ({
    deadQueueId: given.dead_queue_id,
    instanceId: given.instance_id,
    state: given.state,
    since: given.since,
    depth: given.depth,
    consumers: given.consumers,
    lastError: given.last_error,
    lastMessageAt: given.last_message_at,
    reportedAt: given.reported_at,
  }));

/** What the instances that are alive see of these queues. */
export async function readWatches(database: Database, deadQueueIds: readonly string[]): Promise<WatchRow[]> {
  if (deadQueueIds.length === 0) return [];
  const rows: unknown[] = await database('dead_queue_watches AS watch')
    .join('instances AS instance', 'instance.id', 'watch.instance_id')
    .whereIn('watch.dead_queue_id', deadQueueIds)
    .whereNull('instance.stopped_at')
    .where(
      'instance.last_seen_at',
      '>',
      database.raw('UTC_TIMESTAMP(3) - INTERVAL ? SECOND', [INSTANCE_SILENT_SECONDS]),
    )
    .orderBy(['watch.dead_queue_id', 'watch.instance_id'])
    .select('watch.*');
  return z.array(row).parse(rows);
}
