import { randomUUID } from 'node:crypto';

import type { Channel, ConsumeMessage, Message } from 'amqplib';

import { safeText } from './broker-error.ts';
import type { Session } from './connection.ts';
import type { Delivery } from './message.ts';
import { contentsOf, weightOf } from './typed-codec.ts';
import { within } from './within.ts';

/**
 * One life of a consumer's channel. Delivery tags count on their channel only, so every tag travels with its channel:
 * a tag of a dead channel is never acked on a new one.
 */
export interface DeliveryChannel {
  /** Unique in this process. */
  readonly id: number;
  /** False once its tags mean nothing any more: the broker delivers what was not acked again, as redelivered. */
  readonly alive: boolean;
  /**
   * The broker ended the consumer: its queue was deleted, or has taken back what was in hand too long (a quorum queue of
   * RabbitMQ 4.3, which leaves the channel as it is). An ack may mean nothing then, although the broker processes it.
   */
  readonly wasCancelled: boolean;
  /**
   * Acks a tag, or all tags up to it. False when the channel is gone (nothing was sent). True means handed to the
   * socket; that the broker has processed it is known when a later `syncPoint()` returns true.
   */
  ack(deliveryTag: number, multiple: boolean): boolean;
  /**
   * A synchronous round trip on this channel. True: every ack given before has been processed by the broker, and
   * nothing acked can come back as long as the broker lives. False: the channel was lost before the answer.
   * While the byte budget is shut the answer waits until it opens: never hold bytes back for it.
   */
  syncPoint(): Promise<boolean>;
}

export interface ChannelEvents {
  onDelivery: (delivery: Delivery, channel: ConsumingChannel) => void;
  /** The broker cancelled the consumer; the channel itself lives on. */
  onCancelled: (channel: ConsumingChannel) => void;
  /** Called once, however it ended. */
  onDead: (channel: ConsumingChannel, reason: string) => void;
}

const CLOSE_WITHIN_MS = 2_000;
let channels = 0;

/**
 * | state | means | leaves it by |
 * |---|---|---|
 * | delivering | messages are handed on | `cancel()` → idle |
 * | idle | no consumer; what is in hand can be acked | `consume()` → delivering, `finish()` → closing |
 * | closing | nothing is handed on or acked any more | the broker's answer, or no answer in time → dead |
 * | dead | tags mean nothing any more | |
 */
export class ConsumingChannel implements DeliveryChannel {
  readonly id = ++channels;
  readonly #session: Session;
  readonly #channel: Channel;
  readonly #prefetch: number;
  readonly #events: ChannelEvents;
  readonly #stopListening: (() => void) | undefined;
  /** Weight in bytes by tag, in the order of the tags: what was handed on and not acked. */
  readonly #inHand = new Map<number, number>();
  #consumerTag: string | null = null;
  #closing = false;
  #alive = true;
  #wasCancelled = false;
  #reason = 'the connection to RabbitMQ ended';
  /** Those who wait until nothing is in hand. */
  readonly #waiting: (() => void)[] = [];

  constructor(session: Session, channel: Channel, prefetch: number, events: ChannelEvents) {
    this.#session = session;
    this.#channel = channel;
    this.#prefetch = prefetch;
    this.#events = events;
    channel.on('error', (error: Error) => {
      this.#reason = safeText(error);
    });
    channel.on('close', () => {
      this.#die();
    });
    this.#stopListening = session.onEnd(() => {
      this.#die();
    });
  }

  get alive(): boolean {
    return this.#alive;
  }

  get wasCancelled(): boolean {
    return this.#wasCancelled;
  }

  /** Sets the prefetch and starts a consumer. Rejects with what amqplib throws. */
  async consume(queue: string): Promise<void> {
    const consumerTag = `dead-letter-office.${randomUUID()}`;
    this.#consumerTag = consumerTag;
    const onMessage = (message: ConsumeMessage | null) => {
      if (message) this.#deliver(message);
      else if (this.#consumerTag === consumerTag) {
        this.#consumerTag = null;
        this.#wasCancelled = true;
        this.#events.onCancelled(this);
      }
    };
    // Both are sent at once, so that a `cancel()` can only follow them.
    await Promise.all([
      this.#channel.prefetch(this.#prefetch),
      this.#channel.consume(queue, onMessage, { consumerTag, noAck: false }),
    ]);
  }

  /**
   * Asks the broker to deliver nothing more. What is on its way still arrives and is handed on; after that the promise
   * resolves. Never rejects: when the channel dies instead, `onDead` tells.
   */
  async cancel(): Promise<void> {
    const consumerTag = this.#consumerTag;
    this.#consumerTag = null;
    if (consumerTag === null || !this.#alive) return;
    await this.#channel.cancel(consumerTag).catch(() => undefined);
  }

  #deliver(message: ConsumeMessage): void {
    // Left unacked: it goes back to its queue when the channel closes.
    if (this.#closing || !this.#alive) return;
    const { deliveryTag, redelivered, exchange, routingKey } = message.fields;
    const weight = weightOf(message);
    this.#session.budget.take(weight);
    this.#inHand.set(deliveryTag, weight);
    const contents = contentsOf(message);
    const body = ownBytes(contents.body);
    this.#events.onDelivery({ ...contents, body, deliveryTag, redelivered, exchange, routingKey }, this);
  }

  ack(deliveryTag: number, multiple: boolean): boolean {
    if (this.#closing || !this.#alive) return false;
    // An ack of a tag that is not in hand would make the broker close the channel: never send one.
    let highest: number | null = null;
    if (!multiple) highest = this.#inHand.has(deliveryTag) ? deliveryTag : null;
    else {
      for (const tag of this.#inHand.keys()) {
        if (tag > deliveryTag) break;
        highest = tag;
      }
    }
    if (highest === null) return true;
    try {
      this.#channel.ack(withTag(highest), multiple);
    } catch (thrown) {
      // The channel is closing, and amqplib takes nothing more.
      this.#reason = safeText(thrown);
      this.#die();
      return false;
    }
    if (multiple) {
      for (const tag of this.#inHand.keys()) {
        if (tag > highest) break;
        this.#giveBack(tag);
      }
    } else this.#giveBack(highest);
    if (this.#inHand.size === 0) this.#wake();
    return true;
  }

  #giveBack(tag: number): void {
    this.#session.budget.giveBack(this.#inHand.get(tag) ?? 0);
    this.#inHand.delete(tag);
  }

  async syncPoint(): Promise<boolean> {
    if (!this.#alive) return false;
    try {
      // basic.qos with the same prefetch changes nothing, and is answered by the channel after the acks before it.
      await this.#channel.prefetch(this.#prefetch);
      return this.#alive;
    } catch {
      return false;
    }
  }

  /**
   * Cancels, waits up to `graceMs` until everything delivered was acked, and closes the channel. Never rejects.
   * What was delivered before the cancel is handed on, not dropped: a quorum queue counts every return.
   */
  async finish(graceMs: number): Promise<void> {
    await within(graceMs, this.#emptied()).catch(() => undefined);
    if (this.#closing || !this.#alive) return;
    this.#closing = true;
    this.#reason = 'the consumer was stopped';
    // The broker answers after it has processed the acks before.
    await within(CLOSE_WITHIN_MS, this.#channel.close()).catch(() => undefined);
    this.#die();
  }

  async #emptied(): Promise<void> {
    await this.cancel();
    if (this.#inHand.size > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #die(): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#stopListening?.();
    for (const tag of this.#inHand.keys()) this.#giveBack(tag);
    this.#wake();
    this.#events.onDead(this, this.#reason);
  }
}

/** A small body is a view into the buffer of a whole socket read, and would keep all of that in memory. */
function ownBytes(body: Buffer): Buffer {
  return body.buffer.byteLength > 2 * body.length ? Buffer.from(body) : body;
}

/** amqplib acks messages; all it looks at is the tag. */
function withTag(deliveryTag: number): Message {
  return {
    content: Buffer.alloc(0),
    fields: { deliveryTag, redelivered: false, exchange: '', routingKey: '' },
    properties: NO_PROPERTIES,
  };
}

const NO_PROPERTIES: Message['properties'] = {
  contentType: undefined,
  contentEncoding: undefined,
  headers: undefined,
  deliveryMode: undefined,
  priority: undefined,
  correlationId: undefined,
  replyTo: undefined,
  expiration: undefined,
  messageId: undefined,
  timestamp: undefined,
  type: undefined,
  userId: undefined,
  appId: undefined,
  clusterId: undefined,
};
