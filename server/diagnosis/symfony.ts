import type { HeaderTable } from '../amqp/message.ts';
import {
  cutToBytes,
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
import { dateAt, findProperty, numberAt, readPhpEnvelope, stringAt } from './php-envelope.ts';

const PREFIX = 'X-Message-Stamp-';
const stampClass = (name: string): string => `Symfony\\Component\\Messenger\\Stamp\\${name}Stamp`;
const stamp = (name: string): string => `${PREFIX}${stampClass(name)}`;
const FLATTENED = 'Symfony\\Component\\ErrorHandler\\Exception\\FlattenException';

const ERROR_DETAILS = stamp('ErrorDetails');
const SENT_TO_FAILURE = stamp('SentToFailureTransport');
const REDELIVERY = stamp('Redelivery');
const STRIPPED = [ERROR_DETAILS, SENT_TO_FAILURE, REDELIVERY, stamp('Delay')];

/** One per try. */
const MAX_STAMPS = 1000;

/**
 * Symfony Messenger on a failure transport: with the JSON serializer its stamps are headers, with the one that is its
 * default they are in the body, in PHP's own form, which is read for display and never changed. It names the transport
 * that the message came from, which is no exchange: the origin is unknown unless the broker knows it.
 */
export const symfony: Dialect = {
  name: 'symfony',
  detect: ({ headers, body }) => headers.some(({ name }) => name.startsWith(PREFIX)) || readPhpEnvelope(body) !== null,
  read: ({ headers, body }, { brokerReason, brokerTime }) => {
    const serialised = readPhpEnvelope(body);
    if (serialised !== null) return { reason: brokerReason, occurredAt: brokerTime, ...readPhpStamps(serialised) };
    return findHeader(headers, ERROR_DETAILS) === null && findHeader(headers, SENT_TO_FAILURE) === null
      ? { reason: brokerReason, occurredAt: brokerTime, retryCount: retryCount(headers) }
      : readFailure(headers);
  },
};

/** The same stamps as `readFailure` reads, as text in a serialised envelope; nothing of it is taken off. */
function readPhpStamps(serialised: Buffer): Reading {
  const all = (className: string, property: string) => findProperty(serialised, className, property);
  const last = (className: string, property: string, maxBytes: number): string | null => {
    const at = all(className, property).at(-1);
    const text = at === undefined ? null : stringAt(serialised, at);
    return text === null || text.trim() === '' ? null : cutToBytes(text, maxBytes);
  };
  const counts = all(stampClass('Redelivery'), 'retryCount')
    .map((at) => numberAt(serialised, at))
    .filter((count) => count !== null);
  const retries = counts.length === 0 ? null : Math.max(...counts);
  const errorType = last(stampClass('ErrorDetails'), 'exceptionClass', MAX_ERROR_TYPE_BYTES);
  const receiver = last(stampClass('SentToFailureTransport'), 'originalReceiverName', MAX_NAME_BYTES);
  if (errorType === null && receiver === null) return { retryCount: retries };
  const redelivered = all(stampClass('Redelivery'), 'redeliveredAt').at(-1);
  return {
    reason: 'error',
    errorType,
    errorMessage: last(stampClass('ErrorDetails'), 'exceptionMessage', MAX_ERROR_MESSAGE_BYTES),
    stackTrace: last(FLATTENED, 'traceAsString', MAX_STACK_TRACE_BYTES),
    occurredAt: parseTime((redelivered === undefined ? null : dateAt(serialised, redelivered)) ?? ''),
    retryCount: retries,
  };
}

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
