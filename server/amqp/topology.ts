import type { Connection } from './connection.ts';

/** What a passive declare says of a queue. Asking changes nothing and never creates it. */
export type QueueFacts =
  | { state: 'present'; messages: number; consumers: number }
  | { state: 'missing' | 'exclusive' | 'refused' | 'unavailable'; reason: string };

/**
 * Depth and consumers of a queue. `unavailable`: no connection, no answer in time (default 5 000 ms), or a queue that
 * is down. `messages` counts what is ready, not what consumers hold.
 */
export declare function askQueue(connection: Connection, queue: string, timeoutMs?: number): Promise<QueueFacts>;

/** Whether an exchange exists. The default exchange ('') always does; the broker answers no question about it. */
export declare function askExchange(
  connection: Connection,
  exchange: string,
  timeoutMs?: number,
): Promise<{ state: 'present' } | { state: 'missing' | 'refused' | 'unavailable'; reason: string }>;
