import { AckLedger } from './ack-ledger.ts';
import type { Arrival } from './arrival.ts';
import { newBatch, type ArrivalBatch, type ArrivalChannel } from './arrival-batch.ts';

/** When a batch is closed. */
export interface BatchLimits {
  count: number;
  bytes: number;
  ms: number;
}

interface LifeEvents {
  /** A batch can be taken: it is full, or its time has come. */
  onDue: (life: ChannelLife) => void;
  /** A round trip has shown that the acks of these batches, and of these messages of the journal, were processed. */
  onFenced: (batchIds: readonly bigint[], entries: readonly string[]) => void;
  /** The broker ended the consumer: what these hold may have been taken back before their acks. */
  onDoubted: (batchIds: readonly bigint[], entries: readonly string[]) => void;
}

/**
 * The deliveries of one channel from arrival to ack.
 *
 * | a delivery is | leaves it by |
 * |---|---|
 * | in the open batch | the batch full or its time over → in a closed batch |
 * | in a closed batch | `take()` → being written |
 * | being written | `stored()` → stored; `lost()` → let go |
 * | stored | everything before it on this channel stored too → acked |
 * | acked | `syncPoint` true → fenced; `lost()`, or the consumer ended by the broker → its batch is lost, it may come back |
 */
export class ChannelLife {
  readonly channel: ArrivalChannel;
  readonly #limits: BatchLimits;
  readonly #events: LifeEvents;
  readonly #ledger = new AckLedger();
  readonly #closed: Arrival[][] = [];
  #open: Arrival[] = [];
  #openBytes = 0;
  #openDue = false;
  #timer: NodeJS.Timeout | undefined;
  /** Stored batches whose ack is not known to be processed, by the last tag of each. */
  readonly #unfenced = new Map<bigint, number>();
  /** Likewise, by their ids in the journal. */
  readonly #unfencedEntries = new Map<string, number>();
  #ackedUpTo = 0;
  #syncing: Promise<void> | null = null;

  constructor(options: { channel: ArrivalChannel; limits: BatchLimits; events: LifeEvents }) {
    this.channel = options.channel;
    this.#limits = options.limits;
    this.#events = options.events;
  }

  /** Delivered and not acked. */
  get inHand(): number {
    return this.#ledger.inHand;
  }

  /** Batches that can be taken now. */
  get due(): number {
    return this.#closed.length + (this.#openDue && this.#open.length > 0 ? 1 : 0);
  }

  add(arrival: Arrival): void {
    this.#ledger.delivered(arrival.delivery.deliveryTag);
    if (this.#open.length > 0 && this.#openBytes + arrival.weight > this.#limits.bytes) this.#close();
    this.#open.push(arrival);
    this.#openBytes += arrival.weight;
    if (this.#open.length >= this.#limits.count || this.#openBytes >= this.#limits.bytes) this.#close();
    else {
      this.#timer ??= setTimeout(() => {
        this.hurry();
      }, this.#limits.ms);
    }
    if (this.due > 0) this.#events.onDue(this);
  }

  /** What has arrived by now need not wait for more. */
  hurry(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#open.length === 0) return;
    this.#openDue = true;
    this.#events.onDue(this);
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#closed.push(this.#open);
    this.#open = [];
    this.#openBytes = 0;
    this.#openDue = false;
  }

  /** The oldest batch that is due. While nobody can take it, the open one keeps growing. */
  take(): ArrivalBatch | null {
    if (this.#closed.length === 0 && this.#openDue && this.#open.length > 0) this.#close();
    const arrivals = this.#closed.shift();
    return arrivals === undefined ? null : newBatch(this.channel, arrivals);
  }

  /** Acks as far as everything is stored. */
  stored(batch: ArrivalBatch): void {
    const tags = batch.arrivals.map(({ delivery }) => delivery.deliveryTag);
    const last = Math.max(...tags);
    if (batch.id !== null) this.#unfenced.set(batch.id, last);
    for (const entry of batch.entries) this.#unfencedEntries.set(entry, last);
    const reach = this.#ledger.stored(tags);
    const acked = reach !== null && this.channel.delivery.ack(reach, true);
    if (this.channel.delivery.wasCancelled) this.#doubt();
    else if (acked) {
      this.#ackedUpTo = reach;
      void this.sync();
    }
  }

  #doubt(): void {
    const { unfenced, entries } = this.#takeUnfenced();
    this.#events.onDoubted(unfenced, entries);
  }

  /** Asks the broker for a sign that the acks were processed; resolves when there is nothing more to ask for now. */
  sync(): Promise<void> {
    this.#syncing ??= this.#sync().finally(() => {
      this.#syncing = null;
    });
    return this.#syncing;
  }

  async #sync(): Promise<void> {
    for (;;) {
      const acked = this.#acked(this.#unfenced);
      const entries = this.#acked(this.#unfencedEntries);
      if (acked.length + entries.length === 0 || !(await this.channel.delivery.syncPoint())) return;
      if (this.channel.delivery.wasCancelled) {
        this.#doubt();
        return;
      }
      for (const batchId of acked) this.#unfenced.delete(batchId);
      for (const entry of entries) this.#unfencedEntries.delete(entry);
      this.#events.onFenced(acked, entries);
    }
  }

  #acked<Id>(unfenced: ReadonlyMap<Id, number>): Id[] {
    return [...unfenced].filter(([, lastTag]) => lastTag <= this.#ackedUpTo).map(([id]) => id);
  }

  /**
   * The channel died.
   *
   * @returns what was not yet taken, and the batches and messages of the journal whose acks may not have been processed.
   */
  lost(): { letGo: Arrival[]; unfenced: bigint[]; entries: string[] } {
    const letGo = [...this.#closed.flat(), ...this.#open];
    this.#closed.length = 0;
    this.#open = [];
    this.#openDue = false;
    clearTimeout(this.#timer);
    return { letGo, ...this.#takeUnfenced() };
  }

  #takeUnfenced(): { unfenced: bigint[]; entries: string[] } {
    const unfenced = [...this.#unfenced.keys()];
    this.#unfenced.clear();
    const entries = [...this.#unfencedEntries.keys()];
    this.#unfencedEntries.clear();
    return { unfenced, entries };
  }
}
