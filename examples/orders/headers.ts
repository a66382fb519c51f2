import type { MessageProperties, Options } from 'amqplib';

/** A header table as amqplib takes and gives it. */
export type Headers = Record<string, unknown>;

/**
 * The retry counter. It is one of the failure convention's headers on purpose: the office strips those on a resend, so a
 * resent message has its full retry budget again. A counter of another name would come back spent.
 */
export const RETRIES_HEADER = 'x-failure-retries';

/** What the broker writes into dead-lettered and returned messages. It is the broker's, and never published again. */
const BROKER_HEADER = /^x-(?:death|(?:first|last)-death-(?:exchange|queue|reason)|delivery-count|acquired-count)$/;

/** Bytes are dear in a header table (64 KiB in all for this client). */
const MAX_MESSAGE_LENGTH = 1_000;
const MAX_STACK_LENGTH = 4_000;

/**
 * The wire types of the application's own numbers. This client reads every integer as a number and writes the smallest
 * type that holds it, so whoever passes a message on has to say the types again.
 */
const NUMBER_TYPES: Record<string, 'int32' | 'int64' | 'double'> = {
  'schema-version': 'int32',
  'customer-number': 'int64',
  'discount-rate': 'double',
  build: 'int32',
};

/** The application's headers with their wire types, nested tables too. What has a type already keeps it. */
export function withWireTypes(headers: Headers): Headers {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]): [string, unknown] => {
      if (typeof value === 'number') {
        const type = NUMBER_TYPES[name];
        return [name, type === undefined ? value : { '!': type, value }];
      }
      return [name, isPlainTable(value) ? withWireTypes(value) : value];
    }),
  );
}

/** What is the message's own, for publishing it once more: without the broker's headers and with the types restored. */
export function ownHeaders(headers: Headers | undefined): Headers {
  const own = Object.entries(headers ?? {}).filter(([name]) => !BROKER_HEADER.test(name));
  return withWireTypes(Object.fromEntries(own));
}

/** How often the message was tried again. Anything but a count is none. */
export function retriesOf(headers: Headers | undefined): number {
  const value = headers?.[RETRIES_HEADER];
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : 0;
}

export function retryCountHeader(retries: number): Headers {
  return { [RETRIES_HEADER]: { '!': 'int32', value: retries } };
}

/** Where a message was when it failed. */
export interface FailedAt {
  exchange: string;
  routingKey: string;
  queue: string;
  retries: number;
}

/** The failure in the headers of the convention. */
export function failureHeaders(error: Error, where: FailedAt, now = new Date()): Headers {
  return {
    'x-failure-reason': 'error',
    'x-failure-type': error.name,
    'x-failure-message': error.message.slice(0, MAX_MESSAGE_LENGTH),
    'x-failure-stack': (error.stack ?? '').slice(0, MAX_STACK_LENGTH),
    'x-failure-time': now.toISOString(),
    'x-failure-exchange': where.exchange,
    'x-failure-routing-key': where.routingKey,
    'x-failure-queue': where.queue,
    ...retryCountHeader(where.retries),
  };
}

/** Not `expiration` and `userId`: the one is the broker's to count down, the other must be the publisher's own. */
const OWN_PROPERTIES = [
  'contentType',
  'contentEncoding',
  'deliveryMode',
  'priority',
  'correlationId',
  'replyTo',
  'messageId',
  'timestamp',
  'type',
  'appId',
] as const;

/** The properties of a received message for publishing it once more. Absent ones stay absent. */
export function ownProperties(properties: MessageProperties): Options.Publish {
  return Object.fromEntries(
    OWN_PROPERTIES.filter((name) => properties[name] !== undefined).map((name): [string, unknown] => [
      name,
      properties[name],
    ]),
  );
}

function isPlainTable(value: unknown): value is Headers {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value) && !('!' in value)
  );
}
