import type { Header, HeaderTable } from '../amqp/message.ts';

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

/** Tables in which frameworks keep notes of a failure beside what has to stay; their fields can be named alone. */
const NOTE_TABLES: readonly string[] = ['rascal', 'laravel'];

/**
 * The headers to publish again: all but the broker's own and those named in `strip` (exact names, every duplicate),
 * in their order, untouched. `rascal.error` and `laravel.attempts` also name one field of those two tables; in all
 * other names a dot is a letter. A new list; the given one stays as it is.
 */
export function headersForResend(headers: HeaderTable, strip: readonly string[]): HeaderTable {
  const removed = new Set([...BROKER_HEADERS, ...strip]);
  return headers.filter((header) => !removed.has(header.name)).map((header) => withoutFields(header, removed));
}

function withoutFields(header: Header, removed: ReadonlySet<string>): Header {
  if (header.type !== 'table' || !NOTE_TABLES.includes(header.name)) return header;
  const kept = header.value.filter((field) => !removed.has(`${header.name}.${field.name}`));
  return kept.length === header.value.length ? header : { ...header, value: kept };
}
