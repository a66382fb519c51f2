import type { HeaderTable } from '../amqp/message.ts';
import { MAX_ERROR_MESSAGE_BYTES, MAX_ERROR_TYPE_BYTES, MAX_STACK_TRACE_BYTES } from './bounded-text.ts';
import type { DeadMessage } from './diagnosis.ts';
import type { Dialect } from './dialect.ts';
import { findHeader, headerCount, headerText, headerTime } from './header-reading.ts';
import { MAX_ADDRESS_BYTES, queueOfAddress, queueOrigin } from './queue-address.ts';

const DESTINATION = 'original-destination';
const DEAD_QUEUE = 'wolverine-dead-letter-queue';

/**
 * Wolverine's dead letters with exception headers (interop friendly or enhanced). In its native mode it leaves the
 * dying to the broker, and writes nothing. The headers' names are common words: its own address or queue must be there.
 */
export const wolverine: Dialect = {
  name: 'wolverine',
  detect: (message) =>
    findHeader(message.headers, 'exception-type') !== null &&
    (message.deadQueue === DEAD_QUEUE || destinationQueue(message.headers) !== null),
  read: ({ headers }: DeadMessage) => ({
    reason: 'error',
    errorType: headerText(headers, 'exception-type', MAX_ERROR_TYPE_BYTES)?.trim() ?? null,
    errorMessage: headerText(headers, 'exception-message', MAX_ERROR_MESSAGE_BYTES),
    stackTrace: headerText(headers, 'exception-stack', MAX_STACK_TRACE_BYTES),
    occurredAt: headerTime(headers, 'failed-at'),
    retryCount: retries(headerCount(headers, 'attempts')),
    origin: queueOrigin(destinationQueue(headers)),
    stripHeaders: ['exception-type', 'exception-message', 'exception-stack', 'failed-at', DESTINATION, 'attempts'],
  }),
};

/** `rabbitmq://queue/orders` */
function destinationQueue(headers: HeaderTable): string | null {
  const address = headerText(headers, DESTINATION, MAX_ADDRESS_BYTES)?.trim() ?? '';
  return address.startsWith('rabbitmq://queue/') ? queueOfAddress(address) : null;
}

/** The first attempt is no retry. */
function retries(attempts: number | null): number | null {
  return attempts === null ? null : Math.max(0, attempts - 1);
}
