import { setTimeout as pause } from 'node:timers/promises';

import { THE_OFFICE, recordAuditEvent, recordAuditEvents, type NewAuditEvent } from '../audit/audit-store.ts';
import type { Database, Transaction } from '../database/connect.ts';
import { databaseNow } from '../database/database-now.ts';
import { databaseFault } from '../database/faults.ts';
import { takeIds } from '../database/ids.ts';
import { insertRows, RowTooLargeError } from '../database/insert-rows.ts';
import { contentCipherOf } from '../encryption/content-cipher.ts';
import type { Names } from '../database/names.ts';
import type { FingerprintStore } from '../groups/fingerprint-store.ts';
import type { Installation } from '../messages/resend-mark.ts';
import type { BusinessKeyRule } from '../orders/business-keys.ts';

import { readArrival, type Arrival } from './arrival.ts';
import { Fence, type Verdict } from './fence.ts';
import { claimAnswers, insertBatch, wasCommitted } from './fence-store.ts';
import type { JournalEntry } from './journal-lines.ts';
import { EntryTakenError, findOnRecord, insertRegistered } from './registered-store.ts';
import { closeReject, insertReject, isOpenReject, noteRefusal, reasonOf, type RejectReason } from './rejects-store.ts';
import { resolveDeaths } from './resolve-deaths.ts';
import { countDeaths, idsOfDeaths, numberDeaths, writeDeaths } from './write-deaths.ts';

export interface RegistrationServices {
  database: Database;
  names: Names;
  fingerprints: FingerprintStore;
  brokerId: string;
  brokerName: string;
  installation: Installation;
  instanceId: string;
  keyRules: readonly BusinessKeyRule[];
  /** Ends the wait for what another instance says. */
  giveUp?: AbortSignal;
}

/** A message that was not stored as a failed message when it arrived. */
export interface Registrable {
  /** Where it is kept: an entry of a journal or an export, or a row of the rejects. */
  from: { kind: 'entry'; id: string } | { kind: 'reject'; id: string };
  /** When it arrived. */
  at: Date;
  delivery: JournalEntry['delivery'];
  /** A batch that perhaps was committed with it. */
  batchId: bigint | null;
}

/**
 * What is asked before messages are stored.
 *
 * | asks | their acks | so |
 * |---|---|---|
 * | `nothing` | were processed, or it is long ago | each is new |
 * | `doubts` | may not have been processed | each is new; one that was delivered again since is a possible duplicate |
 * | `all` | likewise, and they were redeliveries themselves | looked up among what is on record, like any redelivery |
 */
export type Asking = 'nothing' | 'doubts' | 'all';

/**
 * What they are on record as for redeliveries to come: `lost` answers for one, `fenced` makes one a possible duplicate
 * after a crash of the broker, `closed` meets none.
 */
export type RegisteredState = 'closed' | 'fenced' | 'lost';

/** Messages of one dead queue that are registered together. */
export interface RegistrationGroup {
  deadQueue: { id: string; name: string };
  asks: Asking;
  state: RegisteredState;
  /** The channel that they came by; null where nobody knows any more. */
  channel: string | null;
  items: readonly Registrable[];
  /** Who does it; null for the office itself, which does not put each of them on record. */
  actor: { userId: string | null; username: string } | null;
  requestId?: string;
}

/** What became of one. See `REGISTRATION_OUTCOMES`. */
export type Registered =
  | { outcome: 'registered'; messageId: string }
  | { outcome: 'already' }
  | { outcome: 'rejected' | 'refused'; reason: RejectReason };

/** Another one stored the same, or took the same answer, since it was looked up: look again. */
class OvertakenError extends Error {}

interface Pending extends Registrable {
  arrival: Arrival;
}

const AT_ONCE = { items: 200, bytes: 8 * 1024 * 1024 };
const CONFLICTS = 8;
const JOURNAL = 'journal';

/**
 * Stores messages that were written down outside the messages' tables, each once: that it was stored is committed with
 * it, under its id in the journal or the rejects. A message that the tables refuse goes to the rejects; one that these
 * refuse too stays where it is. One bad message does not keep the others from being stored.
 */
export class Registration {
  readonly #services: RegistrationServices;

  constructor(services: RegistrationServices) {
    this.#services = services;
  }

  /**
   * What became of each, in the same order.
   *
   * @throws what the driver throws when the database is away: what was stored by then is, and is found to be when all of
   *   it is tried again.
   */
  async register(group: RegistrationGroup): Promise<Registered[]> {
    const { brokerName, keyRules } = this.#services;
    const { deadQueue, asks } = group;
    const cipher = contentCipherOf(this.#services.database);
    const pending = group.items.map((item): Pending => ({
      ...item,
      arrival: readArrival(
        { deliveryTag: 0, ...item.delivery, redelivered: asks === 'all' },
        { deadQueue, brokerName, keyRules, cipher },
      ),
    }));
    const outcomes = new Map<Pending, Registered>();
    for (const some of portions(pending)) await this.#see(group, some, outcomes);
    return pending.map((item) => outcomes.get(item) ?? { outcome: 'already' });
  }

  async #see(group: RegistrationGroup, items: readonly Pending[], outcomes: Map<Pending, Registered>): Promise<void> {
    try {
      await this.#untilNoConflict(() => this.#store(group, items, outcomes));
    } catch (error) {
      if (faultOf(error) !== 'statement') throw error;
      const [only] = items;
      if (only === undefined) return;
      if (items.length === 1) {
        outcomes.set(only, await this.#refused(group, only, reasonOf(error)));
        return;
      }
      const middle = Math.ceil(items.length / 2);
      await this.#see(group, items.slice(0, middle), outcomes);
      await this.#see(group, items.slice(middle), outcomes);
    }
  }

  async #untilNoConflict(work: () => Promise<void>): Promise<void> {
    for (let conflicts = 1; ; conflicts += 1) {
      try {
        await work();
        return;
      } catch (error) {
        if (faultOf(error) !== 'conflict' || conflicts >= CONFLICTS) throw error;
        await pause(Math.random() * 25 * 2 ** Math.min(conflicts, 5));
      }
    }
  }

  async #store(group: RegistrationGroup, all: readonly Pending[], outcomes: Map<Pending, Registered>): Promise<void> {
    const { database, brokerId, installation } = this.#services;
    const known = await this.#known(all);
    const items = all.filter((item) => !known.has(item));
    for (const item of known) outcomes.set(item, { outcome: 'already' });
    if (items.length === 0) return;
    const verdicts = await this.#judge(group, items);
    const isNew = (index: number) => verdicts[index]?.kind === 'new';
    const fresh = items.flatMap(({ arrival }, index) => {
      const verdict = verdicts[index];
      return verdict?.kind === 'new' ? [{ arrival, possibleDuplicateOf: verdict.possibleDuplicateOf }] : [];
    });
    const deaths = await resolveDeaths(this.#services, fresh);
    const { batchId, arrivedAt, firstId } = await this.#number(idsOfDeaths(deaths));
    numberDeaths(deaths, firstId);
    const deadQueueId = group.deadQueue.id;
    await database.transaction(async (transaction) => {
      await this.#insertBatch(transaction, group, { batchId, arrivedAt, count: fresh.length });
      const answers = verdicts.flatMap((verdict) => (verdict.kind === 'alreadyStored' ? [verdict.answer] : []));
      if (!(await claimAnswers(transaction, { deadQueueId, batchId, answers }))) throw new OvertakenError();
      const row = { id: batchId, brokerId, deadQueueId, arrivedAt };
      const written = await writeDeaths(transaction, row, { installation, deadQueueId, fresh, deaths });
      let next = 0;
      const messageIds = items.map((_, index) => (isNew(index) ? (deaths[next++]?.messageId ?? null) : null));
      await this.#note(transaction, group, arrivedAt, items, messageIds);
      await this.#insertRecent(transaction, group, batchId, deaths);
      await countDeaths(transaction, deadQueueId, written);
      items.forEach((item, index) => {
        const messageId = messageIds[index] ?? null;
        outcomes.set(
          item,
          messageId === null ? { outcome: 'already' } : { outcome: 'registered', messageId: messageId.toString() },
        );
      });
    });
  }

  /** Those that are on record, by whichever name. */
  async #known(items: readonly Pending[]): Promise<Set<Pending>> {
    const { database, installation } = this.#services;
    const entryIds = items.flatMap(({ from }) => (from.kind === 'entry' ? [from.id] : []));
    const onRecord = await findOnRecord(database, installation, entryIds);
    const known = new Set<Pending>();
    for (const item of items) {
      const { from, batchId } = item;
      if (from.kind === 'reject') {
        if (!(await isOpenReject(database, from.id))) known.add(item);
      } else if (onRecord.has(from.id)) known.add(item);
      else if (batchId !== null && (await wasCommitted(database, batchId))) known.add(item);
    }
    return known;
  }

  async #judge({ deadQueue, asks }: RegistrationGroup, items: readonly Pending[]): Promise<Verdict[]> {
    const { database, instanceId } = this.#services;
    const fence = new Fence({ database, deadQueueId: deadQueue.id, instanceId });
    const arrivals = items.map(({ arrival }) => arrival);
    if (asks === 'all') {
      return await fence.judge(arrivals, JOURNAL, () => this.#services.giveUp?.throwIfAborted());
    }
    if (asks === 'doubts') return await fence.doubt(arrivals);
    return arrivals.map(() => ({ kind: 'new', possibleDuplicateOf: null, wasLetGo: false, alikes: null }));
  }

  /** A statement was refused, for this message alone. */
  async #refused(group: RegistrationGroup, item: Pending, reason: RejectReason): Promise<Registered> {
    const { database } = this.#services;
    if (item.from.kind === 'reject') {
      await noteRefusal(database, item.from.id, reason);
      return { outcome: 'refused', reason };
    }
    try {
      await this.#untilNoConflict(() => this.#storeReject(group, item, reason));
      return { outcome: 'rejected', reason };
    } catch (error) {
      if (error instanceof EntryTakenError) return { outcome: 'already' };
      if (faultOf(error) !== 'statement') throw error;
      return { outcome: 'refused', reason };
    }
  }

  async #storeReject(group: RegistrationGroup, { arrival, from }: Pending, reason: RejectReason): Promise<void> {
    const { database } = this.#services;
    const { batchId, arrivedAt, firstId: id } = await this.#number(1);
    await database.transaction(async (transaction) => {
      await this.#insertBatch(transaction, group, { batchId, arrivedAt, count: 1 });
      await insertReject(transaction, { id, batchId, deadQueueId: group.deadQueue.id, arrivedAt, arrival, reason });
      await insertRegistered(transaction, {
        deadQueueId: group.deadQueue.id,
        at: arrivedAt,
        entries: [{ entryId: from.id, messageId: null, rejectId: id }],
      });
      await this.#insertRecent(transaction, group, batchId, [{ id, contentHash: arrival.hash }]);
    });
  }

  async #number(ids: number): Promise<{ batchId: bigint; arrivedAt: Date; firstId: bigint }> {
    const { database } = this.#services;
    const batchId = await takeIds(database, 'batches', 1);
    const arrivedAt = await databaseNow(database);
    const firstId = ids === 0 ? 0n : await takeIds(database, 'arrivals', ids);
    return { batchId, arrivedAt, firstId };
  }

  async #insertBatch(
    transaction: Transaction,
    { deadQueue, state, channel }: RegistrationGroup,
    { batchId, arrivedAt, count }: { batchId: bigint; arrivedAt: Date; count: number },
  ): Promise<void> {
    await insertBatch(transaction, {
      id: batchId,
      deadQueueId: deadQueue.id,
      instanceId: this.#services.instanceId,
      channel: channel ?? JOURNAL,
      state,
      messageCount: count,
      committedAt: arrivedAt,
    });
  }

  /** What meets a redelivery of these finds them. */
  async #insertRecent(
    transaction: Transaction,
    { deadQueue, state }: RegistrationGroup,
    batchId: bigint,
    deaths: readonly { id: bigint; contentHash: Buffer }[],
  ): Promise<void> {
    if (state === 'closed') return;
    await insertRows(
      transaction,
      'recent_arrivals',
      ['dead_queue_id', 'content_hash', 'death_id', 'batch_id'],
      deaths
        .map(({ id, contentHash }) => [deadQueue.id, contentHash, id, batchId] as const)
        .sort(([, a], [, b]) => Buffer.compare(a, b)),
    );
  }

  /** That they are registered, as what, and by whom. */
  async #note(
    transaction: Transaction,
    { deadQueue, actor, requestId }: RegistrationGroup,
    at: Date,
    items: readonly Pending[],
    messageIds: readonly (bigint | null)[],
  ): Promise<void> {
    const entries = items.flatMap(({ from }, index) =>
      from.kind === 'entry' ? [{ entryId: from.id, messageId: messageIds[index] ?? null, rejectId: null }] : [],
    );
    await insertRegistered(transaction, { deadQueueId: deadQueue.id, at, entries });
    const events: NewAuditEvent<'message.registered'>[] = [];
    for (const [index, { from, at: arrivedAt }] of items.entries()) {
      const messageId = messageIds[index] ?? null;
      if (from.kind === 'reject' && !(await closeReject(transaction, from.id, at, messageId))) {
        throw new OvertakenError();
      }
      if (actor === null || messageId === null) continue;
      events.push({
        actor,
        kind: 'message.registered',
        messageId: messageId.toString(),
        subject: deadQueue.name,
        details: {
          from: from.kind === 'reject' ? 'rejects' : JOURNAL,
          entry: from.id,
          arrivedAt: arrivedAt.toISOString(),
        },
        ...(requestId === undefined ? {} : { requestId }),
      });
    }
    await recordAuditEvents(transaction, events);
  }

  /** Puts on record that the office itself registered so many. */
  async noteByItself(count: number): Promise<void> {
    await recordAuditEvent(this.#services.database, {
      actor: THE_OFFICE,
      kind: 'journal.registered',
      details: { messages: count },
    });
  }
}

function faultOf(error: unknown) {
  if (error instanceof OvertakenError || error instanceof EntryTakenError) return 'conflict';
  if (error instanceof RowTooLargeError) return 'statement';
  return databaseFault(error);
}

function* portions(items: readonly Pending[]): Generator<Pending[]> {
  let some: Pending[] = [];
  let bytes = 0;
  for (const item of items) {
    if (some.length > 0 && (some.length >= AT_ONCE.items || bytes + item.arrival.weight > AT_ONCE.bytes)) {
      yield some;
      some = [];
      bytes = 0;
    }
    some.push(item);
    bytes += item.arrival.weight;
  }
  if (some.length > 0) yield some;
}
