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

/** What is worth a look at a dead queue; the client's translation keys. `otherConsumers` has the param `count`. */
export const QUEUE_WARNINGS = ['otherConsumers'] as const;
export type QueueWarning = (typeof QUEUE_WARNINGS)[number];
