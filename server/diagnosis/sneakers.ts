import {
  cutToBytes,
  MAX_ERROR_MESSAGE_BYTES,
  MAX_ERROR_TYPE_BYTES,
  MAX_NAME_BYTES,
  MAX_STACK_TRACE_BYTES,
} from './bounded-text.ts';
import type { DeadMessage, Origin } from './diagnosis.ts';
import type { Dialect } from './dialect.ts';
import { headerText } from './header-reading.ts';
import type { JsonObject } from './json-reading.ts';
import { asObject, countField, jsonBody, MAX_JSON_BYTES, parseJson, textField, textsField } from './json-reading.ts';
import { parseTime } from './message-time.ts';
import { queueOrigin } from './queue-address.ts';
import { readSneakersMessage } from './sneakers-message.ts';

/** Kicks keeps ten. */
const MAX_FRAMES = 200;

/**
 * Sneakers and Kicks (Ruby) with the `maxretry` handler: the failure is JSON in the header `retry_info`, or, up to
 * Sneakers 2.11, in the body, around the failed message. The properties and headers of the message are in that JSON in
 * both cases; where they cannot be read, no origin is told.
 *
 * It goes back by `<queue>-retry-requeue`, the exchange by which Sneakers itself has its retries come back: to the one
 * queue, and with the routing key that the worker knows. Through the default exchange the key would be another. Where
 * that exchange was given another name there is none of this one, and the resend says so: "only to the queue" is left.
 */
export const sneakers: Dialect = {
  name: 'sneakers',
  detect: (message) => readInfo(message) !== null,
  read: (message) => {
    const info = readInfo(message) ?? {};
    const attempts = countField(info, 'num_attempts');
    return {
      reason: 'error',
      errorType: textField(info, 'error_class', MAX_ERROR_TYPE_BYTES)?.trim() ?? null,
      errorMessage: textField(info, 'error_message', MAX_ERROR_MESSAGE_BYTES),
      stackTrace: readBacktrace(info),
      occurredAt: parseTime(textField(info, 'failed_at', MAX_NAME_BYTES)?.trim() ?? ''),
      // The first attempt is no retry.
      retryCount: attempts === null ? null : Math.max(0, attempts - 1),
      inner: readSneakersMessage(message),
      origin: readOrigin(message),
      stripHeaders: ['retry_info'],
    };
  },
};

/** The error queue's name says which queue it is of, unless it was configured; the key is kept. */
function readOrigin({ deadQueue, routingKey }: DeadMessage): Origin {
  const { queue } = queueOrigin(/^(.+)-error$/s.exec(deadQueue)?.[1] ?? null);
  const exchange = `${queue ?? ''}-retry-requeue`;
  return queue === null || Buffer.byteLength(exchange) > MAX_NAME_BYTES
    ? { exchange: null, routingKeys: [], queue }
    : { exchange, routingKeys: [routingKey], queue };
}

/** Several failures are a list, the latest first. */
function readInfo({ headers, body }: DeadMessage): JsonObject | null {
  const text = headerText(headers, 'retry_info', MAX_JSON_BYTES);
  if (text === null) return jsonBody(body, 'num_attempts', 'failed_at', 'payload', 'properties');
  const value = parseJson(text);
  const info = asObject(Array.isArray(value) ? (value as unknown[])[0] : value);
  return info !== null && Object.hasOwn(info, 'num_attempts') ? info : null;
}

function readBacktrace(info: JsonObject): string | null {
  const frames = textsField(info, 'backtrace', MAX_FRAMES);
  if (frames !== null) return frames.length === 0 ? null : cutToBytes(frames.join('\n'), MAX_STACK_TRACE_BYTES);
  // Of old versions: frames in one text, with commas between.
  return textField(info, 'backtrace', MAX_STACK_TRACE_BYTES)?.replaceAll(', ', '\n') ?? null;
}
