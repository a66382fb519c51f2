import { z } from 'zod';

import type { WatchState } from '../contract/dead-queues.ts';
import type { DeadQueue } from '../contract/schemas/dead-queues.ts';
import type { Database } from '../database/connect.ts';
import { countColumn } from '../database/columns.ts';
import { COUNT_CAP } from '../web/list-query.ts';

import type { DeadQueueRow } from './dead-queue-store.ts';
import type { CheckedQueue, QueueFacts } from './queue-facts.ts';
import { readWatches, type WatchRow } from './watch-store.ts';

/** What several instances see becomes one state: the best of them, since one consumer is enough. */
const BEST_FIRST: readonly WatchState[] = [
  'consuming',
  'waitingForStore',
  'exclusive',
  'refused',
  'missing',
  'away',
  'starting',
  'stopped',
];

/** These queues as the console shows them: settings, what the living instances see, and what waits for a decision. */
export async function describeDeadQueues(
  database: Database,
  facts: QueueFacts,
  rows: readonly DeadQueueRow[],
): Promise<DeadQueue[]> {
  const [looks, pending] = await Promise.all([
    lookAtDeadQueues(database, facts, rows),
    Promise.all(rows.map(({ id }) => countPending(database, id))),
  ]);
  return looks.map((look, index) => ({ ...look, pending: pending[index] ?? 0 }));
}

/** The same without what waits for a decision, which is a read of messages. */
export async function lookAtDeadQueues(
  database: Database,
  facts: QueueFacts,
  rows: readonly DeadQueueRow[],
): Promise<Omit<DeadQueue, 'pending'>[]> {
  const [watches, checks] = await Promise.all([
    readWatches(
      database,
      rows.map(({ id }) => id),
    ),
    Promise.all(rows.map(({ name, watched }) => (watched ? facts.check(name) : Promise.resolve(null)))),
  ]);
  return rows.map((row, index) =>
    describe(
      row,
      watches.filter(({ deadQueueId }) => deadQueueId === row.id),
      checks[index] ?? null,
    ),
  );
}

const counted = z.object({ counted: countColumn });

/** Messages on the desk: a read of one index range that stops at 10 001. */
async function countPending(database: Database, deadQueueId: string): Promise<number> {
  const some = database('failed_messages')
    .where({ shelf: 'desk', dead_queue_id: deadQueueId })
    .select(database.raw('1'))
    .limit(COUNT_CAP)
    .as('some');
  return counted.parse(await database.from(some).count('* AS counted').first()).counted;
}

function describe(
  row: DeadQueueRow,
  watches: readonly WatchRow[],
  checked: CheckedQueue | null,
): Omit<DeadQueue, 'pending'> {
  const best = [...watches].sort((a, b) => BEST_FIRST.indexOf(a.state) - BEST_FIRST.indexOf(b.state))[0];
  const state = row.watched ? (best?.state ?? 'starting') : 'stopped';
  const latest = watches.filter(({ depth }) => depth !== null).sort((a, b) => +b.reportedAt - +a.reportedAt)[0];
  const messageTimes = watches.flatMap(({ lastMessageAt }) => (lastMessageAt === null ? [] : [+lastMessageAt]));
  return {
    id: row.id,
    broker: row.broker,
    name: row.name,
    type: checked?.type ?? null,
    watched: row.watched,
    state,
    since: row.watched && best !== undefined ? best.since.toISOString() : null,
    depth: latest?.depth ?? null,
    consumers: latest?.consumers ?? null,
    lastError: row.watched ? (best?.lastError ?? null) : null,
    lastMessageAt: messageTimes.length > 0 ? new Date(Math.max(...messageTimes)).toISOString() : null,
    prefetch: row.prefetch,
    stripHeaders: row.stripHeaders,
    addHeader: row.addHeader,
    whenDatabaseAway: row.whenAway,
    needsApproval: row.needsApproval,
    // A queue that is not there has nothing that could be checked.
    warnings: state === 'missing' ? [] : [...warningsOf(watches, latest), ...(checked?.warnings ?? [])],
    watches: watches.map((watch) => ({
      instanceId: watch.instanceId,
      state: watch.state,
      since: watch.since.toISOString(),
      depth: watch.depth,
      consumers: watch.consumers,
      lastError: watch.lastError,
      lastMessageAt: watch.lastMessageAt?.toISOString() ?? null,
      reportedAt: watch.reportedAt.toISOString(),
    })),
    version: row.version,
    createdAt: row.createdAt.toISOString(),
  };
}

/** What a passive look can tell. Types, limits and policies of a queue are known to the management API alone. */
function warningsOf(watches: readonly WatchRow[], latest: WatchRow | undefined): DeadQueue['warnings'] {
  const ours = watches.filter(({ state }) => state === 'consuming').length;
  const others = (latest?.consumers ?? 0) - ours;
  // A consumer that has just come or gone is not a stranger yet: the count must have been asked after we began.
  const settled = watches.every(({ since, reportedAt }) => +reportedAt - +since > 10_000);
  return others > 0 && settled ? [{ code: 'otherConsumers', params: { count: others } }] : [];
}
