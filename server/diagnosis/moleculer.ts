import type { HeaderTable } from '../amqp/message.ts';
import { cutToBytes, MAX_ERROR_MESSAGE_BYTES, MAX_ERROR_TYPE_BYTES, MAX_STACK_TRACE_BYTES } from './bounded-text.ts';
import type { Dialect } from './dialect.ts';
import { findHeader, headerCount, headerName, headerText, headerTime } from './header-reading.ts';
import { queueOrigin } from './queue-address.ts';

const CHANNEL = 'x-original-channel';
const GROUP = 'x-original-group';

/**
 * moleculer-channels' dead letters. It is resent to the queue of its consumer group: the channel is a fanout exchange,
 * and all groups would have it again. The headers and properties it had before are lost.
 */
export const moleculer: Dialect = {
  name: 'moleculer',
  detect: ({ headers }) => findHeader(headers, CHANNEL) !== null && findHeader(headers, GROUP) !== null,
  read: ({ headers }) => ({
    reason: 'error',
    errorType:
      headerText(headers, 'x-error-name', MAX_ERROR_TYPE_BYTES)?.trim() ??
      headerText(headers, 'x-error-type', MAX_ERROR_TYPE_BYTES)?.trim() ??
      null,
    errorMessage: headerText(headers, 'x-error-message', MAX_ERROR_MESSAGE_BYTES),
    stackTrace: readStack(headers),
    occurredAt: headerTime(headers, 'x-error-timestamp'),
    retryCount: headerCount(headers, 'x-redelivered-count'),
    origin: queueOrigin(readQueue(headers)),
    stripHeaders: [
      CHANNEL,
      GROUP,
      ...['message', 'code', 'type', 'name', 'retryable', 'timestamp', 'stack', 'data'].map(
        (name) => `x-error-${name}`,
      ),
      'x-redelivered-count',
      'x-group',
    ],
  }),
};

function readQueue(headers: HeaderTable): string | null {
  const group = headerName(headers, GROUP);
  const channel = headerName(headers, CHANNEL);
  return group && channel ? `${group}.${channel}` : null;
}

/** Written as base64; anything else is shown as it is. */
function readStack(headers: HeaderTable): string | null {
  const text = headerText(headers, 'x-error-stack', Math.ceil(MAX_STACK_TRACE_BYTES / 3) * 4);
  if (text === null) return null;
  const written = text.trim();
  const decoded = /^[A-Za-z\d+/]+={0,2}$/.test(written) ? Buffer.from(written, 'base64').toString('utf8') : text;
  return decoded.trim() === '' ? null : cutToBytes(decoded, MAX_STACK_TRACE_BYTES);
}
