import { hostname } from 'node:os';

import type { Logger } from 'pino';
import { z } from 'zod';

import type { Database } from './connect.ts';
import { countColumn, idColumn } from './columns.ts';

const HEARTBEAT_MS = 5_000;
/** An instance that was not heard of for so long is taken for dead, by the database's clock. */
export const INSTANCE_SILENT_SECONDS = 20;

/** This process, as the other instances see it. */
export interface Instance {
  /** The owner of leases, batches and watches. */
  readonly id: string;
  /** Writes a sign of life now: also the question whether the database takes writes. Rejects when it does not. */
  beat: () => Promise<void>;
  /** Says goodbye: what it held is free at once. Never rejects: a database that is away learns it by the silence. */
  stop: () => Promise<void>;
}

const otherRow = z.object({ id: idColumn, host: z.string(), pid: z.number(), earlier: countColumn });

/**
 * The other instances that may live. One that was not heard of for a while does not; nor does, at once, one of this host
 * whose process is gone, or whose process number this process has now.
 */
export async function readOthersAlive(database: Database, instanceId: string): Promise<Set<string>> {
  const rows: unknown[] = await database('instances')
    .whereNull('stopped_at')
    .where('last_seen_at', '>', database.raw('UTC_TIMESTAMP(3) - INTERVAL ? SECOND', [INSTANCE_SILENT_SECONDS]))
    .whereNot('id', instanceId)
    .select(
      'id',
      'host',
      'pid',
      database.raw('started_at < UTC_TIMESTAMP(3) - INTERVAL ? SECOND AS earlier', [Math.ceil(process.uptime()) + 1]),
    );
  const alive = z
    .array(otherRow)
    .parse(rows)
    .filter(({ host, pid, earlier }) => {
      if (host !== ownHost()) return true;
      return pid === process.pid ? earlier === 0 : runs(pid);
    });
  return new Set(alive.map(({ id }) => id));
}

function ownHost(): string {
  return hostname().slice(0, 255);
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user may not be asked, but is there.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

/**
 * Registers this process in `instances` and keeps it alive there, every 5 s.
 *
 * @throws what the driver throws when the database is away: try again.
 */
export async function registerInstance({
  database,
  logger,
}: {
  database: Database;
  logger: Logger;
}): Promise<Instance> {
  const now = database.raw('UTC_TIMESTAMP(3)');
  const inserted: unknown = await database('instances').insert({
    host: ownHost(),
    pid: process.pid,
    started_at: now,
    last_seen_at: now,
  });
  const [id] = z.tuple([idColumn]).parse(inserted);

  const write = async (change: Record<string, unknown>) => {
    await database('instances').where('id', id).update(change);
  };
  let heard = true;
  const timer = setInterval(() => {
    write({ last_seen_at: now }).then(
      () => {
        heard = true;
      },
      (error: unknown) => {
        if (heard) logger.warn({ err: error }, 'The sign of life could not be written.');
        heard = false;
      },
    );
  }, HEARTBEAT_MS);

  return {
    id,
    beat: () => write({ last_seen_at: now }),
    stop: async () => {
      clearInterval(timer);
      await write({ last_seen_at: now, stopped_at: now }).catch((error: unknown) => {
        logger.warn({ err: error }, 'The end of this instance could not be written.');
      });
    },
  };
}
