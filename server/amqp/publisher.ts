import type { Logger } from 'pino';

import type { ItemError } from '../contract/errors.ts';
import type { Connection } from './connection.ts';
import type { MessageContents } from './message.ts';

/** The header that names a resend. Returns are matched by its value, so no two messages in flight bear the same. */
export const OFFICE_HEADER = 'x-dead-letter-office-id';

/**
 * How one publish ended.
 *
 * | outcome | means |
 * |---|---|
 * | `confirmed` | the broker acked it and did not return it |
 * | `unroutable` | the broker returned it: it is in no queue |
 * | `refused` | the broker, or a check before it, said no: it is in no queue |
 * | `failed` | our fault or no connection: nothing left the process |
 * | `unknown` | it may have left: channel or connection lost, no confirm in time, nack with several target queues |
 */
export interface PublishResult {
  outcome: 'confirmed' | 'unroutable' | 'refused' | 'failed' | 'unknown';
  /** Null when confirmed. */
  code: ItemError | null;
  /** AMQP's code and text where the broker gave one; our own words in `replyText` where a check said no. */
  replyCode?: number;
  replyText?: string;
}

export interface PublishRequest {
  /** '' is the default exchange: the routing key is a queue's name. */
  exchange: string;
  routingKey: string;
  /** Published as they are: same body bytes, properties, header types; absent stays absent. */
  contents: MessageContents;
  /** How long it may wait for its turn (then `failed`), and again how long for the confirm (then `unknown`), in ms. */
  deadlineMs: number;
  /** How many queues it would reach, if known: a nack by a single one is `refused`, else `unknown`. */
  targetQueues?: number;
  /**
   * Asked synchronously right before the bytes leave; false → `failed` with `item.operationEnded`, nothing sent.
   * The place to look whether a lease still holds.
   */
  mayLeave?: () => boolean;
}

export interface PublisherOptions {
  /** One of its own: an alarm of the broker blocks every connection that publishes. */
  connection: Connection;
  logger: Logger;
  /** Messages written and not yet confirmed. Default: 256. */
  maxInFlight?: number;
  /** Bytes of bodies written and not yet confirmed; one message is always let through. Default: 64 MiB. */
  maxBytesInFlight?: number;
}

export interface Publisher {
  /** Mandatory, and with publisher confirm. Never rejects: whatever happens is a result. Order is kept per exchange. */
  publish(request: PublishRequest): Promise<PublishResult>;
  /** Takes nothing more, waits up to `graceMs` (default 10 000) for what is in flight, closes its channels. */
  close(graceMs?: number): Promise<void>;
}

declare function notYet(): never;
/** Opens channels when they are needed. */
export function openPublisher(_options: PublisherOptions): Publisher {
  return notYet();
}
