import { cutToBytes, MAX_ERROR_MESSAGE_BYTES, MAX_ERROR_TYPE_BYTES, MAX_STACK_TRACE_BYTES } from './bounded-text.ts';
import type { Dialect } from './dialect.ts';
import { readDotnetException } from './dotnet-exception.ts';
import { findHeader, headerName, headerText } from './header-reading.ts';
import { queueOrigin } from './queue-address.ts';

const SOURCE_QUEUE = 'rbs2-source-queue';
const ERROR_DETAILS = 'rbs2-error-details';

/**
 * Rebus's error queue: one text holds the exceptions of all tries. It is resent to the queue it failed in. When it
 * failed and how often it was tried is not in the message.
 */
export const rebus: Dialect = {
  name: 'rebus',
  detect: ({ headers }) => findHeader(headers, SOURCE_QUEUE) !== null && findHeader(headers, ERROR_DETAILS) !== null,
  read: ({ headers }) => {
    const details = headerText(headers, ERROR_DETAILS, MAX_STACK_TRACE_BYTES);
    const exception = details === null ? null : readDotnetException(details);
    const message = exception?.message.trim() || firstLine(details ?? '') || null;
    return {
      reason: 'error',
      errorType: exception === null ? null : cutToBytes(exception.type, MAX_ERROR_TYPE_BYTES),
      errorMessage: message === null ? null : cutToBytes(message, MAX_ERROR_MESSAGE_BYTES),
      stackTrace: details,
      origin: queueOrigin(headerName(headers, SOURCE_QUEUE)),
      stripHeaders: [SOURCE_QUEUE, ERROR_DETAILS, 'rbs2-delivery-count'],
    };
  },
};

function firstLine(text: string): string {
  return text.trimStart().split(/[\r\n]/, 1)[0] ?? '';
}
