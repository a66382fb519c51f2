import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { z } from 'zod';

import { BASIC_CLASS, decodeContentHeader, type ContentHeader } from './content-header.ts';

/**
 * Replaces how amqplib reads and writes the content header (properties and headers) of every message in this process.
 * Method tables (arguments, server properties) stay amqplib's own.
 *
 * amqplib's frame.js and connection.js capture `defs.decode` and `defs.encodeProperties` when they load, so this module
 * must be evaluated before amqplib is: `typed-codec.ts` sees to it, and its self-check tells when something else loaded
 * amqplib first. amqplib's `exports` map hides lib/, an absolute path does not ask it.
 *
 * Since we write the frame ourselves, amqplib's buffer of 65,536 bytes for tables no longer limits headers; the
 * connection's frame_max does.
 */
interface Definitions {
  decode: (id: number, bytes: Buffer) => object;
  encodeProperties: (id: number, channel: number, bodySize: number, fields: object) => Buffer;
  BasicPublish: number;
}

const load = createRequire(import.meta.url);
const home = dirname(load.resolve('amqplib'));

/** One of amqplib's own modules, e.g. `lib/frame.js`. */
export function loadAmqplibPart(path: string): unknown {
  return load(join(home, path));
}

/** The version that is installed, e.g. `2.3.1`. */
export const amqplibVersion = z.object({ version: z.string() }).parse(loadAmqplibPart('package.json')).version;

const read = new WeakMap<object, ReadHeader>();
const toWrite = new WeakMap<object, Buffer>();

/** A content header as it was read, and how many bytes it had. */
export interface ReadHeader {
  header: ContentHeader;
  wireBytes: number;
}

/** What was read for the `properties` object of an amqplib message; undefined when the patch did not read it. */
export function readHeaderOf(properties: object): ReadHeader | undefined {
  return read.get(properties);
}

/**
 * A value for amqplib's publish option `headers` that makes this frame be sent, whatever the other options say.
 * `frame` is what `encodeContentHeader` made for channel 0; the channel's number is filled in when it is sent, so a
 * value is good for one publish.
 */
export function headersOption(frame: Buffer): object {
  const carrier = {};
  toWrite.set(carrier, frame);
  return carrier;
}

/** amqplib makes a fresh object whose prototype is the `headers` option that was given. */
function frameToWrite(fields: object): Buffer | undefined {
  if (!('headers' in fields) || typeof fields.headers !== 'object' || fields.headers === null) return undefined;
  const given: unknown = Object.getPrototypeOf(fields.headers);
  return typeof given === 'object' && given !== null ? toWrite.get(given) : undefined;
}

function isDefinitions(part: unknown): part is Definitions {
  return (
    typeof part === 'object' &&
    part !== null &&
    'decode' in part &&
    typeof part.decode === 'function' &&
    'encodeProperties' in part &&
    typeof part.encodeProperties === 'function' &&
    'BasicPublish' in part &&
    typeof part.BasicPublish === 'number'
  );
}

const definitions = loadAmqplibPart('lib/defs.js');
if (!isDefinitions(definitions)) throw new Error(`amqplib ${amqplibVersion} has other parts inside than were patched`);
const { decode, encodeProperties } = definitions;

definitions.decode = (id, bytes) => {
  if (id !== BASIC_CLASS) return decode(id, bytes);
  const header = decodeContentHeader(bytes);
  const properties = header.headers ? { ...header.properties, headers: header.headers } : { ...header.properties };
  read.set(properties, { header, wireBytes: bytes.length });
  return properties;
};

definitions.encodeProperties = (id, channel, bodySize, fields) => {
  const frame = id === BASIC_CLASS ? frameToWrite(fields) : undefined;
  if (!frame) return encodeProperties(id, channel, bodySize, fields);
  frame.writeUInt16BE(channel, 1);
  return frame;
};

export const BASIC_PUBLISH = definitions.BasicPublish;
