import { z } from 'zod';

import { WHEN_AWAY, type WhenAway } from '../contract/dead-queues.ts';
import type { DeadQueueChange, NewDeadQueue } from '../contract/schemas/dead-queues.ts';
import { withinScope } from '../access/within-scope.ts';
import type { Database, Transaction } from '../database/connect.ts';
import { idColumn, nameColumn, nameListColumn } from '../database/columns.ts';
import type { Scope } from '../web/route.ts';

/** The broker that the office talks to. */
export interface BrokerAddress {
  name: string;
  vhost: string;
}

/** Its row. */
export interface Broker {
  id: string;
  name: string;
}

/** What a watcher needs to know of its queue. */
export interface WatchedQueue {
  id: string;
  name: string;
  /** Messages; null for the office's default. */
  prefetch: number | null;
  whenAway: WhenAway;
}

/** A row of the registry. */
export interface DeadQueueRow {
  id: string;
  broker: string;
  name: string;
  watched: boolean;
  prefetch: number | null;
  stripHeaders: string[];
  addHeader: boolean;
  whenAway: WhenAway;
  version: number;
  createdAt: Date;
  removedAt: Date | null;
}

const flag = z.number().transform((value) => value !== 0);

const watchedRow = z
  .object({ id: idColumn, name: nameColumn, prefetch: z.number().nullable(), when_away: z.enum(WHEN_AWAY) })
  .transform(({ when_away, ...rest }): WatchedQueue => ({ ...rest, whenAway: when_away }));
const row = z
  .object({
    id: idColumn,
    broker: nameColumn,
    name: nameColumn,
    watched: flag,
    prefetch: z.number().nullable(),
    strip_headers: nameListColumn,
    add_header: flag,
    when_away: z.enum(WHEN_AWAY),
    version: z.number(),
    created_at: z.date(),
    removed_at: z.date().nullable(),
  })
  .transform(({ strip_headers, add_header, when_away, created_at, removed_at, ...rest }): DeadQueueRow => ({
    ...rest,
    stripHeaders: strip_headers,
    addHeader: add_header,
    whenAway: when_away,
    createdAt: created_at,
    removedAt: removed_at,
  }));

/** The one broker of an office so far, called `default`, with the vhost of its URL (`/` when the URL has no path). */
export function brokerAddress(amqpUrl: string): BrokerAddress {
  const path = new URL(amqpUrl).pathname.slice(1);
  return { name: 'default', vhost: path === '' ? '/' : decodeURIComponent(path) };
}

/** The row of the broker that the office talks to, made the first time. A changed vhost is written down. */
export async function ensureBroker(database: Database, broker: BrokerAddress): Promise<Broker> {
  const name = Buffer.from(broker.name);
  await database('brokers')
    .insert({ name, vhost: Buffer.from(broker.vhost), created_at: database.raw('UTC_TIMESTAMP(3)') })
    .onConflict('name')
    .merge(['vhost']);
  const found: unknown = await database('brokers').where({ name }).first('id');
  return { id: z.object({ id: idColumn }).parse(found).id, name: broker.name };
}

/** The broker's row, or null before the office was started on this database. */
export async function findBroker(database: Database): Promise<Broker | null> {
  const found: unknown = await database('brokers').orderBy('id').first('id', 'name');
  return found === undefined ? null : z.object({ id: idColumn, name: nameColumn }).parse(found);
}

/**
 * Adds the queues that the configuration names. Those that have a row keep it as it is: what an administrator changed
 * or removed in the console stays changed or removed.
 */
export async function ensureDeadQueues(database: Database, broker: Broker, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const now = database.raw('UTC_TIMESTAMP(3)');
  await database('dead_queues')
    .insert(names.map((name) => ({ ...newRow(broker.id, { name }), created_at: now, updated_at: now })))
    .onConflict()
    .ignore();
}

function newRow(
  brokerId: string,
  { name, watched, prefetch, stripHeaders, addHeader, whenDatabaseAway }: NewDeadQueue,
) {
  return {
    broker_id: brokerId,
    name: Buffer.from(name),
    watched: (watched ?? true) ? 1 : 0,
    prefetch: prefetch ?? null,
    strip_headers: JSON.stringify(stripHeaders ?? []),
    add_header: (addHeader ?? true) ? 1 : 0,
    when_away: whenDatabaseAway ?? 'hold',
    version: 1,
  };
}

/** The queues to watch by now. */
export async function readWatchedQueues(database: Database, broker: Broker): Promise<WatchedQueue[]> {
  const rows: unknown[] = await database('dead_queues')
    .where({ broker_id: broker.id, watched: 1 })
    .whereNull('removed_at')
    .orderBy('id')
    .select('id', 'name', 'prefetch', 'when_away');
  return z.array(watchedRow).parse(rows);
}

function selectRows(database: Database | Transaction) {
  return database('dead_queues AS dead_queue')
    .join('brokers AS broker', 'broker.id', 'dead_queue.broker_id')
    .select(
      'dead_queue.id',
      'broker.name AS broker',
      'dead_queue.name',
      'dead_queue.watched',
      'dead_queue.prefetch',
      'dead_queue.strip_headers',
      'dead_queue.add_header',
      'dead_queue.when_away',
      'dead_queue.version',
      'dead_queue.created_at',
      'dead_queue.removed_at',
    );
}

/** All in scope that were not removed, oldest first. A registry, not a log: there are never many. */
export async function readDeadQueues(database: Database, scope: Scope): Promise<DeadQueueRow[]> {
  const within = withinScope('dead_queue.id', scope);
  const rows: unknown[] = await selectRows(database)
    .whereNull('dead_queue.removed_at')
    .whereRaw(within.sql, within.bindings)
    .orderBy('dead_queue.id');
  return z.array(row).parse(rows);
}

/** One of them, or null when there is none or it was removed. */
export async function readDeadQueue(database: Database | Transaction, queueId: string): Promise<DeadQueueRow | null> {
  const found: unknown = await selectRows(database)
    .where('dead_queue.id', queueId)
    .whereNull('dead_queue.removed_at')
    .first();
  return found === undefined ? null : row.parse(found);
}

/** The names of the dead queues in scope, also of those that were removed; null: all there are. */
export async function readSeenNames(
  database: Database | Transaction,
  scope: Scope,
): Promise<ReadonlySet<string> | null> {
  if (scope === null) return null;
  const rows: unknown[] = await database('dead_queues')
    .whereIn('id', [...scope])
    .select('name');
  return new Set(
    z
      .array(z.object({ name: nameColumn }))
      .parse(rows)
      .map(({ name }) => name),
  );
}

/** The dead queues of a broker by these names, also those that were removed: name → id. */
export async function findDeadQueues(
  database: Database,
  brokerId: string,
  names: readonly string[],
): Promise<Map<string, string>> {
  if (names.length === 0) return new Map();
  const rows: unknown[] = await database('dead_queues')
    .where({ broker_id: brokerId })
    .whereIn(
      'name',
      names.map((name) => Buffer.from(name)),
    )
    .select('id', 'name');
  return new Map(
    z
      .array(z.object({ id: idColumn, name: nameColumn }))
      .parse(rows)
      .map(({ id, name }) => [name, id]),
  );
}

/** The headers that its messages must not keep on a resend, by its setting; also of a queue that was removed. */
export async function readStripHeaders(database: Database | Transaction, queueId: string): Promise<string[]> {
  const found: unknown = await database('dead_queues').where({ id: queueId }).first('strip_headers');
  return found === undefined ? [] : z.object({ strip_headers: nameListColumn }).parse(found).strip_headers;
}

/**
 * Adds a queue, or takes up again one that was removed, with the settings given now.
 *
 * @returns its id, or null when it is watched already.
 */
export async function addDeadQueue(
  transaction: Transaction,
  brokerId: string,
  settings: NewDeadQueue,
): Promise<string | null> {
  const now = transaction.raw('UTC_TIMESTAMP(3)');
  const wanted = newRow(brokerId, settings);
  const existing: unknown = await transaction('dead_queues')
    .where({ broker_id: wanted.broker_id, name: wanted.name })
    .forUpdate()
    .first('id', 'removed_at');
  if (existing !== undefined) {
    const { id: queueId, removed_at } = z.object({ id: idColumn, removed_at: z.date().nullable() }).parse(existing);
    if (removed_at === null) return null;
    const { version: _version, ...values } = wanted;
    await transaction('dead_queues')
      .where({ id: queueId })
      .update({ ...values, version: transaction.raw('version + 1'), updated_at: now, removed_at: null });
    return queueId;
  }
  const inserted: unknown = await transaction('dead_queues').insert({ ...wanted, created_at: now, updated_at: now });
  return z.tuple([idColumn]).parse(inserted)[0];
}

/** Changes settings; what is absent stays. False when there is no such queue. */
export async function changeDeadQueue(
  transaction: Transaction,
  queueId: string,
  { watched, prefetch, stripHeaders, addHeader, whenDatabaseAway }: DeadQueueChange,
): Promise<boolean> {
  const changed = await transaction('dead_queues')
    .where({ id: queueId })
    .whereNull('removed_at')
    .update({
      ...(watched === undefined ? {} : { watched: watched ? 1 : 0 }),
      ...(prefetch === undefined ? {} : { prefetch }),
      ...(stripHeaders === undefined ? {} : { strip_headers: JSON.stringify(stripHeaders) }),
      ...(addHeader === undefined ? {} : { add_header: addHeader ? 1 : 0 }),
      ...(whenDatabaseAway === undefined ? {} : { when_away: whenDatabaseAway }),
      version: transaction.raw('version + 1'),
      updated_at: transaction.raw('UTC_TIMESTAMP(3)'),
    });
  return changed > 0;
}

/** Stops watching for good; its messages stay. False when there is no such queue. */
export async function removeDeadQueue(transaction: Transaction, queueId: string): Promise<boolean> {
  const now = transaction.raw('UTC_TIMESTAMP(3)');
  const removed = await transaction('dead_queues')
    .where({ id: queueId })
    .whereNull('removed_at')
    .update({ removed_at: now, updated_at: now, version: transaction.raw('version + 1') });
  return removed > 0;
}
