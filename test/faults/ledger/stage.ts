import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { openTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { testServices, waitFor } from '../../support/services.ts';

import { Book, type BookOptions } from './book.ts';
import { BrokerAccount } from './broker-account.ts';
import { BrokerTopology } from './broker-topology.ts';
import type { QueueType, Side } from './ledger-row.ts';
import { startOfficeProcess, type OfficeProcess } from './office-process.ts';
import { OfficeStore } from './office-store.ts';
import type { OwnServices } from './own-services.ts';

export interface StageOptions {
  side: Side;
  queueType: QueueType;
  /** Published at most. */
  messages: number;
  /** Of faults that come again and again. */
  rounds: number;
  /** Whether there is time for what takes minutes. */
  patient: boolean;
  /** The servers where they are the run's own: they may be killed. */
  own: OwnServices | null;
  book?: BookOptions;
  /** Environment of the office. */
  environment?: Record<string, string>;
}

/** Shorter than by default, so that a connection which says nothing is noticed while somebody watches. */
const HEARTBEAT_S = 5;
/** Small portions: a fault meets one on its way whenever it comes. */
const SMALL_BATCHES = { INTAKE_PREFETCH: '200', INTAKE_BATCH_MESSAGES: '40', INTAKE_BATCH_MS: '10' };
const PROGRESS_WITHIN_MS = 180_000;

/** What a fault plays on: an office of one or more processes, behind a proxy to its broker and one to its database. */
export class Stage {
  readonly options: StageOptions;
  readonly book: Book;
  readonly topology: BrokerTopology;
  readonly store: OfficeStore;
  readonly account: BrokerAccount;
  /** Between the office and its broker. */
  readonly broker: TcpProxy;
  /** Between the office and its database. */
  readonly storage: TcpProxy;
  readonly journalDir: string;
  /** The processes that run, oldest first. */
  readonly offices: OfficeProcess[] = [];
  /** How far the work is: messages stored, or items with an outcome. */
  done: () => Promise<number>;
  readonly #undo: (() => Promise<unknown>)[] = [];

  private constructor(
    options: StageOptions,
    parts: Pick<Stage, 'topology' | 'store' | 'account' | 'broker' | 'storage' | 'journalDir'>,
  ) {
    this.options = options;
    this.book = new Book(options.book);
    this.topology = parts.topology;
    this.store = parts.store;
    this.account = parts.account;
    this.broker = parts.broker;
    this.storage = parts.storage;
    this.journalDir = parts.journalDir;
    this.done = () => this.store.stored();
  }

  static async open(options: StageOptions): Promise<Stage> {
    const { amqpUrl } = testServices();
    const undo: (() => Promise<unknown>)[] = [];
    const made = <T>(part: T, remove: (part: T) => Promise<unknown>): T => {
      undo.push(() => remove(part));
      return part;
    };
    try {
      const topology = made(new BrokerTopology(amqpUrl, options.queueType), (one) => one.remove());
      await topology.declare();
      const store = made(await OfficeStore.create(), (one) => one.close());
      const account = made(await BrokerAccount.create(), (one) => one.remove());
      const broker = made(await openTcpProxy(amqpUrl), (one) => one.close());
      const storage = made(await openTcpProxy(store.url), (one) => one.close());
      const journalDir = made(await mkdtemp(path.join(tmpdir(), 'ledger-journal-')), (one) =>
        rm(one, { recursive: true, force: true }),
      );
      const stage = new Stage(options, { topology, store, account, broker, storage, journalDir });
      stage.#undo.push(...undo);
      return stage;
    } catch (error) {
      await clear(undo);
      throw error;
    }
  }

  /** Starts one more process of the office. */
  start(): OfficeProcess {
    const amqpUrl = this.broker.through(this.account.in(testServices().amqpUrl));
    const office = startOfficeProcess({
      AMQP_URL: `${amqpUrl}?heartbeat=${HEARTBEAT_S}`,
      DATABASE_URL: this.storage.through(this.store.url),
      DEAD_QUEUES: this.topology.deadQueue,
      INTAKE_JOURNAL_DIR: this.journalDir,
      LOG_LEVEL: 'info',
      ...SMALL_BATCHES,
      ...this.options.environment,
    });
    this.offices.push(office);
    return office;
  }

  /** The process that runs the operation; for the intake, where all work, the oldest. */
  async atWork(): Promise<OfficeProcess> {
    return await waitFor(
      async () => {
        if (this.options.side === 'intake') return this.offices[0];
        const pid: unknown = await this.store
          .database('operations')
          .join('instances', 'instances.id', 'operations.lease_instance_id')
          .whereNull('operations.finished_at')
          .first('instances.pid')
          .then((row: { pid: unknown } | undefined) => row?.pid);
        return this.offices.find((office) => office.pid === Number(pid));
      },
      { describe: () => `a process to be at work\n${this.said()}` },
    );
  }

  /** Kills one process. */
  async kill(office: OfficeProcess): Promise<void> {
    this.offices.splice(this.offices.indexOf(office), 1);
    await office.kill();
  }

  /** Kills the oldest process. */
  async killOldest(): Promise<void> {
    await this.offices.shift()?.kill();
  }

  /** Waits until so many more are done than now. */
  async progress(more: number): Promise<void> {
    const from = await this.done();
    let now = from;
    await waitFor(async () => (now = await this.done()) >= from + more, {
      deadlineMs: PROGRESS_WITHIN_MS,
      describe: () => `${more} more than ${from} to be done; it is ${now}\n${this.said()}`,
    });
  }

  /** Publishes so many more dead letters. */
  async bury(count: number): Promise<void> {
    await this.topology.publish(
      Array.from({ length: count }, () => this.book.next()),
      'direct',
    );
  }

  /** A moment that nobody has chosen. */
  async anyMoment(withinMs = 150): Promise<void> {
    await pause(Math.random() * withinMs);
  }

  /** How long a fault lasts that ends by itself. */
  async last(ms: number): Promise<void> {
    await pause(ms);
  }

  said(): string {
    return this.offices.map((office, index) => `office ${index + 1}: ${office.said()}`).join('\n');
  }

  /** Stops every process in order. */
  async stopOffices(): Promise<void> {
    await Promise.all(this.offices.splice(0).map((office) => office.stop()));
  }

  /** Called by `close`, last one first. */
  undo(step: () => Promise<unknown>): void {
    this.#undo.push(step);
  }

  async close(): Promise<void> {
    await Promise.all(this.offices.splice(0).map((office) => office.kill()));
    await clear(this.#undo);
  }
}

async function clear(steps: (() => Promise<unknown>)[]): Promise<void> {
  for (const step of steps.splice(0).reverse()) await step();
}
