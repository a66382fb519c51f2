import type { Logger } from 'pino';

import { Backoff } from './backoff.ts';
import { safeText, toBrokerError } from './broker-error.ts';
import type { Connection, Session } from './connection.ts';
import { ConsumingChannel, type DeliveryChannel } from './delivery-channel.ts';
import type { Delivery } from './message.ts';
import { absenceOf, askQueueOn, type Absence } from './topology.ts';
import { within } from './within.ts';

/**
 * | status | means | leaves it by |
 * |---|---|---|
 * | `away` | no connection, or the channel was lost a moment ago | connection back → looked at again |
 * | `missing` | the broker has no such queue, or it was deleted while consumed | looked at again, with a growing pause |
 * | `exclusive` | another connection has the queue, or its consumption, for itself | likewise |
 * | `refused` | the broker says no for another reason (permissions, a type that cannot be consumed like this) | likewise |
 * | `consuming` | messages are delivered | |
 * | `paused` | `pause()`: nothing new is delivered; what is in hand can still be acked | `resume()` |
 * | `stopped` | `stop()`: for good | |
 */
export interface ConsumerState {
  status: 'away' | 'missing' | 'exclusive' | 'refused' | 'consuming' | 'paused' | 'stopped';
  since: Date;
  /** The broker's words, or null. Safe to show. */
  reason: string | null;
}

export type { DeliveryChannel } from './delivery-channel.ts';

export interface ConsumerOptions {
  connection: Connection;
  /** Never declared, only looked for. */
  queue: string;
  /** Messages, 1 to 65 535. */
  prefetch: number;
  logger: Logger;
  /**
   * Called for each delivery, synchronously and in order. Must not throw. The delivery's bytes count in the
   * connection's byte budget until it is acked or its channel is lost.
   */
  onDelivery: (delivery: Delivery, channel: DeliveryChannel) => void;
  /** The tags of this channel mean nothing any more. Let go of what was not stored yet: it is delivered again. */
  onLost?: (channel: DeliveryChannel, reason: string) => void;
  onStateChange?: (state: ConsumerState) => void;
  /** Pauses between looks at a queue that cannot be consumed, in ms. Default: 1 000 growing to 15 000. */
  retry?: { initialMs: number; maxMs: number };
}

export interface Consumer {
  readonly queue: string;
  readonly state: ConsumerState;
  /** Stops new deliveries; the channel lives on, so that what is in hand can be stored and acked later. */
  pause(): void;
  /** Consumes again after `pause()`. */
  resume(): void;
  /**
   * For good: cancels the consumer, waits up to `graceMs` (default 10 000) until everything delivered has been acked,
   * then closes the channel. What was on its way is still handed over; what was not acked goes back to the queue.
   */
  stop(graceMs?: number): Promise<void>;
}

/** How long the broker may take to start a consumer. */
const START_WITHIN_MS = 15_000;
/** How long the channel of a consumer that the broker cancelled is kept for the acks of what is in hand. */
const CANCELLED_GRACE_MS = 30_000;

/** Starts consuming as soon as the connection and the queue are there. */
export function openConsumer(options: ConsumerOptions): Consumer {
  return new QueueConsumer(options);
}

class QueueConsumer implements Consumer {
  readonly queue: string;
  readonly #options: ConsumerOptions;
  readonly #backoff: Backoff;
  #state: ConsumerState = { status: 'away', since: new Date(), reason: null };
  #mode: 'running' | 'paused' | 'stopped' = 'running';
  #channel: ConsumingChannel | null = null;
  /** Channels that take only acks any more. */
  readonly #retiring = new Set<ConsumingChannel>();
  /** A newer attempt makes every older one give up after its next answer. */
  #attempt = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopping: Promise<void> | null = null;
  readonly #stopListening: () => void;

  constructor(options: ConsumerOptions) {
    this.queue = options.queue;
    this.#options = options;
    this.#backoff = new Backoff(options.retry?.initialMs ?? 1_000, options.retry?.maxMs ?? 15_000);
    this.#stopListening = options.connection.onConnected(() => {
      this.#backoff.reset();
      this.#look();
    });
  }

  get state(): ConsumerState {
    return this.#state;
  }

  pause(): void {
    if (this.#mode !== 'running') return;
    this.#mode = 'paused';
    this.#giveUpAttempt();
    void this.#channel?.cancel();
    this.#change('paused', null);
  }

  resume(): void {
    if (this.#mode !== 'paused') return;
    this.#mode = 'running';
    this.#change('away', null);
    this.#look();
  }

  stop(graceMs = 10_000): Promise<void> {
    this.#stopping ??= this.#stop(graceMs);
    return this.#stopping;
  }

  async #stop(graceMs: number): Promise<void> {
    this.#mode = 'stopped';
    this.#giveUpAttempt();
    this.#stopListening();
    const channels = [...this.#retiring];
    if (this.#channel) channels.push(this.#channel);
    await Promise.all(channels.map((channel) => channel.finish(graceMs)));
    this.#change('stopped', null);
  }

  #giveUpAttempt(): void {
    this.#attempt++;
    clearTimeout(this.#timer);
  }

  #look(): void {
    const session = this.#options.connection.session;
    if (this.#mode !== 'running' || !session) return;
    this.#giveUpAttempt();
    const attempt = this.#attempt;
    this.#start(session, () => attempt !== this.#attempt)
      .catch((thrown: unknown) => absenceOf(toBrokerError('channel', thrown)))
      .then((absence) => {
        if (attempt !== this.#attempt) return;
        if (absence) this.#lookAgain(absence);
        else {
          this.#backoff.reset();
          this.#change('consuming', null);
        }
      })
      .catch((thrown: unknown) => {
        this.#options.logger.error({ err: thrown }, 'a listener of a consumer threw');
      });
  }

  /** Returns why it cannot be consumed, or undefined when it is. */
  async #start(session: Session, givenUp: () => boolean): Promise<Absence | undefined> {
    // Paused and resumed: the channel, with what is in hand, is still there.
    const kept = this.#channel;
    if (kept?.alive) {
      await this.#consumeOn(kept);
      return undefined;
    }
    const facts = await askQueueOn(session, this.queue, START_WITHIN_MS);
    if (givenUp()) return undefined;
    if (facts.state !== 'present') return facts;
    const opened = await within(START_WITHIN_MS, session.openChannel());
    const channel = new ConsumingChannel(session, opened, this.#options.prefetch, {
      onDelivery: (delivery, from) => {
        this.#handOver(delivery, from);
      },
      onCancelled: (from) => {
        this.#onCancelled(from);
      },
      onDead: (from, reason) => {
        this.#onDead(from, reason);
      },
    });
    if (givenUp()) {
      await channel.finish(0);
      return undefined;
    }
    this.#channel = channel;
    // Pausing and stopping reach the channel from here on.
    await this.#consumeOn(channel);
    return undefined;
  }

  async #consumeOn(channel: ConsumingChannel): Promise<void> {
    try {
      await within(START_WITHIN_MS, channel.consume(this.queue));
    } catch (thrown) {
      // The channel is closed by the broker's "no"; after no answer at all it is of no use either.
      await channel.finish(0);
      throw thrown;
    }
  }

  #handOver(delivery: Delivery, channel: ConsumingChannel): void {
    try {
      this.#options.onDelivery(delivery, channel);
    } catch (thrown) {
      // An error here must not reach amqplib, which would close the connection of every other consumer.
      this.#options.logger.error({ err: thrown, queue: this.queue }, 'a delivery was not taken');
    }
  }

  /** The queue was deleted, or its leader moved, or an ack took too long: the tags in hand may still be good. */
  #onCancelled(channel: ConsumingChannel): void {
    if (this.#channel !== channel) return;
    this.#channel = null;
    this.#retiring.add(channel);
    void channel.finish(CANCELLED_GRACE_MS);
    if (this.#mode !== 'running') return;
    this.#giveUpAttempt();
    this.#lookAgain({ state: 'missing', reason: 'RabbitMQ cancelled the consumer', replyCode: null });
  }

  #onDead(channel: ConsumingChannel, reason: string): void {
    const wasCurrent = this.#channel === channel;
    if (wasCurrent) this.#channel = null;
    this.#retiring.delete(channel);
    if (wasCurrent && this.#state.status === 'consuming') {
      this.#giveUpAttempt();
      this.#lookAgain({ state: 'unavailable', reason, replyCode: null });
    }
    this.#options.onLost?.(channel, reason);
  }

  #lookAgain({ state, reason }: Absence): void {
    if (this.#mode !== 'running') return;
    this.#change(state === 'unavailable' ? 'away' : state, reason);
    if (!this.#options.connection.session) return;
    this.#timer = setTimeout(() => {
      this.#look();
    }, this.#backoff.next());
  }

  #change(status: ConsumerState['status'], reason: string | null): void {
    const { status: before, reason: reasonBefore, since } = this.#state;
    if (status === before && reason === reasonBefore) return;
    this.#state = { status, since: status === before ? since : new Date(), reason };
    this.#options.logger.info({ queue: this.queue, status, reason }, 'the state of a dead queue changed');
    try {
      this.#options.onStateChange?.(this.#state);
    } catch (thrown) {
      this.#options.logger.error({ err: safeText(thrown), queue: this.queue }, 'a listener of a consumer threw');
    }
  }
}
