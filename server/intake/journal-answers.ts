import { setTimeout as pause } from 'node:timers/promises';

import { cameBackTogether, REST_WITHIN_MS } from './acked-together.ts';
import type { Arrival } from './arrival.ts';
import { isHeld, type ArrivalBatch } from './arrival-batch.ts';
import type { Fence } from './fence.ts';
import type { IndexedEntry } from './journal-index.ts';
import type { Journal } from './journal.ts';

/** How often it is looked whether the rest of what was acked together is there again. */
const LOOK_AGAIN_MS = 100;

/**
 * Tells which redeliveries of a dead queue are messages that lie in the journal and whose acks may not have been
 * processed: one with the same message id, or one of which the rest that was acked with it is there again. A redelivery
 * without any such sign may be a twin. Call it for one batch at a time.
 */
export class JournalAnswers {
  readonly #journal: Journal;
  readonly #deadQueue: string;
  readonly #fence: Fence;
  readonly #giveUp: AbortSignal;
  /** Acks that were not processed. What they acked is no longer in hand when the next of it is looked at. */
  readonly #voidAcks = new Set<string>();

  constructor(options: { journal: Journal; deadQueue: string; fence: Fence; giveUp: AbortSignal }) {
    this.#journal = options.journal;
    this.#deadQueue = options.deadQueue;
    this.#fence = options.fence;
    this.#giveUp = options.giveUp;
  }

  /** The messages of the journal that arrivals of this batch are, by their ids. Each is in flight again. */
  async find(batch: ArrivalBatch): Promise<Map<Arrival, string>> {
    for (const ack of this.#voidAcks) if (!this.#journal.index.hasAck(ack)) this.#voidAcks.delete(ack);
    const began = performance.now();
    const answered = new Map<Arrival, string>();
    const letGo = new Map<string, number>();
    for (const arrival of batch.arrivals) {
      const { delivery, hash } = arrival;
      if (!delivery.redelivered || !isHeld(batch)) continue;
      // What was let go unstored comes before what was stored, as among what is on record.
      const key = hash.toString('base64');
      const copies = letGo.get(key) ?? this.#fence.countLetGo(hash);
      letGo.set(key, copies - 1);
      const entry = copies > 0 ? null : await this.#answerOf(batch, arrival, began);
      if (entry !== null) answered.set(arrival, entry);
    }
    return answered;
  }

  async #answerOf(batch: ArrivalBatch, { delivery, hash }: Arrival, began: number): Promise<string | null> {
    for (;;) {
      // Nothing may begin to be registered between the question and the answer.
      while (this.#journal.registering !== null) await this.#journal.registering;
      const found = this.#couldBe(hash);
      if (found === null) return null;
      if (found.cameBack === true || delivery.properties.messageId !== undefined) {
        this.#journal.answer(found.id);
        return found.id;
      }
      const isLate = performance.now() - began >= REST_WITHIN_MS;
      if (found.cameBack === null || isLate || !isHeld(batch) || this.#giveUp.aborted) return null;
      await pause(LOOK_AGAIN_MS);
    }
  }

  /** One that is alike; `cameBack`: whether what was acked with it is there again, null when nothing can show that. */
  #couldBe(hash: Buffer): { id: string; cameBack: boolean | null } | null {
    const able = this.#journal.index.alike(this.#deadQueue, hash).filter(({ state }) => state === 'lost');
    const signed = able.map((entry) => ({ id: entry.id, cameBack: this.#cameBack(entry) }));
    const best = (sign: boolean | null) => signed.find(({ cameBack }) => cameBack === sign);
    return best(true) ?? best(false) ?? best(null) ?? null;
  }

  #cameBack(entry: IndexedEntry): boolean | null {
    if (entry.ackedWith === null) return null;
    if (this.#voidAcks.has(entry.ackedWith)) return true;
    const hashes = new Map<string, number>();
    for (const { hash } of this.#journal.index.ackedWith(entry)) {
      if (hash !== null) hashes.set(hash, (hashes.get(hash) ?? 0) + 1);
    }
    const cameBack = cameBackTogether(hashes, (hash) => this.#fence.returned(hash));
    if (cameBack === true) this.#voidAcks.add(entry.ackedWith);
    return cameBack;
  }
}
