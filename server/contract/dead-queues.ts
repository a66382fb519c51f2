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
 * What is worth a look at a dead queue; the client's translation keys (the risk, and how to mend it).
 *
 * | code | the broker … | params |
 * |---|---|---|
 * | `stream` | keeps what was taken in: a stream is no queue, and cannot be emptied | |
 * | `notDurable` | forgets the queue with its messages when it restarts | |
 * | `otherConsumers` | gives its messages to other consumers too | `count` |
 * | `exclusive` | gives them to one connection alone | |
 * | `singleActiveConsumer` | gives them to one consumer at a time: one instance takes in, or a stranger | |
 * | `deliveryLimit` | drops a message after so many returns: each lost connection is one | `count` |
 * | `messageTtl` | drops messages after so many ms | `count` |
 * | `maxLength`, `maxLengthBytes` | drops messages beyond so many, or so many bytes | `count` |
 * | `expires` | deletes the queue when nobody uses it for so many ms | `count` |
 * | `deadLetters` | sends what it drops here to an exchange, past the office | `exchange` |
 * | `notChecked` | was not asked: there is no management API | |
 * | `checkFailed` | could not be asked: the management API does not answer, or does not know the queue | |
 */
export const QUEUE_WARNINGS = [
  'stream',
  'notDurable',
  'otherConsumers',
  'exclusive',
  'singleActiveConsumer',
  'deliveryLimit',
  'messageTtl',
  'maxLength',
  'maxLengthBytes',
  'expires',
  'deadLetters',
  'notChecked',
  'checkFailed',
] as const;
export type QueueWarning = (typeof QUEUE_WARNINGS)[number];

/** What happens to a dead queue's messages while the database is away. */
export const WHEN_AWAY = ['hold', 'journal'] as const;
export type WhenAway = (typeof WHEN_AWAY)[number];
