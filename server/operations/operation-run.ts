import type { Logger } from 'pino';

import type { Connection } from '../amqp/connection.ts';
import type { Publisher } from '../amqp/publisher.ts';
import type { HoldCode, OperationStatus } from '../contract/operations.ts';
import type { Database, Transaction } from '../database/connect.ts';
import { databaseFault } from '../database/faults.ts';
import { inTransaction } from '../database/transaction.ts';
import type { Installation } from '../messages/resend-mark.ts';
import type { CurrentSettings } from '../settings/current-settings.ts';

import { renewLease, type Lease, type LeaseTimes } from './lease.ts';
import {
  lockOperation,
  lockOperationShared,
  peekOperation,
  setOperationStatus,
  stopOperation,
  type Hold,
  type LockedOperation,
} from './operation-store.ts';
import { WakeablePause } from './wakeable-pause.ts';

/** What runs need. */
export interface RunServices {
  database: Database;
  publisher: Publisher;
  /** The publisher's connection: while it is away or blocked, resends wait. */
  connection: Pick<Connection, 'session' | 'state'>;
  installation: Installation;
  /** Whether resends are frozen by now. */
  settings: Pick<CurrentSettings, 'now'>;
  logger: Logger;
  times: LeaseTimes;
}

/** Another instance runs the operation by now. */
export class LeaseLostError extends Error {
  constructor() {
    super('The lease of the operation is lost.');
    this.name = 'LeaseLostError';
  }
}

/** Statements that the database refuses are tried so often: more does not help, and fewer would trust one odd answer. */
const STATEMENT_ATTEMPTS = 3;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 2_000;

/**
 * One run of one operation under one lease: what all kinds of work share.
 *
 * | state | means | leaves it by |
 * |---|---|---|
 * | going on | the lease is held, and the operation is `running` or `waiting` | |
 * | held up | somebody paused or cancelled the operation: what has left is waited for, nothing more leaves | put down, or resumed → going on |
 * | stopping | `stop()`: likewise | put down |
 * | lost | the operation bears another token: nothing more leaves, what has left is recorded if it still can be | for good |
 */
export class OperationRun {
  readonly services: RunServices;
  readonly lease: Lease;
  readonly #pause = new WakeablePause();
  readonly #heartbeat = new WakeablePause();
  #status: OperationStatus = 'running';
  #hold: HoldCode | null = null;
  #cameBack = 0;
  #ratePerSecond: number | null = null;
  #stopping = false;
  #lost = false;
  #abandoned = false;
  #over = false;

  constructor(services: RunServices, lease: Lease) {
    this.services = services;
    this.lease = lease;
  }

  /** Whether more messages may leave. */
  get goesOn(): boolean {
    return !this.#stopping && !this.#lost && !this.#over && (this.#status === 'running' || this.#status === 'waiting');
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  /** As last read: at most as old as a heartbeat. */
  get status(): OperationStatus {
    return this.#status;
  }

  get ratePerSecond(): number | null {
    return this.#ratePerSecond;
  }

  /** Looks at once whether somebody paused or cancelled it. */
  nudge(): void {
    this.#heartbeat.wake();
  }

  /** Comes to an end at the next message boundary. */
  stop(): void {
    this.#stopping = true;
    this.#pause.wake();
  }

  /** Nothing more leaves: this run has failed. */
  giveUp(): void {
    this.#over = true;
  }

  /** No more tries: what cannot be written now is left to whoever takes over. */
  abandon(): void {
    this.#abandoned = true;
    this.stop();
    this.#heartbeat.wake();
  }

  /** Waits so many ms, or until it is to stop. */
  async pause(ms: number): Promise<void> {
    if (!this.#stopping) await this.#pause.wait(ms);
  }

  /** Keeps the lease alive, and `status` fresh, while `work` runs. */
  async whileHeld(work: () => Promise<void>): Promise<void> {
    const heart = this.#beat();
    try {
      await work();
    } finally {
      this.#over = true;
      this.#heartbeat.wake();
      await heart;
    }
  }

  /**
   * One transaction of this run: it has the operation's row locked, and the lease is this run's. Tried again while the
   * database is away, so `work` must be harmless when it was committed already.
   *
   * @throws LeaseLostError
   */
  async transact<T>(work: (transaction: Transaction, operation: LockedOperation) => Promise<T>): Promise<T> {
    return await this.persist(async (transaction, operation) => {
      if (operation?.token?.equals(this.lease.token) !== true) throw new LeaseLostError();
      this.#note(operation);
      return await work(transaction, operation);
    });
  }

  /**
   * Likewise for work that only takes what nobody has: the operation's row is looked at last, so that whoever records
   * waits for no more than the commit. When nothing may be sent any more, nothing of the work stays.
   *
   * @returns null then.
   * @throws LeaseLostError
   */
  async take<T>(work: (transaction: Transaction) => Promise<T>): Promise<T | null> {
    const { database } = this.services;
    return await this.retry(async () => {
      const heldUp = new Error('Nothing may be sent now.');
      try {
        return await inTransaction(database, async (transaction) => {
          const taken = await work(transaction);
          const operation = await lockOperationShared(transaction, this.lease.operationId);
          if (operation?.token?.equals(this.lease.token) !== true) throw new LeaseLostError();
          this.#note(operation);
          if (!this.goesOn) throw heldUp;
          return taken;
        });
      } catch (error) {
        if (error === heldUp) return null;
        throw error;
      }
    });
  }

  /** Likewise, whoever holds the lease: for what has become of messages that this run has sent. */
  async persist<T>(work: (transaction: Transaction, operation: LockedOperation | null) => Promise<T>): Promise<T> {
    const { database } = this.services;
    return await this.retry(() =>
      inTransaction(database, async (transaction) =>
        work(transaction, await lockOperation(transaction, this.lease.operationId)),
      ),
    );
  }

  /** Tries again while the database is away, until the run is abandoned; what it refuses is thrown. */
  async retry<T>(work: () => Promise<T>): Promise<T> {
    let refused = 0;
    for (let wait = FIRST_RETRY_MS; ; wait = Math.min(LAST_RETRY_MS, 2 * wait)) {
      try {
        return await work();
      } catch (error) {
        if (error instanceof LeaseLostError) {
          this.#lost = true;
          throw error;
        }
        if (databaseFault(error) === 'statement') refused += 1;
        if (this.#abandoned || refused >= STATEMENT_ATTEMPTS) throw error;
        const { operationId } = this.lease;
        this.services.logger.warn(
          { err: error, operationId },
          'The database did not answer an operation; trying again.',
        );
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  }

  /**
   * For the two states that the run itself decides on: it goes on, or waits for something. Somebody's pause or cancel in
   * the meantime stands.
   */
  async waitFor(hold: Hold | null): Promise<void> {
    const status = hold === null ? 'running' : 'waiting';
    const code = hold?.code ?? null;
    const isOurs = this.#status === 'running' || this.#status === 'waiting';
    if (!isOurs || (this.#status === status && this.#hold === code)) return;
    await this.transact(async (transaction, operation) => {
      if (operation.status !== 'running' && operation.status !== 'waiting') return;
      await setOperationStatus(transaction, operation.id, status, hold);
      this.#status = status;
      this.#hold = code;
    });
  }

  /** Ends it as `stopped` when more have come back than its rule allows. */
  async heedStopRule(allowed: number | undefined): Promise<void> {
    if (allowed === undefined || this.#cameBack <= allowed || !this.goesOn) return;
    await this.transact(async (transaction, operation) => {
      if (operation.status !== 'running' && operation.status !== 'waiting') return;
      const params = { cameBack: operation.cameBack, allowed };
      await stopOperation(transaction, operation.id, { code: 'cameBack', params });
      this.#status = 'stopped';
    });
  }

  #note(operation: LockedOperation): void {
    this.#status = operation.status;
    this.#hold = operation.hold;
    this.#ratePerSecond = operation.ratePerSecond;
    this.#cameBack = operation.cameBack;
  }

  async #beat(): Promise<void> {
    const { database, times } = this.services;
    for (;;) {
      await this.#heartbeat.wait(Math.min(1_000, times.leaseMs / 5));
      if (this.#over || this.#lost || this.#abandoned) return;
      try {
        if (!(await renewLease(database, this.lease, times))) {
          this.#lost = true;
          return;
        }
        const operation = await peekOperation(database, this.lease.operationId);
        if (operation !== null) this.#note(operation);
      } catch {
        // The database is away: the lease runs out, and every mark before a publish finds that out.
      }
    }
  }
}
