import type { HeaderTable } from '../amqp/message.ts';
import {
  MAX_ERROR_MESSAGE_BYTES,
  MAX_ERROR_TYPE_BYTES,
  MAX_NAME_BYTES,
  MAX_STACK_TRACE_BYTES,
} from './bounded-text.ts';
import type { Dialect, Reading } from './dialect.ts';
import { findHeader, headerText } from './header-reading.ts';
import type { JsonObject } from './json-reading.ts';
import { asObject, countField, MAX_JSON_BYTES, objectField, parseJson, textField } from './json-reading.ts';
import { parseTime } from './message-time.ts';

const PREFIX = 'X-Message-Stamp-';
const stamp = (name: string): string => `${PREFIX}Symfony\\Component\\Messenger\\Stamp\\${name}Stamp`;

const ERROR_DETAILS = stamp('ErrorDetails');
const SENT_TO_FAILURE = stamp('SentToFailureTransport');
const REDELIVERY = stamp('Redelivery');
const STRIPPED = [ERROR_DETAILS, SENT_TO_FAILURE, REDELIVERY, stamp('Delay')];

/** One per try. */
const MAX_STAMPS = 1000;

/**
 * Symfony Messenger with the JSON serializer, on a failure transport. It names the transport that the message came
 * from, which is no exchange: the origin is unknown unless the broker knows it.
 */
export const symfony: Dialect = {
  name: 'symfony',
  detect: ({ headers }) => headers.some(({ name }) => name.startsWith(PREFIX)),
  read: ({ headers }, { brokerReason, brokerTime }) =>
    findHeader(headers, ERROR_DETAILS) === null && findHeader(headers, SENT_TO_FAILURE) === null
      ? { reason: brokerReason, occurredAt: brokerTime, retryCount: retryCount(headers) }
      : readFailure(headers),
};

function readFailure(headers: HeaderTable): Reading {
  const error = readStamps(headers, ERROR_DETAILS).at(-1) ?? {};
  const flattened = objectField(error, 'flattenException') ?? {};
  const redelivery = readStamps(headers, REDELIVERY).at(-1) ?? {};
  return {
    reason: 'error',
    errorType: textField(error, 'exceptionClass', MAX_ERROR_TYPE_BYTES),
    errorMessage: textField(error, 'exceptionMessage', MAX_ERROR_MESSAGE_BYTES),
    stackTrace: textField(flattened, 'trace_as_string', MAX_STACK_TRACE_BYTES),
    // Written as the message is sent to the failure transport.
    occurredAt: parseTime(textField(redelivery, 'redeliveredAt', MAX_NAME_BYTES)?.trim() ?? ''),
    retryCount: retryCount(headers),
    stripHeaders: STRIPPED,
  };
}

/** The last stamp is of the failure transport, and begins again at 0. */
function retryCount(headers: HeaderTable): number | null {
  const counts = readStamps(headers, REDELIVERY)
    .map((redelivery) => countField(redelivery, 'retryCount'))
    .filter((count) => count !== null);
  return counts.length === 0 ? null : Math.max(...counts);
}

/** All stamps of one kind are a list in one header, in the order in which they were added. */
function readStamps(headers: HeaderTable, name: string): JsonObject[] {
  const list = parseJson(headerText(headers, name, MAX_JSON_BYTES) ?? '');
  return Array.isArray(list)
    ? list
        .slice(-MAX_STAMPS)
        .map(asObject)
        .filter((found) => found !== null)
    : [];
}
