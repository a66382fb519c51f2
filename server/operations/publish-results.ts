import type { PublishResult } from '../amqp/publisher.ts';
import type { ItemError } from '../contract/errors.ts';
import type { MessageStatus } from '../contract/messages.ts';
import type { Outcome } from '../contract/operations.ts';
import type { Transaction } from '../database/connect.ts';
import { addFailureCounts } from '../messages/failure-counts.ts';
import { wantQuietClocks } from '../messages/quiet-clock-store.ts';
import { transitionMessages, type ExpectedMessage } from '../messages/transitions.ts';

import type { HeldItem } from './claim.ts';
import { finishItems, lockItemsInHand, moveItemsBack } from './item-store.ts';
import { addOutcomes } from './operation-store.ts';
import type { OperationRun } from './operation-run.ts';
import { WakeablePause } from './wakeable-pause.ts';

/** What became of one item that was claimed. */
export interface ItemResult {
  item: HeldItem;
  /** Null: it surely has not left, and keeps its turn. */
  end: { outcome: Outcome; code: ItemError | null; text: string | null } | null;
}

/** Reads the publisher's answer. No connection, or held up by `mayLeave`, is not the item's fault. */
export function itemResult(item: HeldItem, { outcome, code, replyText }: PublishResult): ItemResult {
  const keepsTurn = outcome === 'failed' && (code === 'item.operationEnded' || code === 'item.brokerAway');
  return { item, end: keepsTurn ? null : { outcome, code, text: replyText ?? null } };
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

  /** So many items are marked now, and each will be added once. */
  expect(count: number): void {
    this.#open += count;
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

  async #write(): Promise<void> {
    this.#writing = true;
    try {
      while (this.#waiting.length > 0) {
        const results = this.#waiting.splice(0, MOST_AT_ONCE);
        await recordResults(this.#run, results);
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
 * more (another runner took over and called it `unknown`) stays as it is.
 */
async function recordResults(run: OperationRun, results: readonly ItemResult[]): Promise<void> {
  const { operationId, token } = run.lease;
  await run.persist(async (transaction, operation) => {
    const held = await lockItemsInHand(
      transaction,
      operationId,
      results.map(({ item }) => item.messageId),
      { token, leaseHeld: operation?.token?.equals(token) === true },
    );
    const ours = new Set(held.map(({ messageId }) => messageId));
    const still = results.filter(({ item }) => ours.has(item.messageId));
    const ended = still.flatMap(({ item, end }) => (end === null ? [] : [{ item, ...end }]));
    await moveItemsBack(
      transaction,
      operationId,
      still.filter(({ end }) => end === null).map(({ item }) => item.messageId),
      'claimed',
      0,
    );
    await finishItems(
      transaction,
      operationId,
      ended.map(({ item, outcome, code, text }) => ({ messageId: item.messageId, outcome, code, text })),
    );
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
 * The messages leave `resending`, unless they came back in the meantime: a worker can fail again within the time that a
 * confirm takes. Then they stay `pending` as the intake left them, with the time of this delivery on record.
 */
async function releaseMessages(
  transaction: Transaction,
  operationId: string,
  ended: readonly { item: HeldItem; outcome: Outcome }[],
): Promise<void> {
  const destinations = new Map<MessageStatus, ExpectedMessage[]>();
  for (const { item, outcome } of ended) {
    const to = statusAfter(item.statusBefore, outcome);
    const expected: ExpectedMessage = { id: item.messageId, status: 'resending', version: item.version };
    destinations.set(to, [...(destinations.get(to) ?? []), expected]);
  }
  for (const [to, expected] of destinations) {
    const resentNow = to === 'resent';
    const moved = await transitionMessages(transaction, expected, { to, operationId, resentNow });
    const cameBack = expected.filter(({ id }) => !moved.has(id)).map(({ id }) => id);
    if (resentNow && cameBack.length > 0) {
      await transaction('failed_messages')
        .whereIn('id', cameBack)
        .update({ resent_at: transaction.raw('UTC_TIMESTAMP(3)') });
    }
  }
}

/** Nothing delivered: back to where it was. */
function statusAfter(before: MessageStatus, outcome: Outcome): MessageStatus {
  if (outcome === 'confirmed') return 'resent';
  return outcome === 'unknown' ? 'unknown' : before;
}
