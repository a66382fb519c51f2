/**
 * What an instance sees of a dead queue.
 *
 * | state | means |
 * |---|---|
 * | `starting` | not looked at yet |
 * | `consuming` | messages are taken in |
 * | `missing` | the broker has no such queue; it is picked up when it appears |
 * | `exclusive` | another connection has it for itself; tried again |
 * | `refused` | the broker does not let this user consume it; tried again |
 * | `away` | no connection to the broker |
 * | `waitingForStore` | the database is away: consuming stopped, the messages wait in RabbitMQ |
 * | `stopped` | watching was switched off |
 */
export const WATCH_STATES = [
  'starting',
  'consuming',
  'missing',
  'exclusive',
  'refused',
  'away',
  'waitingForStore',
  'stopped',
] as const;
export type WatchState = (typeof WATCH_STATES)[number];

/**
 * What is worth a look at a dead queue; the client's translation keys. Each has the param `count`.
 *
 * | code | the broker … |
 * |---|---|
 * | `otherConsumers` | gives its messages to `count` other consumers too |
 * | `deliveryLimit` | drops a message after `count` returns: each lost connection is one |
 * | `messageTtl` | drops messages after `count` ms |
 * | `maxLength` | drops messages beyond `count` |
 * | `expires` | deletes the queue when nobody uses it for `count` ms |
 */
export const QUEUE_WARNINGS = ['otherConsumers', 'deliveryLimit', 'messageTtl', 'maxLength', 'expires'] as const;
export type QueueWarning = (typeof QUEUE_WARNINGS)[number];

/** What happens to a dead queue's messages while the database is away. */
export const WHEN_AWAY = ['hold', 'journal'] as const;
export type WhenAway = (typeof WHEN_AWAY)[number];
