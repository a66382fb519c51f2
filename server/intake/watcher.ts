import type { Logger } from 'pino';

import type { Connection } from '../amqp/connection.ts';
import { openConsumer, type Consumer, type DeliveryChannel } from '../amqp/consumer.ts';
import type { Delivery } from '../amqp/message.ts';
import type { WatchState } from '../contract/dead-queues.ts';
import { contentCipherOf } from '../encryption/content-cipher.ts';
import { databaseFault } from '../database/faults.ts';
import type { WatchedQueue } from '../dead-queues/dead-queue-store.ts';
import type { BusinessKeyRule } from '../orders/business-keys.ts';

import type { ArrivalBatch } from './arrival-batch.ts';
import { readArrival } from './arrival.ts';
import { BatchWriter, type WriterServices } from './batch-writer.ts';
import { ChannelLife, type BatchLimits } from './channel-life.ts';
import { channelName, Fence } from './fence.ts';

/** How a dead queue is taken in. */
export interface IntakeSettings {
  /** Messages that RabbitMQ sends ahead of their acks, where the dead queue says nothing else. */
  prefetch: number;
  /** A batch is closed at so many messages … */
  batchMessages: number;
  /** … or bytes … */
  batchBytes: number;
  /** … or so many ms after its first message. */
  batchMs: number;
  /** Batches of one dead queue, and of the process, that are written at the same time. */
  writers: number;
}

export const INTAKE_DEFAULTS: IntakeSettings = {
  // More than the writers have in hand, or they wait for deliveries: measured, 1000 took in a third less.
  prefetch: 2500,
  batchMessages: 500,
  batchBytes: 8 * 1024 * 1024,
  batchMs: 50,
  writers: 2,
};

/** What is to be said of a watch at a moment. */
export interface WatchSight {
  state: WatchState;
  since: Date;
  lastError: string | null;
  lastMessageAt: Date | null;
}

export interface WatcherOptions {
  services: WriterServices;
  connection: Connection;
  queue: WatchedQueue;
  brokerName: string;
  keyRules: readonly BusinessKeyRule[];
  settings: IntakeSettings;
  logger: Logger;
  onChange: () => void;
}

/**
 * Takes one dead queue in, on a channel and a consumer of its own: deliveries are read and batched, batches stored, and
 * what is stored is acked. Nothing is ever given back to the queue: a quorum queue counts returns and can drop the
 * message. What is in hand when a channel dies is let go; the broker delivers it again.
 */
export class Watcher {
  readonly queue: WatchedQueue;
  readonly fence: Fence;
  readonly #options: WatcherOptions;
  readonly #consumer: Consumer;
  readonly #writer: BatchWriter;
  readonly #limits: BatchLimits;
  readonly #lives = new Map<number, ChannelLife>();
  readonly #giveUp = new AbortController();
  #writing = 0;
  #stopping = false;
  #lastMessageAt: Date | null = null;
  #lastLoss = performance.now();
  #whenIdle: (() => void)[] = [];

  constructor(options: WatcherOptions) {
    const { services, queue, settings } = options;
    this.#options = options;
    this.queue = queue;
    this.#limits = { count: settings.batchMessages, bytes: settings.batchBytes, ms: settings.batchMs };
    this.fence = new Fence({
      database: services.database,
      deadQueueId: queue.id,
      instanceId: services.instanceId,
    });
    this.#writer = new BatchWriter({
      services,
      deadQueue: queue,
      fence: this.fence,
      giveUp: this.#giveUp.signal,
      events: {
        onStored: (part) => {
          this.#onStored(part);
        },
        onLetGo: (part) => {
          this.fence.letGo(part.arrivals);
        },
      },
    });
    this.#consumer = openConsumer({
      connection: options.connection,
      queue: queue.name,
      prefetch: queue.prefetch ?? settings.prefetch,
      logger: options.logger,
      onDelivery: (delivery, channel) => {
        this.#onDelivery(delivery, channel);
      },
      onLost: (channel) => {
        this.#onLost(channel);
      },
      onStateChange: options.onChange,
    });
    this.followGate();
  }

  /** ms since a channel died last: how long ago messages went back to the queue by our doing. */
  get sinceLossMs(): number {
    return performance.now() - this.#lastLoss;
  }

  get sight(): WatchSight {
    const { status, since, reason } = this.#consumer.state;
    const { gate } = this.#options.services;
    const lastMessageAt = this.#lastMessageAt;
    if (this.#stopping || status === 'stopped') return { state: 'stopped', since, lastError: null, lastMessageAt };
    if (status === 'paused' || (!gate.open && this.queue.whenAway === 'hold')) {
      return { state: 'waitingForStore', since: gate.since, lastError: null, lastMessageAt };
    }
    return { state: status, since, lastError: reason, lastMessageAt };
  }

  /** Consumes while the database takes writes, or the journal does for a queue that does not wait. */
  followGate(): void {
    if (this.#stopping) return;
    const { gate, journal } = this.#options.services;
    if (gate.open || (this.queue.whenAway === 'journal' && journal.takes)) this.#consumer.resume();
    else this.#consumer.pause();
  }

  #onDelivery(delivery: Delivery, channel: DeliveryChannel): void {
    this.#lastMessageAt = new Date();
    const { queue, brokerName, keyRules, services } = this.#options;
    const cipher = contentCipherOf(services.database);
    const arrival = readArrival(delivery, { deadQueue: queue, brokerName, keyRules, cipher });
    this.fence.arrived(arrival);
    this.#lifeOf(channel).add(arrival);
  }

  #lifeOf(delivery: DeliveryChannel): ChannelLife {
    const known = this.#lives.get(delivery.id);
    if (known !== undefined) return known;
    const session = `${this.#options.services.instanceId}.${this.#options.connection.session?.id ?? 0}`;
    const life = new ChannelLife({
      channel: { session, name: channelName(session, delivery.id), delivery },
      limits: this.#limits,
      events: {
        onDue: (due) => {
          this.#writeDue(due);
        },
        onFenced: (batchIds, entries) => {
          this.fence.fenced(batchIds);
          this.#flush();
          // Without the note they are only taken for less certain.
          if (entries.length > 0) this.#options.services.journal.noteAcked(entries).catch(() => undefined);
        },
        onDoubted: (batchIds, entries) => {
          this.#options.services.journal.noteLost(entries);
          this.fence.lost(batchIds);
          this.#flush();
        },
      },
    });
    this.#lives.set(delivery.id, life);
    return life;
  }

  #writeDue(life: ChannelLife): void {
    while (this.#writing < this.#options.settings.writers) {
      const batch = life.take();
      if (batch === null) return;
      this.#writing += 1;
      void this.#writer.write(batch).finally(() => {
        this.#writing -= 1;
        for (const other of this.#lives.values()) this.#writeDue(other);
        this.#tellIdle();
      });
    }
  }

  #onStored(part: ArrivalBatch): void {
    this.fence.done(part.arrivals);
    const { delivery } = part.channel;
    const life = this.#lives.get(delivery.id);
    if (life !== undefined) life.stored(part);
    // Its channel died while it was being committed.
    else {
      this.#options.services.journal.noteLost(part.entries);
      if (part.id === null) return;
      this.fence.lost([part.id]);
      this.#flush();
    }
  }

  #onLost(channel: DeliveryChannel): void {
    this.#lastLoss = performance.now();
    const life = this.#lives.get(channel.id);
    if (life === undefined) return;
    this.#lives.delete(channel.id);
    const { letGo, unfenced, entries } = life.lost();
    this.#options.services.journal.noteLost(entries);
    this.fence.letGo(letGo);
    this.fence.lost(unfenced);
    this.#flush();
    this.#tellIdle();
  }

  /** What could not be written stays known, and is written before the next look-up. */
  #flush(): void {
    this.fence.flush().catch((error: unknown) => {
      if (databaseFault(error) === 'away') this.#options.services.gate.failed(error);
    });
  }

  get #idle(): boolean {
    return this.#writing === 0 && [...this.#lives.values()].every(({ inHand }) => inHand === 0);
  }

  #tellIdle(): void {
    if (!this.#idle) return;
    for (const tell of this.#whenIdle.splice(0)) tell();
  }

  /**
   * Stops in order: no more deliveries → what is in hand is stored and acked → the acks are known to be processed → the
   * channel is closed. After `graceMs` what is not stored yet is let go: the broker keeps it.
   */
  async stop(graceMs: number): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    const deadline = performance.now() + graceMs;
    const left = () => Math.max(0, deadline - performance.now());
    this.#consumer.pause();
    // A round trip after the cancel: what was on its way has arrived.
    const lives = [...this.#lives.values()];
    await atMost(left(), Promise.all(lives.map(({ channel }) => channel.delivery.syncPoint())));
    for (const life of this.#lives.values()) life.hurry();
    if (!this.#idle) await atMost(left(), new Promise<void>((resolve) => this.#whenIdle.push(resolve)));
    await atMost(left(), Promise.all(lives.map((life) => life.sync())));
    this.#giveUp.abort();
    await this.#consumer.stop(0);
    await atMost(left(), this.fence.flush());
  }
}

/** Waits for something, but not for ever, and whatever becomes of it. */
async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work.catch(() => undefined), timeout]);
  clearTimeout(timer);
}
