import { cutToBytes, MAX_ERROR_MESSAGE_BYTES, MAX_ERROR_TYPE_BYTES, MAX_STACK_TRACE_BYTES } from './bounded-text.ts';
import type { Dialect } from './dialect.ts';
import { countField, jsonBody, nameField, objectField, textField } from './json-reading.ts';
import { queueOrigin } from './queue-address.ts';

/** `ValueError: no currency`, at the end of a traceback; its frames are indented. */
const RAISED = /^([\p{L}_][\p{L}\p{N}_.]{0,250})(?:: (.*))?$/su;

/**
 * Dramatiq's messages. The traceback of the last try is in the body, which stays as it is on a resend, its count of
 * retries too: a message that has used up its retries is tried once more.
 */
export const dramatiq: Dialect = {
  name: 'dramatiq',
  detect: ({ body }) => jsonBody(body, 'queue_name', 'actor_name', 'message_id', 'options') !== null,
  read: ({ body }, { brokerReason, brokerTime }) => {
    const message = jsonBody(body, 'queue_name', 'actor_name') ?? {};
    const options = objectField(message, 'options') ?? {};
    const traceback = textField(options, 'traceback', MAX_STACK_TRACE_BYTES);
    const [, type = null, text = null] = (traceback === null ? null : RAISED.exec(lastError(traceback))) ?? [];
    return {
      reason: traceback === null ? brokerReason : 'error',
      errorType: type === null ? null : cutToBytes(type, MAX_ERROR_TYPE_BYTES),
      errorMessage: text === null || text.trim() === '' ? null : cutToBytes(text, MAX_ERROR_MESSAGE_BYTES),
      stackTrace: traceback,
      occurredAt: brokerTime,
      retryCount: countField(options, 'retries'),
      origin: queueOrigin(nameField(message, 'queue_name')?.replace(/\.(?:DQ|XQ)$/, '') ?? null),
    };
  },
};

/** What follows the last indented line: the error, and the further lines of its message. */
function lastError(traceback: string): string {
  const lines = traceback.trimEnd().split('\n');
  const frame = lines.findLastIndex((line) => /^\s/.test(line));
  return lines
    .slice(frame + 1)
    .join('\n')
    .trim();
}
