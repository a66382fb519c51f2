import type { TypedValue } from '../amqp/message.ts';
import type { DeadMessage } from './diagnosis.ts';
import { asExactObject, JsonNumber, ownField, parseExactJson, wholeNumber } from './exact-json.ts';
import { headerText } from './header-reading.ts';
import {
  bytesOfBase64,
  guessNumber,
  isExactText,
  MAX_DEPTH,
  readHeaders,
  readList,
  readProperties,
  readTable,
  type InnerMessage,
  type Restored,
} from './inner-message.ts';
import { MAX_JSON_BYTES, type JsonObject } from './json-reading.ts';

/** What Ruby's JSON makes of a time (plain, and as Rails has it) and of a decimal: text, like a string's. */
const TIME = /^(\d{4,6})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.0{1,9})? ?(UTC|Z|[+-]\d\d:?\d\d)$/;
const DECIMAL = /^-?0\.\d+e-?\d+$/;

/**
 * The message that Sneakers or Kicks gave up: its body is the dead message's own, its properties and headers are in the
 * header `retry_info`; up to Sneakers 2.11 all of it is in the body. Null where it cannot be told what it was. Pure;
 * never throws.
 */
export function readSneakersMessage({ headers, body }: DeadMessage): InnerMessage | null {
  const text = headerText(headers, 'retry_info', MAX_JSON_BYTES);
  if (text === null) return readOldMessage(body);
  const written = parseExactJson(text);
  const info = asExactObject(Array.isArray(written) ? (written as unknown[])[0] : written);
  return info === null ? null : readMessage(ownField(info, 'properties'), body);
}

function readOldMessage(body: Buffer): InnerMessage | null {
  const envelope = asExactObject(parseExactJson(body));
  if (envelope === null) return null;
  const payload = decode(ownField(envelope, 'payload'));
  const properties = decode(ownField(envelope, 'properties'));
  return payload === null || properties === null ? null : readMessage(parseExactJson(properties), payload);
}

/** Ruby breaks base64 into lines. */
function decode(value: unknown): Buffer | null {
  return typeof value === 'string' ? bytesOfBase64(value.replace(/[\r\n]/g, '')) : null;
}

function readMessage(written: unknown, body: Buffer): InnerMessage | null {
  const fields = fieldsOf(written);
  if (fields === null) return null;
  const field = (name: string): unknown =>
    ownField(
      fields,
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    );
  const expiration = field('expiration') ?? null;
  const properties = readProperties({
    text: field,
    number: field,
    expiration:
      expiration === null || (typeof expiration === 'string' && /^\d{1,20}$/.test(expiration)) ? expiration : false,
    timestamp: readTimestamp(field('timestamp') ?? null),
  });
  const table = ownField(fields, 'headers') ?? null;
  const object = asExactObject(table);
  if (properties === null || (table !== null && object === null)) return null;
  const headers = object === null ? null : readHeaders(Object.entries(object), (value) => restore(value, 0));
  if (object !== null && headers === null) return null;
  return {
    contents: { properties: properties.properties, ...(headers === null ? {} : { headers: headers.headers }), body },
    inexactParts: [...properties.inexactParts, ...(headers?.inexactParts ?? [])],
  };
}

/** An object; old versions under Rails write the list of its pairs. */
function fieldsOf(written: unknown): JsonObject | null {
  if (!Array.isArray(written)) return asExactObject(written);
  const pairs = (written as unknown[]).map((pair) =>
    Array.isArray(pair) && pair.length === 2 && typeof pair[0] === 'string'
      ? ([pair[0], pair[1] as unknown] as const)
      : null,
  );
  return pairs.some((pair) => pair === null) ? null : Object.fromEntries(pairs.filter((pair) => pair !== null));
}

function readTimestamp(value: unknown): string | null | false {
  if (value === null) return null;
  const seconds = typeof value === 'string' ? secondsOf(value) : wholeNumber(value, 0n, 2n ** 64n - 1n);
  return seconds === null ? false : String(seconds);
}

/** Since 1970: AMQP has whole seconds, and a time written without any loses nothing. */
function secondsOf(text: string): bigint | null {
  const [, year, month, day, hour, minute, second, zone = ''] = TIME.exec(text) ?? [];
  if (year === undefined) return null;
  const local = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  const offset = /^([+-])(\d\d):?(\d\d)$/.exec(zone);
  const minutes = offset === null ? 0 : Number(`${offset[1] ?? ''}1`) * (Number(offset[2]) * 60 + Number(offset[3]));
  const seconds = local / 1000 - minutes * 60;
  return Number.isSafeInteger(seconds) && seconds >= 0 ? BigInt(seconds) : null;
}

/** A string is exact where Ruby writes nothing else so; a boolean can only have been one. All else is a guess. */
function restore(written: unknown, depth: number): Restored<TypedValue> | null {
  if (depth > MAX_DEPTH) return null;
  if (written === null) return { value: { type: 'void', value: null }, exact: true };
  if (typeof written === 'boolean') return { value: { type: 'boolean', value: written }, exact: true };
  // Bunny writes every whole number with 64 bits.
  if (written instanceof JsonNumber) return { value: guessNumber(written, 'int64'), exact: false };
  if (typeof written === 'string') {
    const exact = isExactText(written) && !TIME.test(written) && !DECIMAL.test(written);
    return { value: { type: 'string', value: Buffer.from(written, 'utf8').toString('utf8') }, exact };
  }
  const deeper = (item: unknown): Restored<TypedValue> | null => restore(item, depth + 1);
  if (Array.isArray(written)) {
    const list = readList(written as unknown[], deeper);
    return list === null ? null : { value: { type: 'array', value: list.value }, exact: false };
  }
  const object = asExactObject(written);
  const table = object === null ? null : readTable(Object.entries(object), deeper);
  return table === null ? null : { value: { type: 'table', value: table.value }, exact: false };
}
