import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import type { Logger } from 'pino';

import type { WhenAway } from '../contract/dead-queues.ts';
import type { Database, Transaction } from '../database/connect.ts';
import { databaseNow } from '../database/database-now.ts';
import { databaseFault, type DatabaseFault } from '../database/faults.ts';
import { takeIds } from '../database/ids.ts';
import { insertRows, RowTooLargeError } from '../database/insert-rows.ts';
import type { Names } from '../database/names.ts';
import type { FingerprintStore } from '../groups/fingerprint-store.ts';
import type { Installation } from '../messages/resend-mark.ts';

import { ackedAsOne, isHeld, newBatch, type ArrivalBatch } from './arrival-batch.ts';
import type { FreshArrival } from './come-back.ts';
import type { Fence, Verdict } from './fence.ts';
import { claimAnswers, findOthers, insertBatch, wasCommitted } from './fence-store.ts';
import { JournalAnswers } from './journal-answers.ts';
import type { Journal } from './journal.ts';
import { insertReject, reasonOf } from './rejects-store.ts';
import { resolveDeaths } from './resolve-deaths.ts';
import type { Slots } from './slots.ts';
import type { StoreGate } from './store-gate.ts';
import { countDeaths, idsOfDeaths, numberDeaths, writeDeaths } from './write-deaths.ts';

/** What every watcher of this process shares. */
export interface WriterServices {
  database: Database;
  names: Names;
  fingerprints: FingerprintStore;
  brokerId: string;
  /** Whose marks on resent messages are ours. */
  installation: Installation;
  instanceId: string;
  journal: Journal;
  gate: StoreGate;
  slots: Slots;
  /** True as long as surely no other instance lives that could be given our messages. */
  alone: () => boolean;
  logger: Logger;
}

/** A dead queue, and what becomes of its messages while the database is away. */
export interface WrittenQueue {
  id: string;
  name: string;
  whenAway: WhenAway;
}

/** What becomes of a batch. Called once for each part, when the batch had to be divided. */
export interface BatchEvents {
  /** Committed, or fsynced: to be acked. What lies in the journal is named in `entries`. */
  onStored: (part: ArrivalBatch) => void;
  /** Not stored, and surely not going to be: its channel died, the broker delivers it again. */
  onLetGo: (part: ArrivalBatch) => void;
}

/** The channel died before the commit was sent. */
class ChannelLostError extends Error {}
/** An earlier attempt at the same batch was committed after all. */
class AlreadyCommittedError extends Error {}
/** Another instance stored the same, or took the same answer, since this batch was judged: look again. */
class OvertakenError extends Error {}

type Outcome = { end: 'stored' } | { end: 'letGo' } | { end: 'journalled' } | { end: 'refused'; error: unknown };

/** Deadlocks and lock waits of one batch in a row; beyond it the database is treated as away. */
const CONFLICTS = 8;
/** So often one batch may lose the database that small writes reach: then it is the batch that cannot be stored. */
const LOSSES = 10;
/** How long the broker may take to show that a channel lives. */
const SIGN_OF_LIFE_MS = 5_000;
const JOURNAL_PAUSE_MS = 5_000;
/** Why messages of a queue that does not wait are in the journal. */
const AWAY = { code: 'databaseAway', text: '' };

/**
 * Stores the arrivals of one dead queue, a batch in a transaction.
 *
 * | an attempt ended with | then |
 * |---|---|
 * | commit | stored |
 * | its channel dead before the commit was sent | rolled back, let go |
 * | a deadlock or a lock wait | rolled back; again, after a short pause |
 * | the database away | the gate shuts; again when it opens. Had the commit been sent, the batch's own row tells first whether it was done |
 * | the database away, and its dead queue does not wait | written to the journal, with the batch's id where its commit had been sent |
 * | a statement refused | rolled back, divided; a single one goes to the rejects, and when those refuse it too, to the journal |
 */
export class BatchWriter {
  readonly #services: WriterServices;
  readonly #deadQueue: WrittenQueue;
  readonly #fence: Fence;
  readonly #answers: JournalAnswers;
  readonly #events: BatchEvents;
  /** Gives up what cannot be stored, without waiting for the database. */
  readonly #giveUp: AbortSignal;
  /** What is being written now. */
  readonly #writing = new Map<ArrivalBatch, Promise<void>>();
  /** Batches with redeliveries are judged and written one after the other. */
  #lane: Promise<void> = Promise.resolve();

  constructor(options: {
    services: WriterServices;
    deadQueue: WrittenQueue;
    fence: Fence;
    events: BatchEvents;
    giveUp: AbortSignal;
  }) {
    this.#services = options.services;
    this.#deadQueue = options.deadQueue;
    this.#fence = options.fence;
    this.#answers = new JournalAnswers({
      journal: options.services.journal,
      deadQueue: options.deadQueue.name,
      fence: options.fence,
      giveUp: options.giveUp,
    });
    this.#events = options.events;
    this.#giveUp = options.giveUp;
  }

  /** Sees a batch through to its end, whatever that is. Never rejects. */
  async write(batch: ArrivalBatch): Promise<void> {
    const written = batch.arrivals.some(({ delivery }) => delivery.redelivered)
      ? this.#inLane(batch)
      : this.#see(batch);
    this.#writing.set(batch, written);
    await written;
    this.#writing.delete(batch);
  }

  /**
   * A batch of another channel may still be committed, and hold the same message, if that channel is dead or had it too
   * long: a redelivery is not judged before that is decided.
   */
  #inLane(batch: ArrivalBatch): Promise<void> {
    const others = [...this.#writing]
      .filter(([other]) => !isHeld(other) || other.channel.name !== batch.channel.name)
      .map(([, ended]) => ended);
    const turn = Promise.all([this.#lane, ...others]).then(() => this.#seeAgain(batch));
    this.#lane = turn.catch(() => undefined);
    return turn;
  }

  /** Redeliveries of what lies in the journal are there already. */
  async #seeAgain(batch: ArrivalBatch): Promise<void> {
    const answered = await this.#answers.find(batch);
    if (answered.size === 0) {
      await this.#see(batch);
      return;
    }
    for (const part of ackedAsOne([...answered.keys()])) {
      const entries = part.flatMap((arrival) => answered.get(arrival) ?? []);
      await this.#services.journal.noteAgain(entries).catch((error: unknown) => {
        this.#services.logger.error({ err: error }, 'What came again could not be noted in the intake journal.');
      });
      this.#events.onStored({ ...newBatch(batch.channel, part), entries });
    }
    const rest = batch.arrivals.filter((arrival) => !answered.has(arrival));
    if (rest.length > 0) await this.#see(newBatch(batch.channel, rest));
  }

  async #see(batch: ArrivalBatch): Promise<void> {
    const outcome = await this.#persist(batch, () => this.#storeArrivals(batch));
    if (outcome.end === 'journalled') return;
    if (outcome.end === 'stored') this.#events.onStored(batch);
    else if (outcome.end === 'letGo') this.#events.onLetGo(batch);
    else if (batch.arrivals.length > 1) {
      const middle = Math.ceil(batch.arrivals.length / 2);
      for (const half of [batch.arrivals.slice(0, middle), batch.arrivals.slice(middle)]) {
        await this.#see(newBatch(batch.channel, half));
      }
    } else await this.#reject(batch, outcome.error);
  }

  async #reject(batch: ArrivalBatch, error: unknown): Promise<void> {
    const { logger } = this.#services;
    const reason = reasonOf(error);
    const outcome = await this.#persist(batch, () => this.#storeReject(batch, reason));
    if (outcome.end === 'journalled') return;
    if (outcome.end === 'letGo') {
      this.#events.onLetGo(batch);
      return;
    }
    if (outcome.end === 'stored') {
      logger.warn({ queue: this.#deadQueue.name, code: reason.code }, 'A message was put into the rejects.');
      this.#events.onStored(batch);
      return;
    }
    await this.#keepInJournal(batch, reason);
  }

  /** The last resort. Without it the message stays unacked in RabbitMQ. */
  async #keepInJournal(batch: ArrivalBatch, reason: { code: string; text: string }): Promise<void> {
    const { logger } = this.#services;
    for (;;) {
      if (!isHeld(batch) || this.#giveUp.aborted) {
        this.#events.onLetGo(batch);
        return;
      }
      if (await this.#journalled(batch, reason)) {
        logger.error({ queue: this.#deadQueue.name, code: reason.code }, 'A message was put into the intake journal.');
        return;
      }
      await pause(JOURNAL_PAUSE_MS, undefined, { signal: this.#giveUp }).catch(() => undefined);
    }
  }

  /** Writes a batch to the journal. False when the journal does not take it. */
  async #journalled(batch: ArrivalBatch, reason: { code: string; text: string }): Promise<boolean> {
    const { journal, logger } = this.#services;
    const letGo = new Map<string, number>();
    const taken: Buffer[] = [];
    const ackedWith = new Map(
      ackedAsOne(batch.arrivals).flatMap((part) => {
        const name = randomUUID();
        return part.map((arrival) => [arrival, name] as const);
      }),
    );
    const entries = batch.arrivals.map((arrival) => {
      const { delivery, hash } = arrival;
      const key = hash.toString('base64');
      const copies = letGo.get(key) ?? this.#fence.countLetGo(hash);
      const wasLetGo = delivery.redelivered && copies > 0;
      if (wasLetGo) {
        letGo.set(key, copies - 1);
        taken.push(hash);
      }
      return {
        deadQueue: this.#deadQueue.name,
        arrival,
        reason,
        mayBeStored: delivery.redelivered && !wasLetGo,
        batchId: batch.commitOpen ? batch.id : null,
        channel: batch.channel.name,
        ackedWith: ackedWith.get(arrival) ?? null,
      };
    });
    try {
      const ids = await journal.append(entries);
      for (const hash of taken) this.#fence.takeLetGo(hash);
      // Had its commit been sent, its row may be there, and what becomes of the ack is to be noted in it.
      this.#events.onStored({ ...batch, id: batch.commitOpen ? batch.id : null, entries: ids });
      return true;
    } catch (error) {
      logger.error({ err: error }, 'The intake journal cannot be written. The messages stay in RabbitMQ.');
      return false;
    }
  }

  async #persist(batch: ArrivalBatch, attempt: () => Promise<void>): Promise<Outcome> {
    const { gate } = this.#services;
    let [conflicts, losses] = [0, 0];
    for (;;) {
      try {
        if (!gate.open && this.#deadQueue.whenAway === 'journal') {
          const end = await this.#withoutDatabase(batch);
          if (end !== null) return { end };
        } else await gate.whenOpen();
        await this.#settleOpenCommit(batch);
        if (!isHeld(batch)) return { end: 'letGo' };
        await attempt();
        gate.worked();
        return { end: 'stored' };
      } catch (error) {
        if (error instanceof AlreadyCommittedError) return { end: 'stored' };
        if (error instanceof ChannelLostError) return { end: 'letGo' };
        // Stopping: if its commit was sent, the next instance finds its row and lets it answer for the redelivery.
        if (this.#giveUp.aborted) return { end: 'letGo' };
        const fault = faultOf(error);
        const again = fault === 'conflict' || (batch.commitOpen && fault !== 'away');
        if (again && conflicts < CONFLICTS) {
          conflicts += 1;
          await pause(Math.random() * 25 * 2 ** Math.min(conflicts, 5));
          continue;
        }
        if (!batch.commitOpen && (fault === 'statement' || losses >= LOSSES)) return { end: 'refused', error };
        [conflicts, losses] = [0, losses + 1];
        gate.failed(error);
      }
    }
  }

  /** The journal takes it while the database is away. Null when the database is back, or the journal is full: then try. */
  async #withoutDatabase(batch: ArrivalBatch): Promise<'journalled' | 'letGo' | null> {
    const { gate, journal } = this.#services;
    while (!gate.open) {
      if (!isHeld(batch) || this.#giveUp.aborted) return 'letGo';
      if (journal.hasRoom && (await this.#journalled(batch, AWAY))) return 'journalled';
      // It is tried again from time to time: there can be room again.
      const timer = new AbortController();
      const later = pause(JOURNAL_PAUSE_MS, undefined, { signal: AbortSignal.any([timer.signal, this.#giveUp]) });
      await Promise.race([gate.whenOpen(), later.catch(() => undefined)]);
      timer.abort();
    }
    return null;
  }

  /** After a commit without an answer nothing else is tried before it is known what became of it. */
  async #settleOpenCommit(batch: ArrivalBatch): Promise<void> {
    if (!batch.commitOpen || batch.id === null) return;
    if (await wasCommitted(this.#services.database, batch.id)) throw new AlreadyCommittedError();
    batch.commitOpen = false;
  }

  async #storeArrivals(batch: ArrivalBatch): Promise<void> {
    const { arrivals, channel } = batch;
    const verdicts = await this.#fence.judge(arrivals, channel.name, () => {
      if (!isHeld(batch) || this.#giveUp.aborted) throw new ChannelLostError();
    });
    await this.#services.slots.run(() => this.#storeJudged(batch, verdicts));
    this.#fence.stored(arrivals, verdicts);
  }

  async #storeJudged(batch: ArrivalBatch, verdicts: readonly Verdict[]): Promise<void> {
    const { brokerId } = this.#services;
    const fresh = batch.arrivals.flatMap((arrival, index): FreshArrival[] => {
      const verdict = verdicts[index];
      return verdict?.kind === 'new' ? [{ arrival, possibleDuplicateOf: verdict.possibleDuplicateOf }] : [];
    });
    const answers = verdicts.flatMap((verdict) => (verdict.kind === 'alreadyStored' ? [verdict.answer] : []));
    const deaths = await resolveDeaths(this.#services, fresh);
    const { batchId, arrivedAt, firstId } = await this.#number(batch, idsOfDeaths(deaths));
    numberDeaths(deaths, firstId);
    const deadQueueId = this.#deadQueue.id;
    await this.#commit(batch, async (transaction) => {
      await this.#insertBatchRow(transaction, batch, batchId, arrivedAt, fresh.length);
      if (!(await claimAnswers(transaction, { deadQueueId, batchId, answers }))) throw new OvertakenError();
      const row = { id: batchId, brokerId, deadQueueId, arrivedAt };
      const { installation } = this.#services;
      const written = await writeDeaths(transaction, row, { installation, deadQueueId, fresh, deaths });
      await this.#insertRecent(transaction, batchId, deaths);
      await this.#assertOurs(transaction, batch, verdicts);
      await countDeaths(transaction, deadQueueId, written);
    });
  }

  async #storeReject(batch: ArrivalBatch, reason: { code: string; text: string }): Promise<void> {
    const [arrival] = batch.arrivals;
    if (arrival === undefined) return;
    await this.#services.slots.run(async () => {
      const { batchId, arrivedAt, firstId: id } = await this.#number(batch, 1);
      await this.#commit(batch, async (transaction) => {
        await this.#insertBatchRow(transaction, batch, batchId, arrivedAt, 1);
        await insertReject(transaction, {
          id,
          batchId,
          deadQueueId: this.#deadQueue.id,
          arrivedAt,
          arrival,
          reason,
        });
        await this.#insertRecent(transaction, batchId, [{ id, contentHash: arrival.hash }]);
        await this.#assertOurs(transaction, batch, [null]);
      });
    });
  }

  /** The batch keeps its id over all attempts; the arrivals get theirs right before they are inserted. */
  async #number(batch: ArrivalBatch, ids: number): Promise<{ batchId: bigint; arrivedAt: Date; firstId: bigint }> {
    const { database } = this.#services;
    batch.id ??= await takeIds(database, 'batches', 1);
    this.#fence.began(batch.id);
    const arrivedAt = await databaseNow(database);
    const firstId = ids === 0 ? 0n : await takeIds(database, 'arrivals', ids);
    return { batchId: batch.id, arrivedAt, firstId };
  }

  /** Commits only what the broker still regards as ours, and remembers a commit that was sent without an answer. */
  async #commit(batch: ArrivalBatch, work: (transaction: Transaction) => Promise<void>): Promise<void> {
    await this.#services.database.transaction(async (transaction) => {
      await work(transaction);
      if (!isHeld(batch)) throw new ChannelLostError();
      batch.commitOpen = true;
    });
    batch.commitOpen = false;
  }

  async #insertBatchRow(
    transaction: Transaction,
    batch: ArrivalBatch,
    batchId: bigint,
    committedAt: Date,
    messageCount: number,
  ): Promise<void> {
    await insertBatch(transaction, {
      id: batchId,
      deadQueueId: this.#deadQueue.id,
      instanceId: this.#services.instanceId,
      channel: batch.channel.name,
      state: 'committed',
      messageCount,
      committedAt,
    });
  }

  /**
   * A connection can be dead for the broker before we notice, and its messages be stored by another instance meanwhile.
   * With our rows in, and locked, either it has seen them or we see its own.
   *
   * @throws OvertakenError, ChannelLostError
   */
  async #assertOurs(
    transaction: Transaction,
    batch: ArrivalBatch,
    verdicts: readonly (Verdict | null)[],
  ): Promise<void> {
    const { delivery } = batch.channel;
    const again = batch.arrivals.some((arrival) => arrival.delivery.redelivered);
    if (!again && this.#services.alone()) return;
    const hashes = batch.arrivals.map(({ hash }) => hash);
    const found = await findOthers(transaction, {
      deadQueueId: this.#deadQueue.id,
      instanceId: this.#services.instanceId,
      hashes,
    });
    if (found.length === 0) return;
    const seen = new Set(verdicts.flatMap((verdict) => [...(verdict?.alikes ?? [])]));
    const unknown = found.filter(({ deathId }) => !seen.has(deathId));
    const redelivered = new Set(
      batch.arrivals.filter((arrival) => arrival.delivery.redelivered).map(({ hash }) => hash.toString('hex')),
    );
    if (unknown.some(({ hash }) => redelivered.has(hash.toString('hex')))) throw new OvertakenError();
    // A first delivery with the same hash: a twin, if this channel still lives.
    if (unknown.length > 0 && !(await atMost(SIGN_OF_LIFE_MS, delivery.syncPoint()))) {
      throw isHeld(batch) ? new OvertakenError() : new ChannelLostError();
    }
  }

  async #insertRecent(
    transaction: Transaction,
    batchId: bigint,
    deaths: readonly { id: bigint; contentHash: Buffer }[],
  ): Promise<void> {
    await insertRows(
      transaction,
      'recent_arrivals',
      ['dead_queue_id', 'content_hash', 'death_id', 'batch_id'],
      deaths
        .map(({ id, contentHash }) => [this.#deadQueue.id, contentHash, id, batchId] as const)
        // In the order of the primary key: two transactions never wait for each other in a circle.
        .sort(([, a], [, b]) => Buffer.compare(a, b)),
    );
  }
}

function faultOf(error: unknown): DatabaseFault {
  if (error instanceof OvertakenError) return 'conflict';
  if (error instanceof RowTooLargeError) return 'statement';
  return databaseFault(error);
}

/** What was asked, or false when there is no answer in time. */
async function atMost(ms: number, asked: Promise<boolean>): Promise<boolean> {
  const timer = new AbortController();
  const late = pause(ms, false, { signal: timer.signal }).catch(() => false);
  try {
    return await Promise.race([asked, late]);
  } finally {
    timer.abort();
  }
}
