import type { HeaderTable } from '../amqp/message.ts';
import {
  MAX_ERROR_MESSAGE_BYTES,
  MAX_ERROR_TYPE_BYTES,
  MAX_NAME_BYTES,
  MAX_STACK_TRACE_BYTES,
} from './bounded-text.ts';
import type { Dialect } from './dialect.ts';
import { findHeader, headerName, headerText, namesWithPrefix } from './header-reading.ts';
import { parseTime } from './message-time.ts';
import { queueOrigin } from './queue-address.ts';

const FAILED_QUEUE = 'NServiceBus.FailedQ';

/** What ServiceControl takes off, by the same rule, before it sends a message again. */
const STRIPPED_PREFIXES = [
  FAILED_QUEUE,
  'NServiceBus.TimeOfFailure',
  'NServiceBus.Retries',
  'NServiceBus.ExceptionInfo.',
  'ServiceControl.EditOf',
];

/**
 * NServiceBus's error queue. How often it was tried is not in the message: the counts are removed when it is moved
 * there. It is resent to the queue it failed in, as ServiceControl does.
 */
export const nServiceBus: Dialect = {
  name: 'nservicebus',
  detect: ({ headers }) => findHeader(headers, FAILED_QUEUE) !== null,
  read: ({ headers }) => ({
    reason: 'error',
    errorType: headerText(headers, 'NServiceBus.ExceptionInfo.ExceptionType', MAX_ERROR_TYPE_BYTES)?.trim() ?? null,
    errorMessage: headerText(headers, 'NServiceBus.ExceptionInfo.Message', MAX_ERROR_MESSAGE_BYTES),
    stackTrace: headerText(headers, 'NServiceBus.ExceptionInfo.StackTrace', MAX_STACK_TRACE_BYTES),
    occurredAt: readTime(headers),
    origin: queueOrigin(readQueue(headers)),
    stripHeaders: namesWithPrefix(headers, STRIPPED_PREFIXES),
  }),
};

/** Old versions wrote `queue@machine`. */
function readQueue(headers: HeaderTable): string | null {
  return (
    headerName(headers, FAILED_QUEUE)
      ?.trim()
      .replace(/@[^@]*$/, '') ?? null
  );
}

/** `2026-11-22 07:00:00:123456 Z`: a colon before the microseconds. */
function readTime(headers: HeaderTable): Date | null {
  const text = headerText(headers, 'NServiceBus.TimeOfFailure', MAX_NAME_BYTES)?.trim() ?? '';
  return parseTime(text.replace(/(:\d{2}):(\d{6}) Z$/, '$1.$2Z'));
}
