import type { PublishResult } from '../amqp/publisher.ts';
import type { ItemError } from '../contract/errors.ts';
import type { MessageStatus } from '../contract/messages.ts';
import type { Outcome } from '../contract/operations.ts';
import type { Transaction } from '../database/connect.ts';
import { addFailureCounts } from '../messages/failure-counts.ts';
import { wantQuietClocks } from '../messages/quiet-clock-store.ts';
import { releaseHeldMessages } from '../messages/transitions.ts';

import type { HeldItem } from './claim.ts';
import { finishItems, lockClaimedItems } from './item-store.ts';
import { addOutcomes } from './operation-store.ts';
import type { OperationRun } from './operation-run.ts';
import { closePortions, lockPortions } from './portion-store.ts';
import { WakeablePause } from './wakeable-pause.ts';

/** What became of one item that was claimed. */
export interface ItemResult {
  item: HeldItem;
  /** The portion that it was sent in; null: it was in none, and has not left. */
  portion: number | null;
  /** Null: it surely has not left, and keeps its turn. */
  end: { outcome: Outcome; code: ItemError | null; text: string | null } | null;
}

/** Reads the publisher's answer. No connection, or held up by `mayLeave`, is not the item's fault. */
export function itemResult(item: HeldItem, portion: number, { outcome, code, replyText }: PublishResult): ItemResult {
  const keepsTurn = outcome === 'failed' && (code === 'item.operationEnded' || code === 'item.brokerAway');
  return { item, portion, end: keepsTurn ? null : { outcome, code, text: replyText ?? null } };
}

/** Results written by one transaction at most. */
const MOST_AT_ONCE = 256;

/**
 * Holds results until the database has them. They are written in the order in which they come, as many at a time as
 * came while the ones before were being written; a database that is away is waited for, with the results in hand.
 */
export class PublishResults {
  readonly #run: OperationRun;
  readonly #waiting: ItemResult[] = [];
  readonly #changed = new WakeablePause();
  /** By portion: how many of its results are not written. */
  readonly #openPortions = new Map<number, number>();
  #portions = 0;
  #open = 0;
  #writing = false;
  #rewound = false;
  #failure: Error | null = null;

  constructor(run: OperationRun) {
    this.#run = run;
  }

  /** Some items went back to `claimed`: they, too, are before the ones that come next. */
  get rewound(): boolean {
    return this.#rewound;
  }

  /** The number of the next portion. */
  nextPortion(): number {
    this.#portions += 1;
    return this.#portions;
  }

  /** So many items of a portion, or of none, will be added, each once. */
  expect(count: number, portion: number | null = null): void {
    this.#open += count;
    if (portion !== null) this.#openPortions.set(portion, count);
  }

  add(result: ItemResult): void {
    this.#waiting.push(result);
    if (!this.#writing) void this.#write();
  }

  /**
   * Waits until at most `most` of the expected results are not written; false when that takes more than `withinMs`.
   * Rejects when writing them has failed for good.
   */
  async atMost(most: number, withinMs: number): Promise<boolean> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      if (this.#failure !== null) throw this.#failure;
      if (this.#open <= most) return true;
      const left = deadline - performance.now();
      if (left <= 0) return false;
      await this.#changed.wait(left);
    }
  }

  /** Whoever goes on from the start says so here, when all are written: what is `claimed` is in nobody's hands then. */
  startOver(): void {
    if (this.#open > 0) throw new Error('Results are still open.');
    this.#rewound = false;
  }

  /** The portions of which nothing is left to write after these. */
  #wholeWith(results: readonly ItemResult[]): number[] {
    const whole: number[] = [];
    for (const { portion } of results) {
      if (portion === null) continue;
      const left = (this.#openPortions.get(portion) ?? 0) - 1;
      if (left > 0) this.#openPortions.set(portion, left);
      else {
        this.#openPortions.delete(portion);
        whole.push(portion);
      }
    }
    return whole;
  }

  async #write(): Promise<void> {
    this.#writing = true;
    try {
      while (this.#waiting.length > 0) {
        const results = this.#waiting.splice(0, MOST_AT_ONCE);
        await recordResults(this.#run, results, this.#wholeWith(results));
        this.#open -= results.length;
        if (results.some(({ end }) => end === null)) this.#rewound = true;
        this.#changed.wake();
      }
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
      this.#changed.wake();
    } finally {
      this.#writing = false;
    }
  }
}

/**
 * One transaction: items, messages, the operation's sums, and the counts. An item that is not in this run's hands any
 * more (another runner took over and called it `unknown`) stays as it is. `whole`: portions that end with these results.
 */
async function recordResults(
  run: OperationRun,
  results: readonly ItemResult[],
  whole: readonly number[],
): Promise<void> {
  const { operationId, token } = run.lease;
  let tries = 0;
  await run.persist(async (transaction, operation) => {
    tries += 1;
    const open = await lockPortions(transaction, run.lease, [
      ...new Set(results.flatMap(({ portion }) => portion ?? [])),
    ]);
    const leaseHeld = operation?.token?.equals(token) === true;
    const inHand = results.filter(({ portion }) => (portion === null ? leaseHeld : open.has(portion)));
    const still = await stillClaimed(transaction, operationId, inHand, tries > 1);
    const ended = still.flatMap(({ item, end }) => (end === null ? [] : [{ item, ...end }]));
    await finishItems(
      transaction,
      operationId,
      ended.map(({ item, outcome, code, text }) => ({ messageId: item.messageId, outcome, code, text })),
    );
    await closePortions(transaction, run.lease, whole);
    await releaseMessages(transaction, operationId, ended);
    await addOutcomes(
      transaction,
      operationId,
      ended.map(({ outcome }) => outcome),
    );
    const resent = ended.filter(({ outcome }) => outcome === 'confirmed').map(({ item }) => item);
    await wantQuietClocks(
      transaction,
      resent.flatMap(({ source, destination }) => {
        const queue = destination?.exchange === '' ? destination.routingKey : source.queue;
        return queue === null ? [] : [{ deadQueueId: source.deadQueueId, queue }];
      }),
    );
    await addFailureCounts(
      transaction,
      'resent',
      resent.map(({ source }) => source),
    );
  });
}

/**
 * What a portion of ours names is claimed until it is recorded here. What was in none can have been taken over; and of
 * what is tried again nobody knows whether the first try was committed: there the items are looked at.
 */
async function stillClaimed(
  transaction: Transaction,
  operationId: string,
  inHand: readonly ItemResult[],
  again: boolean,
): Promise<readonly ItemResult[]> {
  if (inHand.length === 0 || (!again && inHand.every(({ portion }) => portion !== null))) return inHand;
  const ids = inHand.map(({ item }) => item.messageId);
  const claimed = new Set((await lockClaimedItems(transaction, operationId, ids)).map(({ messageId }) => messageId));
  return inHand.filter(({ item }) => claimed.has(item.messageId));
}

/**
 * The messages leave `resending`, unless they came back in the meantime: a worker can fail again within the time that a
 * confirm takes. Then they stay `pending` as the intake left them, with the time of this delivery on record.
 */
async function releaseMessages(
  transaction: Transaction,
  operationId: string,
  ended: readonly { item: HeldItem; outcome: Outcome }[],
): Promise<void> {
  const destinations = new Map<MessageStatus, string[]>();
  for (const { item, outcome } of ended) {
    const to = statusAfter(item.statusBefore, outcome);
    const ids = destinations.get(to) ?? [];
    ids.push(item.messageId);
    destinations.set(to, ids);
  }
  for (const [to, ids] of destinations) {
    await releaseHeldMessages(transaction, operationId, ids, { to, resentNow: to === 'resent' });
  }
}

/** Nothing delivered: back to where it was. */
function statusAfter(before: MessageStatus, outcome: Outcome): MessageStatus {
  if (outcome === 'confirmed') return 'resent';
  return outcome === 'unknown' ? 'unknown' : before;
}
