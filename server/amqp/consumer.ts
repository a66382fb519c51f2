import type { Logger } from 'pino';

import type { Connection } from './connection.ts';
import type { Delivery } from './message.ts';

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
   * then closes the channel. What was not acked goes back to the queue.
   */
  stop(graceMs?: number): Promise<void>;
}

declare function notYet(): never;
/** Starts consuming as soon as the connection and the queue are there. */
export function openConsumer(_options: ConsumerOptions): Consumer {
  return notYet();
}
