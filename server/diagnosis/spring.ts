import { cutToBytes, MAX_ERROR_MESSAGE_BYTES, MAX_ERROR_TYPE_BYTES, MAX_STACK_TRACE_BYTES } from './bounded-text.ts';
import type { DeadMessage, Origin } from './diagnosis.ts';
import type { Dialect } from './dialect.ts';
import { findHeader, headerCount, headerName, headerText } from './header-reading.ts';

const EXCHANGE = 'x-original-exchange';
const ROUTING_KEY = 'x-original-routingKey';

/** Spring fills a frame of 128 KiB with the trace; the root cause, written last, is looked for in all of it. */
const MAX_WHOLE_TRACE_BYTES = 128 * 1024;

const CLASS_NAME = String.raw`([\p{L}\p{N}_$.]{1,255})(?=[:\r\n])`;
/** At the beginning of a line: causes of suppressed exceptions are indented. A name cut off at the end is none. */
const CAUSE = new RegExp(`^Caused by: ${CLASS_NAME}`, 'gmu');
const OUTERMOST = new RegExp(`^${CLASS_NAME}`, 'u');

/**
 * Spring AMQP's `RepublishMessageRecoverer` and Spring Cloud Stream's Rabbit binder (`republishToDlq`), which write the
 * same headers. The class of the exception is in the stack trace alone, which Spring AMQP leaves out since 4.0.5.
 */
export const spring: Dialect = {
  name: 'spring-amqp',
  detect: ({ headers }) => findHeader(headers, EXCHANGE) !== null && findHeader(headers, ROUTING_KEY) !== null,
  read: (message) => {
    const { headers } = message;
    const trace = headerText(headers, 'x-exception-stacktrace', MAX_WHOLE_TRACE_BYTES);
    return {
      reason: 'error',
      errorType: trace === null ? null : rootCause(trace),
      errorMessage: headerText(headers, 'x-exception-message', MAX_ERROR_MESSAGE_BYTES),
      stackTrace: trace === null ? null : cutToBytes(trace, MAX_STACK_TRACE_BYTES),
      retryCount: headerCount(headers, 'retry-count'),
      origin: readOrigin(message),
      stripHeaders: ['x-exception-message', 'x-exception-stacktrace', EXCHANGE, ROUTING_KEY, 'retry-count'],
    };
  },
};

function rootCause(trace: string): string | null {
  let found = OUTERMOST.exec(trace)?.[1] ?? null;
  for (const cause of trace.matchAll(CAUSE)) found = cause[1] ?? found;
  return found === null ? null : cutToBytes(found, MAX_ERROR_TYPE_BYTES);
}

function readOrigin(message: DeadMessage): Origin {
  const key = headerName(message.headers, ROUTING_KEY);
  return {
    exchange: headerName(message.headers, EXCHANGE),
    routingKeys: key === null ? [] : [key],
    queue: binderQueue(message),
  };
}

/** No header names the queue. The binder dead-letters from `q` to `q.dlq` with the key `q`. */
function binderQueue({ deadQueue, routingKey }: DeadMessage): string | null {
  return routingKey !== '' && deadQueue === `${routingKey}.dlq` ? routingKey : null;
}
