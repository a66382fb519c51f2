/**
 * Words by which queues are named that messages only wait in. They stand alone, between separators or as a part of a
 * CamelCase name: `celery_delayed_3`, `delay_orders_key_5000_retry` (Symfony), `orders.delay.5000` (Laravel),
 * `nsb.v2.delay-level-05` (NServiceBus), `orders-retry` (Sneakers, Kicks), `OrderRetryQueue`.
 */
const DELAY_WORD = /(?:^|[._:/-])(?:delay|delayed|retry|retries|wait|waiting|backoff)(?![a-z])/i;
const DELAY_PART = /[a-z\d](?:Delay|Delayed|Retry|Retries|Wait|Waiting|Backoff)(?![a-z])/;
const KOREAN_DELAY = /재시도|지연/;
/** Dramatiq's delay queues. */
const DRAMATIQ_DELAY = /\.DQ$/;

/** True when the name says that messages wait in this queue for another try. */
export function isDelayQueueName(queue: string): boolean {
  return [DELAY_WORD, DELAY_PART, KOREAN_DELAY, DRAMATIQ_DELAY].some((pattern) => pattern.test(queue));
}
