import {
  cutToBytes,
  MAX_ERROR_MESSAGE_BYTES,
  MAX_ERROR_TYPE_BYTES,
  MAX_NAME_BYTES,
  MAX_STACK_TRACE_BYTES,
} from './bounded-text.ts';
import type { Origin } from './diagnosis.ts';
import type { Dialect } from './dialect.ts';
import { readDotnetException } from './dotnet-exception.ts';
import { readEasyNetQMessage } from './easynetq-message.ts';
import type { JsonObject } from './json-reading.ts';
import { asObject, MAX_JSON_BYTES, nameField, parseJson, textField } from './json-reading.ts';
import { parseTime } from './message-time.ts';

/**
 * EasyNetQ's error queue: the failed message is in an envelope, the body. The envelope itself must never reach the queue
 * that the message failed in: where it cannot be opened, no origin is told.
 */
export const easyNetQ: Dialect = {
  name: 'easynetq',
  detect: ({ properties }) => /^EasyNetQ\.SystemMessages\.Error[,:]/.test(properties.type ?? ''),
  read: ({ body }) => {
    const envelope = (body.length > MAX_JSON_BYTES ? null : asObject(parseJson(body))) ?? {};
    const text = eitherField(envelope, 'Exception', MAX_STACK_TRACE_BYTES);
    const exception = text === null ? null : readDotnetException(text);
    const message = exception?.message.trim() ?? '';
    return {
      reason: 'error',
      errorType: exception === null ? null : cutToBytes(exception.type, MAX_ERROR_TYPE_BYTES),
      errorMessage: message === '' ? null : cutToBytes(message, MAX_ERROR_MESSAGE_BYTES),
      stackTrace: text,
      occurredAt: parseTime(eitherField(envelope, 'DateTime', MAX_NAME_BYTES)?.trim() ?? ''),
      inner: readEasyNetQMessage(body),
      origin: readOrigin(envelope),
    };
  },
};

function readOrigin(envelope: JsonObject): Origin {
  const key = eitherName(envelope, 'RoutingKey');
  return {
    exchange: eitherName(envelope, 'Exchange'),
    routingKeys: key === null ? [] : [key],
    queue: eitherName(envelope, 'Queue') || null,
  };
}

function eitherName(envelope: JsonObject, name: string): string | null {
  return nameField(envelope, name) ?? nameField(envelope, smallName(name));
}

/** The serializer's options decide whether names begin with a capital letter. */
function eitherField(envelope: JsonObject, name: string, maxBytes: number): string | null {
  return textField(envelope, name, maxBytes) ?? textField(envelope, smallName(name), maxBytes);
}

function smallName(name: string): string {
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
}
