import { parse } from 'lossless-json';
import { asObject, MAX_JSON_BYTES, type JsonObject } from './json-reading.ts';

/** A number of a JSON text as it was written: JavaScript's own would round it. */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/**
 * The value of a JSON text, its numbers as `JsonNumber`; undefined where it is no JSON, too much of it, or nested too
 * deep. For what is sent again: a reader that only shows uses `parseJson`, which is quicker. Never throws.
 */
export function parseExactJson(text: string | Buffer): unknown {
  if (text.length > MAX_JSON_BYTES) return undefined;
  try {
    return parse(text.toString(), null, {
      parseNumber: (written) => new JsonNumber(written),
      onDuplicateKey: ({ newValue }) => newValue,
    });
  } catch {
    return undefined;
  }
}

/** The object out of `parseExactJson`, or null: a number there is none. */
export function asExactObject(value: unknown): JsonObject | null {
  return value instanceof JsonNumber ? null : asObject(value);
}

/** A field of its own, whatever its name is. */
export function ownField(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** The whole number from `least` to `most`, or null for any other and for what is no number. */
export function wholeNumber(value: unknown, least: bigint, most: bigint): bigint | null {
  if (!(value instanceof JsonNumber) || !/^-?\d{1,20}$/.test(value.text)) return null;
  const number = BigInt(value.text);
  return number >= least && number <= most ? number : null;
}
