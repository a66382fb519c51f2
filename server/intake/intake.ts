import type { Logger } from 'pino';

import type { Connection } from '../amqp/connection.ts';
import { askQueue } from '../amqp/topology.ts';
import type { Database } from '../database/connect.ts';
import { databaseFault } from '../database/faults.ts';
import { contentCipherOf } from '../encryption/content-cipher.ts';
import { INSTANCE_SILENT_SECONDS, type Instance } from '../database/instance.ts';
import { Loop } from '../database/loop.ts';
import type { Names } from '../database/names.ts';
import { readWatchedQueues, type Broker, type WatchedQueue } from '../dead-queues/dead-queue-store.ts';
import { removeWatches, writeWatches, type WatchReport } from '../dead-queues/watch-store.ts';
import { FingerprintStore } from '../groups/fingerprint-store.ts';
import type { Installation } from '../messages/resend-mark.ts';
import type { BusinessKeyRule } from '../orders/business-keys.ts';

import type { WriterServices } from './batch-writer.ts';
import { FenceClosing } from './fence-closing.ts';
import { JournalRegistrar } from './journal-registrar.ts';
import { Journal, type JournalLimits } from './journal.ts';
import { Registration } from './registration.ts';
import { Slots } from './slots.ts';
import { StoreGate } from './store-gate.ts';
import { INTAKE_DEFAULTS, Watcher, type IntakeSettings } from './watcher.ts';

export type { IntakeSettings } from './watcher.ts';

export interface IntakeOptions {
  database: Database;
  names: Names;
  /** One of its own, for consuming: its byte budget bounds what is in hand. */
  connection: Connection;
  broker: Broker;
  instance: Instance;
  /** By it the office knows the messages that it resent. */
  installation: Installation;
  keyRules: readonly BusinessKeyRule[];
  /** Where the intake journal is written. */
  journalDir: string;
  journalLimits?: Partial<JournalLimits>;
  logger: Logger;
  settings?: Partial<IntakeSettings>;
  timing?: Partial<IntakeTiming>;
}

/** How often things are looked at, in ms. */
export interface IntakeTiming {
  /** The registry of dead queues. */
  followMs: number;
  /** Depth and consumers of each queue, and the report of what is seen. */
  reportMs: number;
  /** What the fence can let go of. */
  closeMs: number;
  /** What lies in the journal. */
  journalMs: number;
}

const TIMING: IntakeTiming = { followMs: 1_500, reportMs: 3_000, closeMs: 30_000, journalMs: 60_000 };
/** A change of state is reported at once, several together. */
const REPORT_SOON_MS = 100;
const STOP_GRACE_MS = 10_000;

export interface Intake {
  /** With what messages are registered by hand. */
  readonly manual: ManualRegistrationParts;
  /** False while the database is away and nothing is consumed. */
  readonly storing: boolean;
  /** Finishes what is in hand, acks it, and closes the channels. Takes at most about `graceMs` (default 10 s). */
  stop: (graceMs?: number) => Promise<void>;
}

/** The parts of the intake that register messages. */
export interface ManualRegistrationParts {
  registrar: JournalRegistrar;
  registration: Registration;
  journal: Journal;
  brokerId: string;
}

/**
 * Dead queue → MySQL. Follows the registry: starts and stops a watcher for each watched queue, and reports what it sees.
 * Everything else recovers by itself, whatever is away.
 */
export function startIntake(options: IntakeOptions): Intake {
  return new RunningIntake(options);
}

interface Watched {
  watcher: Watcher;
  closing: FenceClosing;
}

class RunningIntake implements Intake {
  readonly #options: IntakeOptions;
  readonly #timing: IntakeTiming;
  readonly #services: WriterServices;
  readonly #registrar: JournalRegistrar;
  readonly manual: ManualRegistrationParts;
  readonly #giveUp = new AbortController();
  readonly #watched = new Map<string, Watched>();
  readonly #loops: Loop[];
  /** When there surely was no other instance, last. */
  #aloneAt = -Infinity;
  readonly #startedAt = performance.now();
  #journalSeen = false;
  #soon: NodeJS.Timeout | undefined;
  #stopped: Promise<void> | null = null;

  constructor(options: IntakeOptions) {
    const { database, names, broker, instance, logger } = options;
    this.#options = options;
    this.#timing = { ...TIMING, ...options.timing };
    const writers = options.settings?.writers ?? INTAKE_DEFAULTS.writers;
    this.#services = {
      database,
      names,
      fingerprints: new FingerprintStore({ database, names, brokerId: broker.id }),
      brokerId: broker.id,
      installation: options.installation,
      instanceId: instance.id,
      journal: new Journal({
        directory: options.journalDir,
        instanceId: instance.id,
        cipher: contentCipherOf(database),
        ...(options.journalLimits === undefined ? {} : { limits: options.journalLimits }),
      }),
      gate: new StoreGate({
        probe: instance.beat,
        logger,
        onChange: () => {
          this.#followGate();
          // What was written down meanwhile comes before anything else that is done by the minute.
          if (this.storing) this.#registrar.now();
        },
      }),
      slots: new Slots(writers),
      alone: () => performance.now() - this.#aloneAt < 2 * this.#timing.followMs,
      logger,
    };
    this.#services.journal.onChange = () => {
      this.#followGate();
    };
    const registration = new Registration({
      ...this.#services,
      brokerName: broker.name,
      keyRules: options.keyRules,
      giveUp: this.#giveUp.signal,
    });
    this.#registrar = new JournalRegistrar({
      database,
      instanceId: instance.id,
      brokerId: broker.id,
      journal: this.#services.journal,
      registration,
      flushFences: async () => {
        for (const { watcher } of this.#watched.values()) await watcher.fence.flush();
      },
      isOpen: () => this.storing,
      logger,
      everyMs: this.#timing.journalMs,
    });
    this.#registrar.start();
    this.manual = { registrar: this.#registrar, registration, journal: this.#services.journal, brokerId: broker.id };
    const loop = (everyMs: number, work: () => Promise<void>) =>
      new Loop({ everyMs, work, logger, failed: 'The intake could not look after its watches; it tries again.' });
    this.#loops = [
      loop(this.#timing.followMs, () => this.#follow()),
      loop(this.#timing.reportMs, () => this.#report()),
      loop(this.#timing.closeMs, () => this.#close()),
    ];
  }

  get storing(): boolean {
    return this.#services.gate.open;
  }

  #followGate(): void {
    for (const { watcher } of this.#watched.values()) watcher.followGate();
    this.#reportSoon();
  }

  /** Watchers as the registry has them now. */
  async #follow(): Promise<void> {
    const { database, broker, instance } = this.#options;
    if (!(await this.#lookForOthers())) return;
    await this.#lookAtJournal();
    const wanted = new Map((await readWatchedQueues(database, broker)).map((queue) => [queue.id, queue]));
    const leaving = [...this.#watched].filter(([id, { watcher }]) => {
      const queue = wanted.get(id);
      const { name, prefetch, whenAway } = watcher.queue;
      return queue?.name !== name || queue.prefetch !== prefetch || queue.whenAway !== whenAway;
    });
    await Promise.all(
      leaving.map(async ([id, { watcher }]) => {
        this.#watched.delete(id);
        await watcher.stop(STOP_GRACE_MS);
      }),
    );
    const gone = leaving.map(([id]) => id).filter((id) => !wanted.has(id));
    if (gone.length > 0) await removeWatches(database, instance.id, gone);
    for (const queue of wanted.values()) if (!this.#watched.has(queue.id)) this.#watch(queue);
  }

  /**
   * Whether it is time to watch. The writers of an instance that is alone save themselves a look at what others store;
   * so whoever starts beside another instance waits until that one knows.
   */
  async #lookForOthers(): Promise<boolean> {
    const { database, instance } = this.#options;
    const askedAt = performance.now();
    const other: unknown = await database('instances')
      .whereNull('stopped_at')
      .where('last_seen_at', '>', database.raw('UTC_TIMESTAMP(3) - INTERVAL ? SECOND', [INSTANCE_SILENT_SECONDS]))
      .whereNot('id', instance.id)
      .first('id');
    if (other === undefined) this.#aloneAt = askedAt;
    else this.#aloneAt = -Infinity;
    return other === undefined || askedAt - this.#startedAt > 2 * this.#timing.followMs;
  }

  /** Before the first delivery: it can be one that is in the journal. */
  async #lookAtJournal(): Promise<void> {
    if (this.#journalSeen) return;
    try {
      await this.#registrar.refresh();
    } catch (error) {
      if (databaseFault(error) === 'away') throw error;
      this.#options.logger.error({ err: error }, 'The intake journal cannot be read.');
    }
    this.#journalSeen = true;
  }

  #watch(queue: WatchedQueue): void {
    if (this.#stopped !== null) return;
    const { database, connection, broker, keyRules, logger } = this.#options;
    const watcher = new Watcher({
      services: this.#services,
      connection,
      queue,
      brokerName: broker.name,
      keyRules,
      settings: { ...INTAKE_DEFAULTS, ...this.#options.settings },
      logger,
      onChange: () => {
        this.#reportSoon();
      },
    });
    const closing = new FenceClosing({ database, deadQueueId: queue.id, fence: watcher.fence });
    this.#watched.set(queue.id, { watcher, closing });
    this.#reportSoon();
  }

  #reportSoon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      this.#loops[1]?.now();
    }, REPORT_SOON_MS);
  }

  async #report(): Promise<void> {
    const { database, instance } = this.#options;
    const reports = await Promise.all([...this.#watched.values()].map(({ watcher }) => this.#sight(watcher)));
    if (!this.storing) return;
    await writeWatches(database, instance.id, reports);
    // One that was left while its report was being made would look watched for ever.
    const left = reports.map(({ deadQueueId }) => deadQueueId).filter((id) => !this.#watched.has(id));
    if (left.length > 0) await removeWatches(database, instance.id, left);
  }

  async #sight(watcher: Watcher): Promise<WatchReport> {
    const askable = ['consuming', 'exclusive', 'refused', 'waitingForStore'].includes(watcher.sight.state);
    const facts = askable ? await askQueue(this.#options.connection, watcher.queue.name) : null;
    const present = facts?.state === 'present' ? facts : null;
    return {
      deadQueueId: watcher.queue.id,
      ...watcher.sight,
      depth: present?.messages ?? null,
      consumers: present?.consumers ?? null,
    };
  }

  async #close(): Promise<void> {
    if (!this.storing) return;
    for (const { watcher, closing } of this.#watched.values()) await closing.run(watcher.sinceLossMs);
  }

  stop(graceMs = STOP_GRACE_MS): Promise<void> {
    this.#stopped ??= this.#stop(graceMs);
    return this.#stopped;
  }

  async #stop(graceMs: number): Promise<void> {
    clearTimeout(this.#soon);
    const { database, instance, logger } = this.#options;
    const watchers = [...this.#watched.values()].map(({ watcher }) => watcher);
    const loops = Promise.all(this.#loops.map((loop) => loop.stop()));
    await Promise.all(watchers.map((watcher) => watcher.stop(graceMs)));
    const wasStoring = this.storing;
    this.#services.gate.close();
    this.#giveUp.abort();
    await Promise.all([this.#registrar.stop(), loops]);
    if (!wasStoring) return;
    await removeWatches(database, instance.id).catch((error: unknown) => {
      logger.warn({ err: error }, 'What this instance saw of the dead queues could not be taken away.');
    });
  }
}
