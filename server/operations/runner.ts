import { actions } from './actions.ts';
import { changeMessages } from './change-messages.ts';
import { freezeSelection } from './freeze.ts';
import { findFreeOperations, takeLease, type Lease } from './lease.ts';
import { LeaseLostError, OperationRun, type RunServices } from './operation-run.ts';
import { readOperation } from './operation-queries.ts';
import { beginScheduled } from './operation-store.ts';
import { publishMessages } from './publish-messages.ts';
import { choicesOf } from './selection.ts';
import { settle, takeOver } from './settle.ts';
import { WakeablePause } from './wakeable-pause.ts';

export interface RunnerOptions extends RunServices {
  /** This process among all (`instances`). */
  instanceId: string;
  /** How often it looks for operations that nobody runs, in ms. Default: 1 000. */
  pollMs?: number;
}

/** Operations that one process runs at the same time; the others wait for their turn, or for another instance. */
const MOST_RUNS = 4;
/** How long an operation whose run failed by a fault of ours is left alone, in ms. */
const AFTER_FAULT_MS = 30_000;

/**
 * Runs operations, whoever created them: each under a lease, so by one instance at a time.
 *
 * | state | means | leaves it by |
 * |---|---|---|
 * | looking | takes the lease of any operation that has something to do and that nobody runs | `stop()` |
 * | stopping | takes no more; its runs come to an end at a message boundary, their results are written, leases given back | all runs over, or the grace period → stopped |
 * | stopped | what could not be written in time is left under its lease: whoever takes over calls it `unknown` | |
 */
export class OperationRunner {
  readonly #options: RunnerOptions;
  readonly #pause = new WakeablePause();
  readonly #runs = new Map<string, { run: OperationRun; over: Promise<void> }>();
  readonly #faults = new Map<string, number>();
  #looking: Promise<void> | null = null;
  #stopping = false;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#looking ??= this.#look();
  }

  /** Something changed (an operation was created, paused, resumed, cancelled): looks at once. Costs nothing. */
  nudge(): void {
    this.#pause.wake();
    for (const { run } of this.#runs.values()) run.nudge();
  }

  /**
   * Ends all runs at a message boundary and closes the publisher. After `graceMs` (default 10 000) it waits for nothing
   * any more.
   */
  async stop(graceMs = 10_000): Promise<void> {
    this.#stopping = true;
    this.#pause.wake();
    for (const { run } of this.#runs.values()) run.stop();
    // What waits in the publisher for a broker that is away comes back from there as not sent.
    const closed = this.#options.publisher.close(graceMs);
    const over = Promise.all([closed, this.#looking, ...[...this.#runs.values()].map((one) => one.over)]);
    let deadline: NodeJS.Timeout | undefined;
    const waitedEnough = new Promise<void>((resolve) => {
      deadline = setTimeout(resolve, graceMs);
    });
    await Promise.race([over, waitedEnough]);
    clearTimeout(deadline);
    for (const { run } of this.#runs.values()) run.abandon();
  }

  async #look(): Promise<void> {
    const { logger, pollMs = 1_000 } = this.#options;
    while (!this.#stopping) {
      const pause = this.#pause.wait(pollMs);
      try {
        await this.#takeFree();
      } catch (error) {
        logger.warn({ err: error }, 'Could not look for operations; trying again.');
      }
      await pause;
    }
  }

  async #takeFree(): Promise<void> {
    const { database, instanceId, times } = this.#options;
    const free = await findFreeOperations(database, times, MOST_RUNS * 4);
    for (const operationId of free) {
      if (this.#stopping || this.#runs.size >= MOST_RUNS) return;
      if (this.#runs.has(operationId) || this.#isLeftAlone(operationId)) continue;
      const lease = await takeLease(database, operationId, instanceId, times);
      if (lease !== null) this.#run(lease);
    }
  }

  #run(lease: Lease): void {
    const run = new OperationRun(this.#options, lease);
    // stop() may have come while the lease was being taken.
    if (this.#stopping) run.stop();
    const over = runOperation(run)
      .catch((error: unknown) => {
        this.#noteFault(lease.operationId, error);
      })
      .finally(() => {
        this.#runs.delete(lease.operationId);
        this.#pause.wake();
      });
    this.#runs.set(lease.operationId, { run, over });
  }

  #noteFault(operationId: string, error: unknown): void {
    const { logger } = this.#options;
    if (error instanceof LeaseLostError) {
      logger.warn({ operationId }, 'Another instance has taken over this operation.');
      return;
    }
    logger.error({ err: error, operationId }, 'An operation could not be run; it is tried again.');
    this.#faults.set(operationId, performance.now());
  }

  #isLeftAlone(operationId: string): boolean {
    const at = this.#faults.get(operationId);
    if (at === undefined) return false;
    if (performance.now() - at < AFTER_FAULT_MS) return true;
    this.#faults.delete(operationId);
    return false;
  }
}

/** One run from taking over to putting down. */
async function runOperation(run: OperationRun): Promise<void> {
  await run.whileHeld(async () => {
    await takeOver(run);
    const operation = await run.retry(() => readOperation(run.services.database, run.lease.operationId, null));
    if (operation.status === 'preparing') await freezeSelection(run, operation.action);
    await run.transact((transaction, { id }) => beginScheduled(transaction, id));
    const { work } = actions[operation.action];
    const { canary, stopWhenCameBack } = operation;
    const choices = choicesOf({ ...operation, target: operation.target ?? undefined });
    do {
      if (work.kind === 'change') await changeMessages(run, work);
      else await publishMessages(run, { choices, canary, stopWhenCameBack });
    } while (await settle(run));
  });
}
