/**
 * Names of queues that frameworks make for messages to wait in: Celery (native delayed delivery), Symfony Messenger,
 * Laravel, NServiceBus, Dramatiq, Sneakers and Kicks.
 */
const FRAMEWORK_DELAY_QUEUES: readonly RegExp[] = [
  /^celery_delayed_\d+$/,
  /^delay_/,
  /\.delay\.\d+$/,
  /^nsb\.v\d+\.delay-/,
  /\.DQ$/,
  /-retry$/,
];

/** Names that people give to such queues: the word stands alone, between separators. */
const DELAY_WORD = /(?:^|[._:\-/])(?:delay|delayed|retry|wait|waiting|backoff)(?:$|[._:\-/\d])/i;

export function isDelayQueueName(queue: string): boolean {
  return DELAY_WORD.test(queue) || FRAMEWORK_DELAY_QUEUES.some((pattern) => pattern.test(queue));
}
