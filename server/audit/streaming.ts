import type { Logger } from 'pino';
import { z } from 'zod';

import { idColumn } from '../database/columns.ts';
import type { Database } from '../database/connect.ts';
import { giveBackLease, holdLease } from '../database/lease.ts';
import { Loop } from '../database/loop.ts';

import { readEventRows, readSeals, type Seal } from './seal-store.ts';
import type { EventRow } from './seal-chain.ts';
import type { StreamTarget } from './stream-target.ts';

export interface AuditStreamingOptions {
  database: Database;
  instanceId: string;
  target: StreamTarget;
  logger: Logger;
  /** In ms; how often it looks. */
  everyMs?: number;
}

const LEASE = { name: 'audit-streaming', ms: 15_000 };
const EVERY_MS = 500;
const PORTION = 200;
/** The only stream. */
const NAME = 'stream';

/**
 * Writes each audit event as one line of JSON for another system, in the order of their seals, from the first one on: at
 * least once, by one instance at a time under a lease. How far it came is in `audit_stream_positions`; after a crash the
 * last lines come again, and their `id` says so. A target that takes nothing is tried again, and stops nothing else.
 */
export class AuditStreaming {
  readonly #options: AuditStreamingOptions;
  readonly #loop: Loop;
  #stopping = false;
  #failing = false;

  constructor(options: AuditStreamingOptions) {
    this.#options = options;
    this.#loop = new Loop({
      everyMs: options.everyMs ?? EVERY_MS,
      work: () => this.#round(),
      logger: options.logger,
      failed: 'Audit events could not be read for the stream; trying again.',
    });
  }

  /** Comes to an end after the lines that are under way. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#loop.stop();
    const { database, instanceId } = this.#options;
    // Without it the lease runs out by itself.
    await giveBackLease(database, LEASE.name, instanceId).catch(() => undefined);
  }

  async #round(): Promise<void> {
    const { database, instanceId } = this.#options;
    while (!this.#stopping && (await holdLease(database, { ...LEASE, instanceId }))) {
      const after = await this.#position();
      const seals = await readSeals(database, { after, limit: PORTION });
      const last = seals.at(-1);
      if (last === undefined || !(await this.#write(seals))) return;
      await database('audit_stream_positions')
        .insert({ name: NAME, seq: last.seq })
        .onConflict('name')
        .merge({ seq: database.raw('GREATEST(seq, VALUES(seq))') });
      if (seals.length < PORTION) return;
    }
  }

  async #position(): Promise<string> {
    const row: unknown = await this.#options.database('audit_stream_positions').where('name', NAME).first('seq');
    return row === undefined ? '0' : z.object({ seq: idColumn }).parse(row).seq;
  }

  /** @returns whether the target took them. */
  async #write(seals: readonly Seal[]): Promise<boolean> {
    const { database, target, logger } = this.#options;
    const events = await readEventRows(
      database,
      seals.map(({ eventId }) => eventId),
    );
    const lines = seals.flatMap((seal) => {
      const event = events.get(seal.eventId);
      return event === undefined ? [] : [`${streamLine(event, seal)}\n`];
    });
    try {
      await target.write(lines.join(''));
      if (this.#failing) logger.info('Audit events are written to the stream again.');
      this.#failing = false;
      return true;
    } catch (error) {
      if (!this.#failing) {
        logger.error(
          { err: error },
          'Audit events could not be written to the stream. They stay in the database, and follow.',
        );
      }
      this.#failing = true;
      return false;
    }
  }
}

const streamed = z.object({
  id: idColumn,
  at: z.date(),
  kind: z.string(),
  actor_id: idColumn.nullable(),
  actor_name: z.string(),
  address: z.string().nullable(),
  operation_id: idColumn.nullable(),
  message_id: idColumn.nullable(),
  subject: z.string().nullable(),
  details: z.string(),
  request_id: z.string().nullable(),
});

/** One event as a line; whatever somebody typed, it stays one line and moves no terminal. */
export function streamLine(event: EventRow, { seq, hmac }: Pick<Seal, 'seq' | 'hmac'>): string {
  const row = streamed.parse(event);
  const details: unknown = JSON.parse(row.details);
  const line = JSON.stringify({
    type: 'audit',
    id: row.id,
    at: row.at.toISOString(),
    kind: row.kind,
    actor: row.actor_name,
    actorId: row.actor_id,
    address: row.address,
    operationId: row.operation_id,
    messageId: row.message_id,
    subject: row.subject,
    details,
    requestId: row.request_id,
    seal: { seq, hmac: hmac.toString('hex') },
  });
  // JSON escapes what is below a space; these are control characters, line ends or marks of direction, too.
  return line.replace(
    /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
