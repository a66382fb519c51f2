import type { HeaderTable, MessageContents, MessageProperties, TextProperty, TypedValue } from '../amqp/message.ts';
import { OFFICE_HEADER } from '../amqp/publish-checks.ts';
import { isWellFormed, MAX_NAME_BYTES } from './bounded-text.ts';
import { BROKER_HEADERS } from './broker-headers.ts';
import { JsonNumber, wholeNumber } from './exact-json.ts';

/**
 * The failed message, out of the envelope that a framework put it into. What an envelope cannot hold exactly is named:
 * a resend of such a message is for a person to decide.
 */
export interface InnerMessage {
  contents: MessageContents;
  /** The parts that were restored by a guess: `body`, `property messageId`, `header retries`. */
  inexactParts: string[];
}

/** A value read out of an envelope; `exact` where it can have been no other on the wire. */
export interface Restored<Value> {
  value: Value;
  exact: boolean;
}

/** Deeper values are not followed: the message then stays in its envelope. */
export const MAX_DEPTH = 20;
/** What a reader wrote for bytes that are not UTF-8. It may have been in the message itself: that is not known. */
const REPLACEMENT = '\uFFFD';
/** Never sent again, or made anew: how well they were restored does not matter. */
const NOT_RESENT: ReadonlySet<string> = new Set([...BROKER_HEADERS, OFFICE_HEADER, 'CC', 'BCC']);

const INT32 = [-(2n ** 31n), 2n ** 31n - 1n] as const;
const INT64 = [-(2n ** 63n), 2n ** 63n - 1n] as const;

/** True where the text can have been no other bytes. */
export function isExactText(text: string): boolean {
  return isWellFormed(text) && !text.includes(REPLACEMENT);
}

/** The bytes of a base64 text, or null where an encoder would have written them in another way. */
export function bytesOfBase64(text: string): Buffer | null {
  if (text.length % 4 !== 0 || !/^[A-Za-z\d+/]*={0,2}$/.test(text)) return null;
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}

/** A string header of these bytes. */
export function stringOfBytes(bytes: Buffer): TypedValue {
  const text = bytes.toString('utf8');
  const same = Buffer.from(text, 'utf8').equals(bytes);
  return { type: 'string', value: same ? text : { base64: bytes.toString('base64') } };
}

/** The number type that a client of this language most likely read it from. AMQP has a dozen, JSON one. */
export function guessNumber({ text }: JsonNumber, integers: 'int32' | 'int64'): TypedValue {
  const number = new JsonNumber(text);
  const small = integers === 'int32' ? wholeNumber(number, ...INT32) : null;
  if (small !== null) return { type: 'int32', value: Number(small) };
  const large = wholeNumber(number, ...INT64);
  return large === null ? doubleOf(text) : { type: 'int64', value: String(large) };
}

export function doubleOf(text: string, type: 'float' | 'double' = 'double'): TypedValue {
  const number = type === 'float' ? Math.fround(Number(text)) : Number(text);
  if (Number.isNaN(number)) return { type, value: 'NaN' };
  if (Object.is(number, -0)) return { type, value: '-0' };
  if (!Number.isFinite(number)) return { type, value: number > 0 ? 'Infinity' : '-Infinity' };
  return { type, value: number };
}

/**
 * Header tables out of JSON objects; null where one of the values cannot be told at all, or a name is none that AMQP
 * could carry: nothing of the message is then restored.
 */
export function readTable(
  entries: readonly (readonly [string, unknown])[],
  read: (value: unknown) => Restored<TypedValue> | null,
): Restored<HeaderTable> | null {
  const table: HeaderTable = [];
  let exact = true;
  for (const [name, written] of entries) {
    const restored = Buffer.byteLength(name) > MAX_NAME_BYTES || !isWellFormed(name) ? null : read(written);
    if (restored === null) return null;
    table.push({ name, ...restored.value });
    exact &&= restored.exact && isExactText(name);
  }
  return { value: table, exact };
}

export function readList(
  values: readonly unknown[],
  read: (value: unknown) => Restored<TypedValue> | null,
): Restored<TypedValue[]> | null {
  const list: TypedValue[] = [];
  let exact = true;
  for (const written of values) {
    const restored = read(written);
    if (restored === null) return null;
    list.push(restored.value);
    exact &&= restored.exact;
  }
  return { value: list, exact };
}

/** The message's own headers: like `readTable`, with the names of those that were guessed. */
export function readHeaders(
  entries: readonly (readonly [string, unknown])[],
  read: (value: unknown) => Restored<TypedValue> | null,
): { headers: HeaderTable; inexactParts: string[] } | null {
  const headers: HeaderTable = [];
  const inexactParts: string[] = [];
  for (const entry of entries) {
    const restored = readTable([entry], read);
    if (restored === null) return null;
    headers.push(...restored.value);
    if (!restored.exact && !NOT_RESENT.has(entry[0])) inexactParts.push(`header ${entry[0]}`);
  }
  return { headers, inexactParts };
}

/** The properties that are text, by the names that the frameworks give them. */
const TEXT_PROPERTIES: readonly TextProperty[] = [
  'contentType',
  'contentEncoding',
  'correlationId',
  'replyTo',
  'messageId',
  'type',
  'userId',
  'appId',
  'clusterId',
];

/** Values of properties by their names, as an envelope gives them; undefined or null for what the message had not. */
export interface WrittenProperties {
  text: (name: TextProperty) => unknown;
  number: (name: 'deliveryMode' | 'priority') => unknown;
  /** Milliseconds or seconds as decimal text; false where they cannot be read. */
  expiration: string | null | false;
  timestamp: string | null | false;
}

/** Null where one of them is nothing that a message could have. */
export function readProperties(
  written: WrittenProperties,
): { properties: MessageProperties; inexactParts: string[] } | null {
  const { expiration, timestamp } = written;
  if (expiration === false || timestamp === false) return null;
  const properties: MessageProperties = {};
  const inexactParts: string[] = [];
  for (const name of TEXT_PROPERTIES) {
    const text = written.text(name) ?? null;
    if (text === null) continue;
    if (typeof text !== 'string' || Buffer.byteLength(text) > MAX_NAME_BYTES || !isWellFormed(text)) return null;
    properties[name] = text;
    // A user id never goes out again.
    if (!isExactText(text) && name !== 'userId') inexactParts.push(`property ${name}`);
  }
  for (const name of ['deliveryMode', 'priority'] as const) {
    const value = written.number(name) ?? null;
    if (value === null) continue;
    const number = wholeNumber(value, 0n, 255n);
    if (number === null) return null;
    properties[name] = Number(number);
  }
  if (expiration !== null) properties.expiration = expiration;
  if (timestamp !== null) properties.timestamp = timestamp;
  return { properties, inexactParts };
}
