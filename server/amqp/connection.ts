import type { Channel, ConfirmChannel } from 'amqplib';
import type { Logger } from 'pino';

import type { ByteBudget } from './byte-budget.ts';

/**
 * | status | means |
 * |---|---|
 * | `connecting` | no connection; it is tried again and again, with a growing, jittered pause |
 * | `connected` | the broker answers |
 * | `closed` | `close()` was called: for good |
 */
export interface ConnectionState {
  status: 'connecting' | 'connected' | 'closed';
  since: Date;
  /** Why there is no connection, or why the one before ended. Safe to show. */
  lastError: string | null;
  /** The broker's reason while it takes no publishes (memory or disk alarm), else null. */
  blocked: string | null;
}

export interface ConnectionOptions {
  /** amqp:// or amqps://, with credentials and vhost. Never logged. */
  url: string;
  /** Shown as the connection's name in RabbitMQ's management, e.g. `dead-letter-office intake`. */
  name: string;
  logger: Logger;
  /** Bytes of messages that consumers on this connection may hold before the socket is left unread. Default: 64 MiB. */
  byteBudget?: number;
  /** Seconds. Default: 30. */
  heartbeat?: number;
  /** Pauses between attempts, in ms. Default: 250 growing to 15 000. */
  retry?: { initialMs: number; maxMs: number };
  /** How long one attempt may take, in ms. Default: 10 000. */
  connectTimeoutMs?: number;
}

/** One life of a connection, from the broker's welcome until it ends. Channels belong to a session and die with it. */
export interface Session {
  /** Unique in this process. */
  readonly id: number;
  /** The most bytes that one frame may have, as negotiated. */
  readonly frameMax: number;
  /** E.g. `4.3.6`. */
  readonly serverVersion: string;
  /** Shared by all consumers of this connection. */
  readonly budget: ByteBudget;
  readonly ended: boolean;
  /** Rejects with a BrokerError. The caller adds its own `error` listener at once; a spare one is there already. */
  openChannel(): Promise<Channel>;
  openConfirmChannel(highWaterMark?: number): Promise<ConfirmChannel>;
  /** Calls back once when this session ends; at once when it has ended. The returned function takes the listener away. */
  onEnd(listener: () => void): () => void;
}

/** A connection that comes back by itself. */
export interface Connection {
  readonly name: string;
  readonly state: ConnectionState;
  /** The living session, or null. */
  readonly session: Session | null;
  /**
   * Calls back with every new session, and at once when there is one: the place to open channels.
   * The listener must not throw. The returned function takes it away.
   */
  onConnected(listener: (session: Session) => void): () => void;
  /** Calls back on every change of `state`. */
  onStateChange(listener: (state: ConnectionState) => void): () => void;
  /** Waits for a session. Rejects with a BrokerError after `timeoutMs`, or when the connection is closed. */
  connected(timeoutMs: number): Promise<Session>;
  /**
   * Ends it for good, within 5 s even when the broker does not answer. Close consumers and publishers before it:
   * acks that are still in a channel's buffer would be lost.
   */
  close(): Promise<void>;
}

declare function notYet(): never;
/** Starts connecting and returns at once; it never gives up by itself. Throws when the URL is not one of AMQP. */
export function openConnection(_options: ConnectionOptions): Connection {
  return notYet();
}
