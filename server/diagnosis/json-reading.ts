import { cutToBytes, isWellFormed, MAX_NAME_BYTES } from './bounded-text.ts';

/**
 * Reading JSON that anybody may have written: in a header, or the body of frameworks that keep their failures there.
 * None of these throws; what is missing or of another type is null. Own properties only: no name is special.
 */

/** Larger texts are not read: the intake waits for it. */
export const MAX_JSON_BYTES = 512 * 1024;

export type JsonObject = Record<string, unknown>;

/** The value of the text, or null where it is no JSON, or too much of it. */
export function parseJson(text: string | Buffer): unknown {
  if (text.length > MAX_JSON_BYTES) return null;
  try {
    return JSON.parse(text.toString()) as unknown;
  } catch {
    return null;
  }
}

/**
 * The body's JSON object, or null. The names it must have are looked for in the bytes first: most bodies are of other
 * applications, and are not parsed.
 */
export function jsonBody(body: Buffer, ...names: string[]): JsonObject | null {
  if (body.length > MAX_JSON_BYTES || !names.every((name) => body.includes(`"${name}"`))) return null;
  const value = asObject(parseJson(body));
  return value !== null && names.every((name) => Object.hasOwn(value, name)) ? value : null;
}

export function asObject(value: unknown): JsonObject | null {
  return isObject(value) ? value : null;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function field(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : null;
}

export function objectField(object: JsonObject, name: string): JsonObject | null {
  return asObject(field(object, name));
}

/** Text that a person reads: cut to `maxBytes`; null when blank. */
export function textField(object: JsonObject, name: string, maxBytes: number): string | null {
  const value = field(object, name);
  return typeof value === 'string' && value.trim() !== '' ? cutToBytes(value, maxBytes) : null;
}

/** A name as the broker knows it: exact or null, never cut. */
export function nameField(object: JsonObject, name: string): string | null {
  const value = field(object, name);
  if (typeof value !== 'string' || value.length > MAX_NAME_BYTES || !isWellFormed(value)) return null;
  return Buffer.byteLength(value) <= MAX_NAME_BYTES ? value : null;
}

/** The texts of a list, of its first `maxItems`; null where it is no list. */
export function textsField(object: JsonObject, name: string, maxItems: number): string[] | null {
  const value = field(object, name);
  return Array.isArray(value) ? value.slice(0, maxItems).filter((item) => typeof item === 'string') : null;
}

/** A count: a whole number from 0 to 2^31-1. */
export function countField(object: JsonObject, name: string): number | null {
  const value = field(object, name);
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0x7fffffff ? value : null;
}
