import type { HeaderTable } from '../amqp/message.ts';

/**
 * Bookkeeping that belongs to the broker. It is removed on every resend: RabbitMQ up to 3.13 reads a stale `x-death`
 * as a cycle and may drop the message, and consumers take the counts for a retry budget already spent.
 */
export const BROKER_HEADERS: readonly string[] = [
  'x-death',
  'x-first-death-exchange',
  'x-first-death-queue',
  'x-first-death-reason',
  'x-last-death-exchange',
  'x-last-death-queue',
  'x-last-death-reason',
  'x-delivery-count',
  'x-acquired-count',
  'x-stream-offset',
  'x-opt-rabbitmq-sent-time',
];

/**
 * The headers to publish again: all but the broker's own and those named in `strip` (exact names, every duplicate),
 * in their order, untouched. A new list; the given one stays as it is.
 */
export function headersForResend(headers: HeaderTable, strip: readonly string[]): HeaderTable {
  const removed = new Set([...BROKER_HEADERS, ...strip]);
  return headers.filter((header) => !removed.has(header.name));
}
