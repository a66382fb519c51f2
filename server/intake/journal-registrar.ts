import type { Logger } from 'pino';
import { z } from 'zod';

import { INSTANCE_SILENT_SECONDS } from '../database/instance.ts';
import { idColumn } from '../database/columns.ts';
import type { BusinessKeyRule } from '../orders/business-keys.ts';

import { readArrival } from './arrival.ts';
import { BatchWriter, type WriterServices } from './batch-writer.ts';
import { Fence } from './fence.ts';
import type { JournalEntry, JournalFile } from './journal.ts';

const EVERY_MS = 60_000;
const JOURNAL = 'journal';

interface RegistrarOptions {
  services: WriterServices;
  brokerName: string;
  keyRules: readonly BusinessKeyRule[];
  logger: Logger;
  everyMs?: number;
}

/**
 * Registers what lies in the journal: at start and every minute, the files of this instance and of those that are dead.
 * How many are left is written to `instances.journal_unregistered`.
 */
export class JournalRegistrar {
  readonly #options: RegistrarOptions;
  readonly #giveUp = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: RegistrarOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#giveUp.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      await this.#registerAll();
    } catch (error) {
      this.#options.logger.error({ err: error }, 'The intake journal could not be registered; it is tried again.');
    }
    if (this.#giveUp.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#run();
    }, this.#options.everyMs ?? EVERY_MS);
  }

  async #registerAll(): Promise<void> {
    const { services } = this.#options;
    const files = await this.#filesOfOurs();
    let left = 0;
    for (const file of files) {
      for await (const entry of services.journal.openEntries(file)) {
        if (this.#giveUp.signal.aborted || !services.gate.open) break;
        await this.#register(file, entry);
      }
      left += (await services.journal.openIds(file)).size;
      await services.journal.removeIfDone(file);
    }
    await services.database('instances').where({ id: services.instanceId }).update({ journal_unregistered: left });
  }

  async #filesOfOurs(): Promise<JournalFile[]> {
    const { database, instanceId, journal } = this.#options.services;
    const files = await journal.files();
    if (files.length === 0) return [];
    const alive: unknown[] = await database('instances')
      .whereNull('stopped_at')
      .where('last_seen_at', '>', database.raw('UTC_TIMESTAMP(3) - INTERVAL ? SECOND', [INSTANCE_SILENT_SECONDS]))
      .whereNot('id', instanceId)
      .pluck('id');
    const others = new Set(z.array(idColumn).parse(alive));
    return files.filter((file) => !others.has(file.instanceId));
  }

  /** Stored by the writer of the dead queues, under the batch id that was taken for it: so once, however often it is tried. */
  async #register(file: JournalFile, entry: JournalEntry): Promise<void> {
    const { services, brokerName, keyRules, logger } = this.#options;
    const outcome = { stored: false };
    const writer = new BatchWriter({
      services,
      deadQueue: entry.deadQueue,
      fence: new Fence({
        database: services.database,
        deadQueueId: entry.deadQueue.id,
        instanceId: services.instanceId,
      }),
      giveUp: this.#giveUp.signal,
      events: {
        onStored: () => {
          outcome.stored = true;
        },
        onLetGo: () => undefined,
      },
    });
    const { exchange, routingKey, properties, headers, body } = entry;
    const arrival = readArrival(
      {
        deliveryTag: 0,
        redelivered: false,
        exchange,
        routingKey,
        properties,
        ...(headers === undefined ? {} : { headers }),
        body,
      },
      { deadQueue: entry.deadQueue, brokerName, keyRules },
    );
    await writer.write({
      channel: { session: JOURNAL, name: JOURNAL, delivery: null },
      arrivals: [arrival],
      id: entry.batchId,
      // Perhaps it was stored and the process ended before that was noted.
      commitOpen: true,
    });
    if (!outcome.stored) return;
    await services.journal.markRegistered(file, entry.id);
    logger.info({ queue: entry.deadQueue.name }, 'A message of the intake journal was registered.');
  }
}
