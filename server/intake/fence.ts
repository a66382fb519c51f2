import { setTimeout as pause } from 'node:timers/promises';

import type { Database } from '../database/connect.ts';
import { INSTANCE_SILENT_SECONDS } from '../database/instance.ts';

import { cameBackTogether, REST_WITHIN_MS } from './acked-together.ts';
import type { Arrival } from './arrival.ts';
import { findAckedTogether, findCandidates, moveBatches, type AckedTogether, type Candidate } from './fence-store.ts';

/**
 * What an arrival is.
 *
 * | kind | means |
 * |---|---|
 * | `new` | a death that is not on record; `possibleDuplicateOf` names a message that it may be, when that cannot be told |
 * | `alreadyStored` | this death was stored before and its ack did not reach the broker: nothing to store, only to ack |
 */
export type Verdict = {
  /** The stored deaths with these contents that were looked at; null for a first delivery, which is not looked up. */
  alikes: ReadonlySet<string> | null;
} & (
  { kind: 'new'; possibleDuplicateOf: string | null; wasLetGo: boolean } | { kind: 'alreadyStored'; answer: Candidate }
);

interface LetGo {
  copies: number;
  /** The latest batch of ours when the first of them was let go. */
  after: bigint;
  /** Deaths that other instances stored since. */
  elsewhere: Set<string>;
}

const NEW: Extract<Verdict, { kind: 'new' }> = {
  kind: 'new',
  possibleDuplicateOf: null,
  wasLetGo: false,
  alikes: null,
};

/** How often another instance's batch is looked at again, and how long at most: by then it has spoken or is silent. */
const LOOK_AGAIN_MS = 250;
const PATIENCE_MS = (INSTANCE_SILENT_SECONDS + 10) * 1000;

/**
 * One dead letter, one record: tells redeliveries of what is stored from new deaths, for one dead queue.
 *
 * AMQP gives no message identity. `redelivered=false` is always a new death. A redelivered one is looked up by its hash
 * among the recent deaths of batches that are `lost` (see `fence-store.ts`): no other batch can meet its own redelivery
 * while the broker lives. Each stored death answers for one redelivery, so k twins absorb at most k.
 *
 * A lost batch may have been acked all the same, and what looks like a message of it be a twin that was on its way when
 * the connection died. What was acked together comes back together or not at all: a stored death answers only when
 * others of its batch are there again as well. Without any such sign the redelivery is kept, and marked; but one with a
 * message id is taken for what bears the same id and is equal to the last byte.
 *
 * Of identical twins, one stored and one let go unstored when their channel died, the broker returns either both or the
 * unstored one alone. Who knows how many were let go is right in both cases: so many returns are new, whatever comes
 * beyond them is what was stored.
 */
export class Fence {
  readonly #database: Database;
  readonly #deadQueueId: string;
  readonly #instanceId: string;
  /** Moves of batches that are known and not written yet. */
  readonly #known = new Map<string, 'fenced' | 'lost'>();
  /** By hash: which of our own first deliveries were let go unstored and have not been stored since. */
  readonly #letGo = new Map<string, LetGo>();
  /** By hash: redelivered messages that are in hand. */
  readonly #inHand = new Map<string, number>();
  #latestBatch = 0n;
  #flushing: Promise<void> = Promise.resolve();

  constructor(options: { database: Database; deadQueueId: string; instanceId: string }) {
    this.#database = options.database;
    this.#deadQueueId = options.deadQueueId;
    this.#instanceId = options.instanceId;
  }

  /** A round trip has shown that the acks of these batches were processed. */
  fenced(batchIds: readonly bigint[]): void {
    for (const batchId of batchIds) this.#known.set(batchId.toString(), 'fenced');
  }

  /** The channel of these batches died before such a round trip. */
  lost(batchIds: readonly bigint[]): void {
    for (const batchId of batchIds) this.#known.set(batchId.toString(), 'lost');
  }

  /** This one is in hand from now on. */
  arrived({ delivery, hash }: Arrival): void {
    if (!delivery.redelivered) return;
    const key = keyOf(hash);
    this.#inHand.set(key, (this.#inHand.get(key) ?? 0) + 1);
  }

  /** These are stored, and no longer in hand. */
  done(arrivals: readonly Arrival[]): void {
    for (const { delivery, hash } of arrivals) {
      if (!delivery.redelivered) continue;
      const key = keyOf(hash);
      const left = (this.#inHand.get(key) ?? 0) - 1;
      if (left > 0) this.#inHand.set(key, left);
      else this.#inHand.delete(key);
    }
  }

  /** These were in hand, unstored, when their channel died. */
  letGo(arrivals: readonly Arrival[]): void {
    this.done(arrivals);
    for (const { delivery, hash } of arrivals) {
      // One that was itself a redelivery is counted already, if it was ours.
      if (delivery.redelivered) continue;
      const key = keyOf(hash);
      const known = this.#letGo.get(key) ?? { copies: 0, after: this.#latestBatch, elsewhere: new Set<string>() };
      known.copies += 1;
      this.#letGo.set(key, known);
    }
  }

  /** The id of a batch of ours: other instances' batches with lower ones began before it. */
  began(batchId: bigint): void {
    if (batchId > this.#latestBatch) this.#latestBatch = batchId;
  }

  /** The queue was seen empty, long after the last channel died: what was let go has come back or was taken elsewhere. */
  forgetLetGo(): void {
    this.#letGo.clear();
  }

  /** Writes what is known of batches. Rejects when the database does not take it; it stays known then. */
  flush(): Promise<void> {
    const flushed = this.#flushing.then(() => this.#flush());
    this.#flushing = flushed.catch(() => undefined);
    return flushed;
  }

  async #flush(): Promise<void> {
    for (const to of ['fenced', 'lost'] as const) {
      const batchIds = [...this.#known].filter(([, state]) => state === to).map(([batchId]) => batchId);
      await moveBatches(this.#database, batchIds, 'committed', to);
      for (const batchId of batchIds) this.#known.delete(batchId);
    }
  }

  /**
   * What these arrivals are, in the same order. Call it for one batch of the queue at a time, with every write of the
   * queue's dead channels ended.
   *
   * @param channel that they came by; see `channelName`.
   * @param goOn asked before each wait for another instance; throws to give up.
   */
  async judge(arrivals: readonly Arrival[], channel: string, goOn: () => void): Promise<Verdict[]> {
    const again = arrivals.filter(({ delivery }) => delivery.redelivered);
    if (again.length === 0) return arrivals.map(() => NEW);
    const began = performance.now();
    for (;;) {
      await this.flush();
      const candidates = await this.#candidates(again);
      const { verdicts, unclear } = this.#compare(arrivals, {
        candidates,
        together: await this.#ackedTogether(candidates),
        channel,
        waitedMs: performance.now() - began,
      });
      if (!unclear) return verdicts;
      goOn();
      await pause(LOOK_AGAIN_MS);
    }
  }

  /**
   * For messages of the journal whose acks may not have been processed. Each is new, as it was never stored; where a
   * redelivery with the same contents was stored since, that may have been the same message.
   */
  async doubt(arrivals: readonly Arrival[]): Promise<Verdict[]> {
    const candidates = await this.#candidates(arrivals);
    return arrivals.map(({ hash }) => {
      const again = candidates.get(keyOf(hash))?.find(({ redelivered }) => redelivered !== false);
      return { ...NEW, possibleDuplicateOf: again?.messageId ?? null };
    });
  }

  /**
   * Takes one of ours that was let go unstored and is written down elsewhere now.
   *
   * @returns false when none with these contents was: the redelivery may be on record.
   */
  takeLetGo(hash: Buffer): boolean {
    const known = this.#letGo.get(keyOf(hash));
    if (known === undefined) return false;
    known.copies -= 1;
    if (known.copies <= 0) this.#letGo.delete(keyOf(hash));
    return true;
  }

  /** How many with these contents were let go unstored, as far as this process knows. */
  countLetGo(hash: Buffer): number {
    return this.#letGo.get(keyOf(hash))?.copies ?? 0;
  }

  async #candidates(arrivals: readonly Arrival[]): Promise<Map<string, Candidate[]>> {
    const hashes = new Map(arrivals.map(({ hash }) => [keyOf(hash), hash]));
    const found = await findCandidates(this.#database, {
      deadQueueId: this.#deadQueueId,
      instanceId: this.#instanceId,
      hashes: [...hashes.values()],
    });
    const byHash = new Map<string, Candidate[]>();
    for (const candidate of found) {
      const key = keyOf(candidate.hash);
      byHash.set(key, [...(byHash.get(key) ?? []), candidate]);
    }
    return byHash;
  }

  /** What was acked with each candidate that could answer. */
  async #ackedTogether(candidates: ReadonlyMap<string, Candidate[]>): Promise<Map<string, AckedTogether>> {
    const able = [...candidates.values()].flat().filter(canAnswer);
    return await findAckedTogether(this.#database, {
      deadQueueId: this.#deadQueueId,
      stored: [...new Set(able.filter(({ answeredBy }) => answeredBy === null).map(ackedBy))],
      answered: [...new Set(able.filter(({ answeredBy }) => answeredBy !== null).map(ackedBy))],
    });
  }

  /** How many redelivered messages with a hash (base64) are in hand, beyond those that were let go unstored. */
  returned(key: string): number {
    return (this.#inHand.get(key) ?? 0) - (this.#letGo.get(key)?.copies ?? 0);
  }

  #compare(
    arrivals: readonly Arrival[],
    known: {
      candidates: ReadonlyMap<string, Candidate[]>;
      together: ReadonlyMap<string, AckedTogether>;
      channel: string;
      waitedMs: number;
    },
  ): { verdicts: Verdict[]; unclear: boolean } {
    const { candidates, together, channel, waitedMs } = known;
    const letGo = new Map<string, number>();
    for (const key of candidates.keys()) this.#discount(key, candidates.get(key) ?? []);
    for (const [key, { copies }] of this.#letGo) letGo.set(key, copies);
    const taken = new Set<Candidate>();
    let unclear = false;
    const isBack = ({ hashes, cameBack }: AckedTogether) =>
      cameBack ? true : cameBackTogether(hashes, (key) => this.returned(key));
    const signs = new Map([...together].map(([batchId, batch]) => [batchId, isBack(batch)]));
    const verdicts = arrivals.map(({ delivery, hash }): Verdict => {
      if (!delivery.redelivered) return NEW;
      const key = keyOf(hash);
      const all = candidates.get(key) ?? [];
      const alikes = new Set(all.map(({ deathId }) => deathId));
      const copies = letGo.get(key) ?? 0;
      if (copies > 0) {
        letGo.set(key, copies - 1);
        return { ...NEW, alikes, wasLetGo: true };
      }
      const alike = all.filter((candidate) => !taken.has(candidate));
      const able = alike.filter(canAnswer);
      const sign = (candidate: Candidate) => signs.get(ackedBy(candidate)) ?? null;
      const unsigned = able[0];
      if (unsigned !== undefined && waitedMs < REST_WITHIN_MS && able.every((one) => sign(one) === false))
        unclear = true;
      const answer =
        able.find((candidate) => sign(candidate) === true) ??
        // What lies in the rejects cannot be named by a mark.
        able.find(({ messageId }) => messageId === null || delivery.properties.messageId !== undefined);
      if (answer !== undefined) {
        taken.add(answer);
        return { kind: 'alreadyStored', alikes, answer };
      }
      const undecided = alike.find(isUnclear);
      if (undecided !== undefined && waitedMs < PATIENCE_MS) unclear = true;
      // After a crash of the broker even what was fenced can return. Within one life of the connection there was none;
      // but a queue can have taken back what was in hand too long, and say nothing (quorum queues of RabbitMQ 4.3).
      const doubtful =
        unsigned ??
        undecided ??
        alike.find((candidate) => mayHaveReturned(candidate) && !isOfSession(candidate, channel)) ??
        alike.find((candidate) => mayHaveReturned(candidate) && candidate.channel !== channel);
      if (doubtful !== undefined) taken.add(doubtful);
      return { ...NEW, alikes, possibleDuplicateOf: doubtful?.messageId ?? null };
    });
    return { verdicts, unclear };
  }

  /** What we let go may be given to another instance, and stored there. */
  #discount(key: string, candidates: readonly Candidate[]): void {
    const known = this.#letGo.get(key);
    if (known === undefined) return;
    for (const { storedAgainElsewhere, batchId, deathId } of candidates) {
      if (!storedAgainElsewhere || BigInt(batchId) <= known.after || known.elsewhere.has(deathId)) continue;
      known.elsewhere.add(deathId);
      known.copies -= 1;
    }
    if (known.copies <= 0) this.#letGo.delete(key);
  }

  /** What was let go has been stored now. */
  stored(arrivals: readonly Arrival[], verdicts: readonly Verdict[]): void {
    arrivals.forEach(({ hash }, index) => {
      const verdict = verdicts[index];
      if (verdict?.kind !== 'new' || !verdict.wasLetGo) return;
      const key = keyOf(hash);
      const known = this.#letGo.get(key);
      if (known !== undefined) known.copies -= 1;
      if (known !== undefined && known.copies <= 0) this.#letGo.delete(key);
    });
  }
}

/** A batch's channel as it is written down: two channels of one connection's life share what is before the slash. */
export function channelName(session: string, channelId: number): string {
  return `${session}/${channelId}`;
}

/** Stored, may come back, and no redelivery was taken for it, or by a batch that is lost itself. */
function canAnswer({ fate, answeredBy, answerFate }: Candidate): boolean {
  return fate === 'lost' && (answeredBy === null || answerFate === 'lost');
}

/** The batch with which its ack was last sent. */
function ackedBy({ batchId, answeredBy }: Candidate): string {
  return answeredBy ?? batchId;
}

function isUnclear({ fate, answeredBy, answerFate }: Candidate): boolean {
  if (answeredBy === null) return fate === 'unclear';
  return (fate === 'lost' || fate === 'unclear') && answerFate === 'unclear';
}

/** Acked for good, as far as anybody knows: it comes again only when the broker has lost the ack, or made nothing of it. */
function mayHaveReturned({ fate, answeredBy, answerFate }: Candidate): boolean {
  const last = answeredBy === null ? fate : answerFate;
  return last === 'fenced' || last === 'open';
}

function isOfSession(candidate: Candidate, channel: string): boolean {
  const [session = ''] = channel.split('/');
  return candidate.channel.startsWith(`${session}/`);
}

function keyOf(hash: Buffer): string {
  return hash.toString('base64');
}
