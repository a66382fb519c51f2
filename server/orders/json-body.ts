import { isUtf8 } from 'node:buffer';
import { parse as parseLossless } from 'lossless-json';

/** A JSON value as it is searched: integers past 2^53 are bigints, other numbers too long for JavaScript their text. */
export type Json = string | number | bigint | boolean | null | Json[] | { [name: string]: Json };

/** Larger bodies are not looked into. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;
/** Deeper or fuller ones neither: walking them must not overflow the stack or hold up the intake. */
export const MAX_DEPTH = 100;
const MAX_VALUES = 500_000;

/** The exact parser reads character by character; past this it takes too long, and long numbers are left out. */
const MAX_EXACT_BYTES = 1024 * 1024;
/** Any number of so many characters survives as a JavaScript number: 15 digits always do. */
const SAFE_NUMBER_LENGTH = 15;
const MAX_NUMBER_LENGTH = 191;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

interface Scan {
  bounded: boolean;
  /** A number that `JSON.parse` could round is in it. */
  longNumbers: boolean;
}

/** The body's JSON, or undefined where it is none or past the bounds above. Never throws. */
export function parseJsonBody(body: Buffer): Json | undefined {
  if (body.length === 0 || body.length > MAX_BODY_BYTES) return undefined;
  const { bounded, longNumbers } = scanJson(body);
  if (!bounded || !isUtf8(body)) return undefined;
  const text = body.toString('utf8').replace(/^\uFEFF/, '');
  try {
    if (!longNumbers) return JSON.parse(text) as Json;
    if (body.length > MAX_EXACT_BYTES) return JSON.parse(text, dropInexact) as Json;
    return parseLossless(text, null, {
      parseNumber: exactNumber,
      onDuplicateKey: ({ newValue }) => newValue,
    }) as Json;
  } catch {
    return undefined; // Not JSON: most bodies that reach this are some other text.
  }
}

function exactNumber(text: string): Json {
  if (text.length <= SAFE_NUMBER_LENGTH) return Number(text);
  if (text.length > MAX_NUMBER_LENGTH) return null;
  if (!/^-?\d+$/.test(text)) return text;
  return Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text);
}

/** A rounded number would be a wrong id. */
function dropInexact(_name: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isSafeInteger(value) ? null : value;
}

/** One pass over the bytes before anything is built from them. Says nothing of whether they are JSON at all. */
function scanJson(body: Buffer): Scan {
  let depth = 0;
  let values = 0;
  let numberLength = 0;
  let longNumbers = false;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at] ?? 0;
    if (byte === QUOTE) {
      at = endOfString(body, at);
      numberLength = 0;
    } else if (isNumberByte(byte)) {
      numberLength += 1;
      if (numberLength > SAFE_NUMBER_LENGTH) longNumbers = true;
    } else {
      numberLength = 0;
      if (byte === COMMA) values += 1;
      else if (byte === 0x5b || byte === 0x7b) {
        depth += 1;
        values += 1;
      } else if (byte === 0x5d || byte === 0x7d) depth -= 1;
      if (depth > MAX_DEPTH || values > MAX_VALUES) return { bounded: false, longNumbers };
    }
  }
  return { bounded: true, longNumbers };
}

function endOfString(body: Buffer, start: number): number {
  let at = start + 1;
  while (at < body.length && body[at] !== QUOTE) at += body[at] === BACKSLASH ? 2 : 1;
  return at;
}

/** Digits, sign, point and exponent. */
function isNumberByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x2e || byte === 0x2b || byte === 0x65 || byte === 0x45
  );
}
