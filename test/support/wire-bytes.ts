/**
 * AMQP 0-9-1 bytes made and taken apart by hand, for tests of what the office writes: nothing here knows the office's own
 * codec, so that a mistake in that one cannot hide behind the same mistake here.
 */

/** What a content header frame carries after the size of the body: property flags, then the properties that are there. */
export type HeaderBytes = Buffer;

export const uint8 = (value: number): Buffer => Buffer.from([value]);
export const int = (bytes: number, value: number | bigint): Buffer => {
  const wire = Buffer.alloc(bytes);
  const bits = BigInt.asUintN(8 * bytes, BigInt(value));
  for (let at = 0; at < bytes; at += 1) wire[bytes - 1 - at] = Number((bits >> BigInt(8 * at)) & 0xffn);
  return wire;
};
const bytesOf = (text: string | Buffer): Buffer => (typeof text === 'string' ? Buffer.from(text, 'utf8') : text);
export const short = (text: string | Buffer): Buffer => Buffer.concat([uint8(bytesOf(text).length), bytesOf(text)]);
export const long = (text: string | Buffer): Buffer => Buffer.concat([int(4, bytesOf(text).length), bytesOf(text)]);

/** A value: its tag and its payload. */
export const value = (tag: string, payload: Buffer = Buffer.alloc(0)): Buffer =>
  Buffer.concat([Buffer.from(tag, 'latin1'), payload]);
export const string = (text: string | Buffer): Buffer => value('S', long(text));
export const double = (number: number): Buffer => {
  const wire = Buffer.alloc(8);
  wire.writeDoubleBE(number);
  return value('d', wire);
};
export const float = (number: number): Buffer => {
  const wire = Buffer.alloc(4);
  wire.writeFloatBE(number);
  return value('f', wire);
};
/** A whole table: its length, then names and values. */
export const tableOf = (...entries: (readonly [name: string | Buffer, value: Buffer])[]): Buffer =>
  long(Buffer.concat(entries.flatMap(([name, given]) => [short(name), given])));
export const table = (...entries: (readonly [name: string | Buffer, value: Buffer])[]): Buffer =>
  value('F', tableOf(...entries));
export const array = (...values: Buffer[]): Buffer => value('A', long(Buffer.concat(values)));

/** The properties in wire order. */
export const PROPERTIES = [
  ['contentType', 'short'],
  ['contentEncoding', 'short'],
  ['headers', 'table'],
  ['deliveryMode', 1],
  ['priority', 1],
  ['correlationId', 'short'],
  ['replyTo', 'short'],
  ['expiration', 'short'],
  ['messageId', 'short'],
  ['timestamp', 8],
  ['type', 'short'],
  ['userId', 'short'],
  ['appId', 'short'],
  ['clusterId', 'short'],
] as const;
type Property = (typeof PROPERTIES)[number][0];

/** A content header of these properties, each given as the bytes that stand for it on the wire. */
export function headerBytes(properties: Partial<Record<Property, Buffer>>): HeaderBytes {
  let flags = 0;
  const fields: Buffer[] = [];
  for (const [index, [name]] of PROPERTIES.entries()) {
    const bytes = properties[name];
    if (bytes === undefined) continue;
    flags |= 0x8000 >> index;
    fields.push(bytes);
  }
  return Buffer.concat([int(2, flags), ...fields]);
}

/** The bytes of each property that is there. */
export function propertiesIn(header: HeaderBytes): Partial<Record<Property, Buffer>> {
  const flags = header.readUInt16BE(0);
  const properties: Partial<Record<Property, Buffer>> = {};
  let at = 2;
  for (const [index, [name, kind]] of PROPERTIES.entries()) {
    if ((flags & (0x8000 >> index)) === 0) continue;
    const size = kind === 'short' ? 1 + header.readUInt8(at) : kind === 'table' ? 4 + header.readUInt32BE(at) : kind;
    properties[name] = header.subarray(at, at + size);
    at += size;
  }
  if (at !== header.length) throw new Error(`A content header has ${header.length - at} bytes too many.`);
  return properties;
}

/** How many bytes a value has after its tag; those that say their own length are not here. */
const SIZES: Readonly<Record<string, number>> = {
  ...{ b: 1, B: 1, t: 1, V: 0, s: 2, u: 2, I: 4, i: 4, f: 4, l: 8, L: 8, d: 8, T: 8, D: 5 },
};

export interface EntryBytes {
  name: Buffer;
  /** Tag and payload. */
  value: Buffer;
  /** The whole entry. */
  bytes: Buffer;
}

/** Takes a table (with its length) apart. */
export function entriesOf(wire: Buffer): EntryBytes[] {
  const entries: EntryBytes[] = [];
  const end = 4 + wire.readUInt32BE(0);
  let at = 4;
  while (at < end) {
    const start = at;
    const name = wire.subarray(at + 1, at + 1 + wire.readUInt8(at));
    at += 1 + name.length;
    const tag = wire.toString('latin1', at, at + 1);
    const size = SIZES[tag] ?? ('SxFA'.includes(tag) ? 4 + wire.readUInt32BE(at + 1) : undefined);
    if (size === undefined) throw new Error(`A table has a value with the tag ${JSON.stringify(tag)}.`);
    entries.push({ name, value: wire.subarray(at, at + 1 + size), bytes: wire.subarray(start, at + 1 + size) });
    at += 1 + size;
  }
  return entries;
}

/** The same content header without some entries of its headers table; every other byte stays. */
export function withoutEntries(header: HeaderBytes, isGone: (entry: EntryBytes) => boolean): HeaderBytes {
  const properties = propertiesIn(header);
  if (properties.headers === undefined) return header;
  const kept = entriesOf(properties.headers).filter((entry) => !isGone(entry));
  return headerBytes({ ...properties, headers: long(Buffer.concat(kept.map(({ bytes }) => bytes))) });
}
