import { isUtf8 } from 'node:buffer';
import { MAX_JSON_BYTES } from './json-reading.ts';

/** As `addslashes(serialize(Envelope))` begins, and how it looks in base64. */
const BEGINNING = /^O:\d{1,3}:\\?"Symfony\\{1,2}Component\\{1,2}Messenger\\{1,2}Envelope\\?":/;
const BASE64_BEGINNING = 'Tzoz';
const BASE64 = /^[A-Za-z\d+/]+={0,2}$/;

/**
 * What PHP's `serialize` made of a Symfony envelope, as bytes, or null where the body is none. Nothing is ever
 * unserialised: what is in it is looked for as text, for display alone. The part after the stamps, the message itself,
 * is cut off: what an application's texts say is not the envelope's.
 */
export function readPhpEnvelope(body: Buffer): Buffer | null {
  if (body.length > MAX_JSON_BYTES) return null;
  const plain =
    body.subarray(0, BASE64_BEGINNING.length).toString('latin1') === BASE64_BEGINNING ? unBase64(body) : body;
  if (plain === null || !BEGINNING.test(plain.subarray(0, 100).toString('latin1'))) return null;
  const serialised = stripSlashes(plain);
  const message = serialised.indexOf('\0Symfony\\Component\\Messenger\\Envelope\0message";');
  return message === -1 ? serialised : serialised.subarray(0, message);
}

function unBase64(body: Buffer): Buffer | null {
  const text = body.toString('latin1');
  return BASE64.test(text) ? Buffer.from(text, 'base64') : null;
}

/** The other way round than `addslashes`: `\0` is a NUL, any other `\x` is `x`. */
function stripSlashes(body: Buffer): Buffer {
  const bytes = Buffer.alloc(body.length);
  let length = 0;
  for (let at = 0; at < body.length; at += 1) {
    let byte = body[at] ?? 0;
    if (byte === 0x5c && at + 1 < body.length) {
      at += 1;
      const escaped = body[at] ?? 0;
      byte = escaped === 0x30 ? 0 : escaped;
    }
    bytes[length] = byte;
    length += 1;
  }
  return bytes.subarray(0, length);
}

/** Where the value of a class's private property begins, for each time it is written; of very many the last. */
export function findProperty(serialised: Buffer, className: string, property: string): number[] {
  const name = Buffer.from(`\0${className}\0${property}";`, 'utf8');
  const found: number[] = [];
  for (let at = serialised.lastIndexOf(name); at >= 0 && found.length < MAX_FOUND;) {
    found.unshift(at + name.length);
    if (at === 0) break;
    at = serialised.lastIndexOf(name, at - 1);
  }
  return found;
}

/** One for each try. */
const MAX_FOUND = 1000;

/** The string that begins there: `s:4:"boom";`, its length in bytes. Null where there is another value, or it is cut off. */
export function stringAt(serialised: Buffer, at: number): string | null {
  const match = /^s:(\d{1,7}):"/.exec(serialised.subarray(at, at + 16).toString('latin1'));
  if (match === null) return null;
  const start = at + match[0].length;
  const end = start + Number(match[1]);
  if (serialised.subarray(end, end + 2).toString('latin1') !== '";') return null;
  const bytes = serialised.subarray(start, end);
  return isUtf8(bytes) ? bytes.toString('utf8') : bytes.toString('latin1');
}

/** The whole number that begins there: `i:3;`. */
export function numberAt(serialised: Buffer, at: number): number | null {
  const match = /^i:(\d{1,9});/.exec(serialised.subarray(at, at + 14).toString('latin1'));
  return match === null ? null : Number(match[1]);
}

/** PHP's own date: its time, and the zone where that is one that has an offset or is UTC. */
export function dateAt(serialised: Buffer, at: number): string | null {
  const text = serialised.subarray(at, at + 300).toString('latin1');
  const match =
    /^O:\d{1,3}:"\w{1,60}":3:\{s:4:"date";s:\d{2}:"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6})";s:13:"timezone_type";i:[123];s:8:"timezone";s:\d{1,2}:"(UTC|Z|[+-]\d\d:\d\d)";/.exec(
      text,
    );
  return match === null ? null : `${match[1] ?? ''}${match[2] === 'UTC' ? 'Z' : (match[2] ?? '')}`;
}
