/**
 * The shapes of a message as the wire carries it. Everything here survives `JSON.parse(JSON.stringify(x))` unchanged,
 * so that what is stored in MySQL and shown in the console is exactly what arrived.
 */

/** The AMQP 0-9-1 field types as RabbitMQ writes them, by the names that the HTTP API uses. */
export const FIELD_TYPES = [
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'float',
  'double',
  'decimal',
  'string',
  'bytes',
  'boolean',
  'timestamp',
  'table',
  'array',
  'void',
  'unparsed',
] as const;

/** Bytes that are not valid UTF-8, kept exactly. */
export interface RawBytes {
  base64: string;
}

/**
 * One value with its wire type.
 * - `int64` and `timestamp` (unsigned, seconds by the standard) are decimal strings: JavaScript numbers round past 2^53.
 *   `tag` is there where a client wrote the int64 as `L`; `byte` where a boolean's byte is neither 0 nor 1. RabbitMQ up
 *   to 3.12 hands both on as they are.
 * - `float` and `double` are numbers, or one of the strings where JSON has no number.
 * - `string` is text, or `RawBytes` where the bytes are not UTF-8; `bytes` is base64.
 * - `decimal` is digits (signed 32 bit, as the standard's prose and most clients have it) × 10^-places.
 * - `unparsed` (base64) is what could not be read: a tag that nobody knows, a length past the end, nesting too deep.
 *   In a table these bytes are the whole entry with its name, in an array the element with its tag. No broker of today
 *   lets such a value through; it is kept so that a message that bears one is stored like any other.
 */
export type TypedValue =
  | { type: 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32'; value: number }
  | { type: 'int64'; value: string; tag?: 'L' }
  | { type: 'timestamp'; value: string }
  | { type: 'float' | 'double'; value: number | 'NaN' | 'Infinity' | '-Infinity' | '-0' }
  | { type: 'decimal'; value: { places: number; digits: number } }
  | { type: 'string'; value: string | RawBytes }
  | { type: 'bytes'; value: string }
  | { type: 'boolean'; value: boolean; byte?: number }
  | { type: 'table'; value: HeaderTable }
  | { type: 'array'; value: TypedValue[] }
  | { type: 'void'; value: null }
  | { type: 'unparsed'; value: string };

/** One header: order and duplicates are kept, and no name is special (`__proto__`, `!` and '' are just names). */
export type Header = {
  name: string;
  /** base64; only where the name's bytes are not UTF-8. */
  rawName?: string;
} & TypedValue;
export type HeaderTable = Header[];

/** Basic properties without headers. An absent property stays absent. */
export interface MessageProperties {
  contentType?: string;
  contentEncoding?: string;
  /** 1 transient, 2 persistent. */
  deliveryMode?: number;
  priority?: number;
  correlationId?: string;
  replyTo?: string;
  /** Milliseconds, as the text that the publisher wrote. */
  expiration?: string;
  messageId?: string;
  /** Unsigned 64-bit as decimal text; seconds by the standard, milliseconds from some publishers. */
  timestamp?: string;
  type?: string;
  userId?: string;
  appId?: string;
  clusterId?: string;
  /** The exact bytes (base64) of those texts above that are not UTF-8; they are written instead of the text. */
  raw?: Partial<Record<TextProperty, string>>;
}

/** The properties that are text. */
export type TextProperty =
  | 'contentType'
  | 'contentEncoding'
  | 'correlationId'
  | 'replyTo'
  | 'expiration'
  | 'messageId'
  | 'type'
  | 'userId'
  | 'appId'
  | 'clusterId';
