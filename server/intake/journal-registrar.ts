import type { Logger } from 'pino';

import type { Database } from '../database/connect.ts';
import { readOthersAlive } from '../database/instance.ts';
import { Loop } from '../database/loop.ts';
import { findDeadQueues } from '../dead-queues/dead-queue-store.ts';

import type { IndexedEntry } from './journal-index.ts';
import type { Journal } from './journal.ts';
import type { JournalEntry } from './journal-lines.ts';
import type { Registered, Registrable, Registration, RegistrationGroup } from './registration.ts';

const EVERY_MS = 60_000;
/** Messages, and bytes of their bodies, that are read at once. */
const AT_ONCE = { messages: 200, bytes: 8 * 1024 * 1024 };

interface RegistrarOptions {
  database: Database;
  instanceId: string;
  brokerId: string;
  journal: Journal;
  registration: Registration;
  /** Writes down what is known of dead channels: before it, a redelivery cannot be judged. */
  flushFences: () => Promise<void>;
  /** Whether the database takes writes. */
  isOpen: () => boolean;
  logger: Logger;
  everyMs?: number;
}

/** Who asks for it by hand. */
export interface RegisteringActor {
  actor: { userId: string | null; username: string };
  requestId: string;
}

/**
 * Registers what lies in the journal: at start, whenever the database is back, and every minute; the files of this
 * instance and of those that are dead. How many are left is written to `instances.journal_unregistered`.
 */
export class JournalRegistrar {
  readonly #options: RegistrarOptions;
  #loop: Loop | null = null;
  #stopping = false;
  /** One at a time. */
  #turn: Promise<void> = Promise.resolve();

  constructor(options: RegistrarOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop = new Loop({
      everyMs: this.#options.everyMs ?? EVERY_MS,
      work: async () => {
        if (!this.#stopping && this.#options.isOpen()) await this.#inTurn(() => this.#registerAll());
      },
      logger: this.#options.logger,
      failed: 'The intake journal could not be registered; it is tried again.',
    });
  }

  /** The database is back. */
  now(): void {
    this.#loop?.now();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#loop?.stop();
    await this.#turn;
  }

  /** Registers some of the journal's messages because somebody asks for it. What became of each, in the same order. */
  async registerByHand(ids: readonly string[], by: RegisteringActor): Promise<(Registered | null)[]> {
    return await this.#inTurn(async () => {
      const entries = ids.flatMap((id) => this.#options.journal.index.get(id) ?? []);
      const outcomes = new Map<string, Registered>();
      for (const some of grouped(entries)) await this.#registerSome(some, outcomes, by);
      await this.#finish();
      return ids.map((id) => outcomes.get(id) ?? null);
    });
  }

  /** Looks at what the files hold by now. */
  async refresh(): Promise<void> {
    const alive = await readOthersAlive(this.#options.database, this.#options.instanceId);
    await this.#options.journal.refresh((instanceId) => !alive.has(instanceId));
  }

  async #registerAll(): Promise<void> {
    const { journal, registration, logger } = this.#options;
    await this.refresh();
    const outcomes = new Map<string, Registered>();
    for (const some of grouped(journal.index.entries())) {
      if (this.#stopping || !this.#options.isOpen()) break;
      await this.#registerSome(some, outcomes);
    }
    const registered = [...outcomes.values()].filter(({ outcome }) => outcome === 'registered').length;
    if (registered > 0) {
      await registration.noteByItself(registered);
      logger.info({ messages: registered }, 'Messages of the intake journal were registered.');
    }
    await this.#finish();
  }

  async #finish(): Promise<void> {
    const { database, instanceId, journal } = this.#options;
    const done = await journal.removeDone();
    if (done.length > 0) await database('instances').whereIn('id', done).update({ journal_unregistered: 0 });
    await database('instances').where({ id: instanceId }).update({ journal_unregistered: journal.index.size });
  }

  /** Messages that are alike in all that `grouped` looks at. */
  async #registerSome(
    entries: readonly IndexedEntry[],
    outcomes: Map<string, Registered>,
    by?: RegisteringActor,
  ): Promise<void> {
    const { database, brokerId, journal, registration } = this.#options;
    const [first] = entries;
    if (first === undefined) return;
    const queueId = (await findDeadQueues(database, brokerId, [first.deadQueue])).get(first.deadQueue);
    if (queueId === undefined) {
      // It waits until somebody adds the dead queue, or registers it elsewhere.
      for (const { id } of entries) outcomes.set(id, refusedBecause('deadQueueMissing'));
      return;
    }
    const knowledge = knowledgeOf(first);
    if (knowledge.asks === 'all') await this.#options.flushFences();
    await journal.whileRegistering(entries, async () => {
      const items: Registrable[] = [];
      for (const entry of entries) {
        const read = await journal.read(entry);
        if (isEntry(read)) items.push(toRegistrable(read));
        else outcomes.set(entry.id, refusedBecause(read.code));
      }
      const results = await registration.register({
        deadQueue: { id: queueId, name: first.deadQueue },
        ...knowledge,
        channel: first.channel,
        items,
        actor: by?.actor ?? null,
        ...(by === undefined ? {} : { requestId: by.requestId }),
      });
      const done: string[] = [];
      items.forEach(({ from }, index) => {
        const result = results[index];
        if (result === undefined) return;
        outcomes.set(from.id, result);
        if (result.outcome !== 'refused') done.push(from.id);
      });
      await journal.noteRegistered(done).catch((error: unknown) => {
        // It is on record in the database; and where the disk is full, removing the file makes room.
        this.#options.logger.error({ err: error }, 'What was registered could not be noted in the intake journal.');
      });
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.then(
      () => undefined,
      () => undefined,
    );
    return done;
  }
}

/** What a journal knows of the ack of a message. */
export function knowledgeOf({
  mayBeStored,
  state,
}: Pick<IndexedEntry, 'mayBeStored' | 'state'>): Pick<RegistrationGroup, 'asks' | 'state'> {
  if (state === 'acked') return { asks: mayBeStored ? 'all' : 'nothing', state: 'fenced' };
  return { asks: mayBeStored ? 'all' : 'doubts', state: 'lost' };
}

function refusedBecause(code: string): Registered {
  return { outcome: 'refused', reason: { code, text: '' } };
}

export function isEntry(read: object): read is JournalEntry {
  return 'delivery' in read;
}

export function toRegistrable(entry: JournalEntry): Registrable {
  return { from: { kind: 'entry', id: entry.id }, at: entry.at, delivery: entry.delivery, batchId: entry.batchId };
}

/**
 * Messages that can be registered together, in portions. What is in flight is left for later. Redeliveries come last:
 * what they may be a redelivery of is on record by then.
 */
export function* grouped(entries: readonly IndexedEntry[]): Generator<IndexedEntry[]> {
  const groups = new Map<string, IndexedEntry[]>();
  for (const entry of entries) {
    const { state, mayBeStored, deadQueue, channel } = entry;
    if (state === 'inFlight' || state === 'registering') continue;
    const key = JSON.stringify([mayBeStored, deadQueue, knowledgeOf(entry), channel]);
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(entry);
  }
  const ordered = [...groups.values()].sort((a, b) => Number(a[0]?.mayBeStored) - Number(b[0]?.mayBeStored));
  for (const group of ordered) {
    let some: IndexedEntry[] = [];
    let bytes = 0;
    for (const entry of group) {
      const size = entry.bodySize ?? 0;
      if (some.length > 0 && (some.length >= AT_ONCE.messages || bytes + size > AT_ONCE.bytes)) {
        yield some;
        [some, bytes] = [[], 0];
      }
      some.push(entry);
      bytes += size;
    }
    if (some.length > 0) yield some;
  }
}
