import { hostname } from 'node:os';

import type { Logger } from 'pino';
import { z } from 'zod';

import type { Database } from './connect.ts';
import { idColumn } from './columns.ts';

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
    host: hostname().slice(0, 255),
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
