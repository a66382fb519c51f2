import { isUtf8 } from 'node:buffer';
import type { HeaderTable, TypedValue } from '../amqp/message.ts';
import { cutToBytes, MAX_NAME_BYTES } from './bounded-text.ts';
import { dateFromUnixTime, parseTime } from './message-time.ts';

/**
 * Reading single values out of a header table that anybody may have written. None of these throws; a value that is
 * missing or of another type is null. Of several headers with one name the first counts, as RabbitMQ itself does.
 */

/** The first header of that name, matched exactly. */
export function findHeader(headers: HeaderTable, name: string): TypedValue | null {
  return headers.find((header) => header.name === name) ?? null;
}

/** Text that a person reads: cut to `maxBytes`, bytes that are not UTF-8 shown as U+FFFD; null when blank. */
export function headerText(headers: HeaderTable, name: string, maxBytes: number): string | null {
  return readText(findHeader(headers, name), maxBytes);
}

/**
 * A name as the broker knows it: exact or null, never cut, because a cut name is another name. The empty name is a
 * name (the default exchange, the empty routing key).
 */
export function headerName(headers: HeaderTable, name: string): string | null {
  return readName(findHeader(headers, name));
}

/** A count: a whole number from 0 to 2^31-1, written as any number type or as decimal text. */
export function headerCount(headers: HeaderTable, name: string): number | null {
  return readCount(findHeader(headers, name));
}

/** A time: ISO-8601 text, an AMQP timestamp, or seconds or milliseconds since 1970; null outside MySQL's range. */
export function headerTime(headers: HeaderTable, name: string): Date | null {
  return readTime(findHeader(headers, name));
}

export function headerTable(headers: HeaderTable, name: string): HeaderTable | null {
  const value = findHeader(headers, name);
  return value?.type === 'table' ? value.value : null;
}

export function headerArray(headers: HeaderTable, name: string): TypedValue[] | null {
  const value = findHeader(headers, name);
  return value?.type === 'array' ? value.value : null;
}

/** Frameworks write a few dozen; a list of names beyond is a forgery, and what it says is cut off. */
const MAX_PREFIXED_NAMES = 200;

/** The names in this table that begin with one of the prefixes, each once: what is stored to be stripped are names. */
export function namesWithPrefix(headers: HeaderTable, prefixes: readonly string[]): string[] {
  const names = new Set<string>();
  for (const { name } of headers) {
    if (names.size >= MAX_PREFIXED_NAMES) break;
    if (prefixes.some((prefix) => name.startsWith(prefix))) names.add(name);
  }
  return [...names];
}

function readText(value: TypedValue | null, maxBytes: number): string | null {
  const text = value === null ? null : lossyText(value, maxBytes);
  return text === null || text.trim() === '' ? null : cutToBytes(text, maxBytes);
}

export function readName(value: TypedValue | null): string | null {
  if (value === null) return null;
  const text = exactText(value, MAX_NAME_BYTES);
  return text === null || Buffer.byteLength(text) > MAX_NAME_BYTES ? null : text;
}

function readCount(value: TypedValue | null): number | null {
  const text = value === null ? null : scalarText(value);
  if (text === null || !/^\d{1,10}$/.test(text.trim())) return null;
  const count = Number(text);
  return count <= 0x7fffffff ? count : null;
}

function readTime(value: TypedValue | null): Date | null {
  if (value === null) return null;
  const text = scalarText(value)?.trim() ?? '';
  return /^\d{1,20}$/.test(text) ? dateFromUnixTime(text) : parseTime(text);
}

/**
 * Any scalar as the text that a person would write for it: exact, or null (tables, arrays, void, bytes that are not
 * UTF-8, numbers that are none).
 */
export function scalarText(value: TypedValue): string | null {
  switch (value.type) {
    case 'string':
    case 'bytes':
      return exactText(value, Number.MAX_SAFE_INTEGER);
    case 'int8':
    case 'uint8':
    case 'int16':
    case 'uint16':
    case 'int32':
    case 'uint32':
      return String(value.value);
    case 'int64':
    case 'timestamp':
      return value.value;
    case 'float':
    case 'double':
      if (value.value === '-0') return '0';
      return typeof value.value === 'number' && Number.isFinite(value.value) ? String(value.value) : null;
    case 'decimal':
      return decimalText(value.value.digits, value.value.places);
    case 'boolean':
      return String(value.value);
    case 'table':
    case 'array':
    case 'void':
    case 'unparsed':
      return null;
  }
}

function decimalText(digits: number, places: number): string | null {
  if (!Number.isInteger(digits) || !Number.isInteger(places) || places < 0 || places > 255) return null;
  if (places === 0) return String(digits);
  const padded = String(Math.abs(digits)).padStart(places + 1, '0');
  return `${digits < 0 ? '-' : ''}${padded.slice(0, -places)}.${padded.slice(-places)}`;
}

function exactText(value: TypedValue, maxBytes: number): string | null {
  if (value.type === 'string' && typeof value.value === 'string') return value.value;
  const bytes = rawBytes(value, maxBytes);
  return bytes !== null && isUtf8(bytes) ? bytes.toString('utf8') : null;
}

function lossyText(value: TypedValue, maxBytes: number): string | null {
  if (value.type === 'string' && typeof value.value === 'string') return value.value;
  return rawBytes(value, maxBytes)?.toString('utf8') ?? null;
}

/** The bytes of a `bytes` value or of a string that is not UTF-8; of a huge one no more than is looked at. */
function rawBytes(value: TypedValue, maxBytes: number): Buffer | null {
  const base64 =
    value.type === 'bytes'
      ? value.value
      : value.type === 'string' && typeof value.value !== 'string'
        ? value.value.base64
        : null;
  if (base64 === null) return null;
  const needed = Math.ceil((maxBytes + 4) / 3) * 4;
  return Buffer.from(base64.length > needed ? base64.slice(0, needed) : base64, 'base64');
}
