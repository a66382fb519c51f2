import type { Logger } from 'pino';

import type { ItemError } from '../contract/errors.ts';
import type { BrokerTerms } from './broker-terms.ts';
import type { Connection } from './connection.ts';
import type { MessageContents } from './message.ts';
import { correlationOf, hasOwnRouting, refusalBefore, refused } from './publish-checks.ts';
import { PublishLane } from './publish-lane.ts';
import { Room } from './room.ts';
import { prepare, type Prepared } from './typed-codec.ts';

export { OFFICE_HEADER } from './publish-checks.ts';
export type { Prepared } from './typed-codec.ts';

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
  /** What `prepareToPublish` made of these very contents, where that was asked before. For one publish. */
  prepared?: Prepared;
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
  /** What its broker takes, as far as it is known now. */
  readonly terms: BrokerTerms;
  /** Mandatory, and with publisher confirm. Never rejects: whatever happens is a result. Order is kept per exchange. */
  publish(request: PublishRequest): Promise<PublishResult>;
  /** Takes nothing more, waits up to `graceMs` (default 10 000) for what is in flight, closes its channels. */
  close(graceMs?: number): Promise<void>;
}

const MAX_IN_FLIGHT = 256;
const MAX_BYTES_IN_FLIGHT = 64 * 1024 * 1024;

/**
 * Opens channels when they are needed: one per target exchange, so that an exchange that is missing closes no channel
 * on which messages to another one are in flight.
 */
export function openPublisher(options: PublisherOptions): Publisher {
  return new LanePublisher(options);
}

/** Makes a message ready to leave; null when it cannot be written exactly. */
export function prepareToPublish(contents: MessageContents): Prepared | null {
  try {
    return prepare(contents, true);
  } catch {
    return null;
  }
}

class LanePublisher implements Publisher {
  readonly #options: PublisherOptions;
  readonly #room: Room;
  readonly #lanes = new Map<string, PublishLane>();
  #closed = false;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#room = new Room(options.maxInFlight ?? MAX_IN_FLIGHT, options.maxBytesInFlight ?? MAX_BYTES_IN_FLIGHT);
  }

  get terms(): BrokerTerms {
    const { user, session } = this.#options.connection;
    return {
      user,
      mostBytes: this.#room.mostBytes(session?.id),
      anyDeliveryMode: session === null || Number(session.serverVersion.split('.')[0]) >= 4,
    };
  }

  async publish(request: PublishRequest): Promise<PublishResult> {
    if (this.#closed) return { outcome: 'failed', code: 'item.operationEnded', replyText: 'the publisher is closed' };
    const { exchange, routingKey, contents, deadlineMs, targetQueues } = request;
    const prepared = request.prepared ?? prepareToPublish(contents);
    const refusal = refusalBefore(request, prepared !== null);
    if (refusal) return refusal;
    if (prepared === null) return refused('item.notExact', 'it cannot be written');
    const ownRouting = hasOwnRouting(contents);
    const { userId, deliveryMode = 1 } = contents.properties;
    return this.#laneTo(exchange).submit({
      outgoing: {
        exchange,
        routingKey,
        body: contents.body,
        prepared,
        correlation: correlationOf(contents.headers),
        // The default exchange routes to the one queue that the key names.
        targetQueues: targetQueues ?? (exchange === '' && !ownRouting ? 1 : undefined),
        deadlineMs,
      },
      // 3.x closes the channel on a delivery mode that it does not know, 4.x takes it.
      checkedByBroker: ownRouting || userId !== undefined || (deliveryMode !== 1 && deliveryMode !== 2),
      mayLeave: request.mayLeave,
    });
  }

  #laneTo(exchange: string): PublishLane {
    let lane = this.#lanes.get(exchange);
    if (!lane) {
      const { connection, logger } = this.#options;
      lane = new PublishLane(exchange, connection, this.#room, logger, () => this.#lanes.delete(exchange));
      this.#lanes.set(exchange, lane);
    }
    return lane;
  }

  async close(graceMs = 10_000): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#lanes.values()].map((lane) => lane.close(graceMs)));
  }
}
