import { isUtf8 } from 'node:buffer';

import type { Header, HeaderTable, RawBytes, TypedValue } from './message.ts';

/**
 * AMQP 0-9-1 field tables, read and written by us in both directions, because amqplib's codec loses types, large
 * integers, bytes that are not UTF-8, duplicates, and names such as `!` and `__proto__`.
 *
 * The tags are RabbitMQ's (https://www.rabbitmq.com/amqp-0-9-1-errata#section_3), which every client follows. Two more
 * things are known: `L`, which some clients write for `l`, and `decimal`, whose digits the standard's grammar calls
 * unsigned and its prose signed; Java, .NET and Python clients write and read them signed, and so do we. Either way the
 * same bytes are written back.
 *
 * Reading never throws: what cannot be read is kept as `unparsed` bytes. The one thing that is not written from the same
 * bits is a NaN: as the usual one. RabbitMQ carries none.
 */

/** Deeper nesting is kept unparsed; JSON.stringify and the stack have to follow it later. */
export const MAX_DEPTH = 200;

const LENGTH_BYTES = 4;
const TAG_BYTES = 1;

const TAGS = {
  int8: 'b',
  uint8: 'B',
  int16: 's',
  uint16: 'u',
  int32: 'I',
  uint32: 'i',
  int64: 'l',
  float: 'f',
  double: 'd',
  decimal: 'D',
  string: 'S',
  bytes: 'x',
  boolean: 't',
  timestamp: 'T',
  table: 'F',
  array: 'A',
  void: 'V',
} as const satisfies Record<Exclude<TypedValue['type'], 'unparsed'>, string>;

/** Reads a table as it stands on the wire: four bytes of length, then its entries. Never throws. */
export function decodeTable(wire: Buffer): HeaderTable {
  const end = wire.length < LENGTH_BYTES ? wire.length : Math.min(wire.length, LENGTH_BYTES + wire.readUInt32BE(0));
  return new Reader(wire, LENGTH_BYTES).table(end, 0);
}

class Reader {
  readonly #wire: Buffer;
  #at: number;

  constructor(wire: Buffer, at: number) {
    this.#wire = wire;
    this.#at = at;
  }

  /** The entries up to `end`, where the reader then stands. */
  table(end: number, depth: number): HeaderTable {
    const headers: Header[] = [];
    while (this.#at < end) {
      const start = this.#at;
      const nameLength = this.#wire[start] ?? 0;
      const nameEnd = start + 1 + nameLength;
      if (nameEnd > end) {
        headers.push({ name: '', ...this.#rest(start, end) });
        break;
      }
      const nameBytes = this.#wire.subarray(start + 1, nameEnd);
      const name = nameBytes.toString('utf8');
      this.#at = nameEnd;
      const value = this.#value(start, end, depth);
      headers.push(isUtf8(nameBytes) ? { name, ...value } : { name, rawName: nameBytes.toString('base64'), ...value });
    }
    return headers;
  }

  #array(end: number, depth: number): TypedValue[] {
    const values: TypedValue[] = [];
    while (this.#at < end) values.push(this.#value(this.#at, end, depth));
    return values;
  }

  /** One value from its tag on. `start` is where its entry begins: what is kept when it cannot be read. */
  #value(start: number, end: number, depth: number): TypedValue {
    const wire = this.#wire;
    const at = this.#at + TAG_BYTES;
    const left = end - at;
    const tag = left < 0 ? '' : String.fromCharCode(wire[this.#at] ?? 0);
    switch (tag) {
      case 'b':
        if (left < 1) break;
        this.#at = at + 1;
        return { type: 'int8', value: wire.readInt8(at) };
      case 'B':
        if (left < 1) break;
        this.#at = at + 1;
        return { type: 'uint8', value: wire.readUInt8(at) };
      case 's':
        if (left < 2) break;
        this.#at = at + 2;
        return { type: 'int16', value: wire.readInt16BE(at) };
      case 'u':
        if (left < 2) break;
        this.#at = at + 2;
        return { type: 'uint16', value: wire.readUInt16BE(at) };
      case 'I':
        if (left < 4) break;
        this.#at = at + 4;
        return { type: 'int32', value: wire.readInt32BE(at) };
      case 'i':
        if (left < 4) break;
        this.#at = at + 4;
        return { type: 'uint32', value: wire.readUInt32BE(at) };
      case 'l':
      case 'L': {
        if (left < 8) break;
        this.#at = at + 8;
        const value = wire.readBigInt64BE(at).toString();
        return tag === 'L' ? { type: 'int64', value, tag } : { type: 'int64', value };
      }
      case 'T':
        if (left < 8) break;
        this.#at = at + 8;
        return { type: 'timestamp', value: wire.readBigUInt64BE(at).toString() };
      case 'f':
        if (left < 4) break;
        this.#at = at + 4;
        return { type: 'float', value: jsonNumber(wire.readFloatBE(at)) };
      case 'd':
        if (left < 8) break;
        this.#at = at + 8;
        return { type: 'double', value: jsonNumber(wire.readDoubleBE(at)) };
      case 'D':
        if (left < 5) break;
        this.#at = at + 5;
        return { type: 'decimal', value: { places: wire.readUInt8(at), digits: wire.readInt32BE(at + 1) } };
      case 't': {
        if (left < 1) break;
        this.#at = at + 1;
        const byte = wire.readUInt8(at);
        return byte > 1 ? { type: 'boolean', value: true, byte } : { type: 'boolean', value: byte === 1 };
      }
      case 'V':
        this.#at = at;
        return { type: 'void', value: null };
      case 'S':
      case 'x':
      case 'F':
      case 'A': {
        if (left < LENGTH_BYTES) break;
        const from = at + LENGTH_BYTES;
        const to = from + wire.readUInt32BE(at);
        if (to > end) break;
        if (tag === 'S' || tag === 'x') {
          this.#at = to;
          const bytes = wire.subarray(from, to);
          return tag === 'x'
            ? { type: 'bytes', value: bytes.toString('base64') }
            : { type: 'string', value: text(bytes) };
        }
        if (depth >= MAX_DEPTH) return this.#rest(start, to);
        this.#at = from;
        return tag === 'F'
          ? { type: 'table', value: this.table(to, depth + 1) }
          : { type: 'array', value: this.#array(to, depth + 1) };
      }
    }
    return this.#rest(start, end);
  }

  #rest(start: number, end: number): TypedValue {
    this.#at = end;
    return { type: 'unparsed', value: this.#wire.subarray(start, end).toString('base64') };
  }
}

function text(bytes: Buffer): string | RawBytes {
  return isUtf8(bytes) ? bytes.toString('utf8') : { base64: bytes.toString('base64') };
}

function jsonNumber(value: number): number | 'NaN' | 'Infinity' | '-Infinity' | '-0' {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return 'Infinity';
  if (value === -Infinity) return '-Infinity';
  return Object.is(value, -0) ? '-0' : value;
}

/** The bytes that `encodeTable` would make, its four bytes of length included. Throws as it does. */
export function encodedTableSize(table: HeaderTable): number {
  return tableSize(table, 0);
}

/**
 * Writes a table as it stands on the wire, with its length. Throws a RangeError where a value does not fit its type, a
 * name has more than 255 bytes, a text or base64 is not well-formed, or tables nest deeper than `MAX_DEPTH`.
 */
export function encodeTable(table: HeaderTable): Buffer {
  const wire = Buffer.allocUnsafe(tableSize(table, 0));
  const written = new Writer(wire).write(table);
  if (written !== wire.length) throw new RangeError('A value is not well-formed base64');
  return wire;
}

function tableSize(table: HeaderTable, depth: number): number {
  if (depth > MAX_DEPTH) throw new RangeError(`Tables and arrays nest deeper than ${MAX_DEPTH} levels`);
  let size = LENGTH_BYTES;
  for (const header of table) {
    if (header.type !== 'unparsed') size += 1 + nameSize(header);
    size += valueSize(header, depth);
  }
  return size;
}

function nameSize(header: Header): number {
  const size = header.rawName === undefined ? textSize(header.name) : base64Size(header.rawName);
  if (size > 255) throw new RangeError(`A header name has ${size} bytes; 255 is the most`);
  return size;
}

function valueSize(value: TypedValue, depth: number): number {
  switch (value.type) {
    case 'void':
      return TAG_BYTES;
    case 'int8':
    case 'uint8':
    case 'boolean':
      return TAG_BYTES + 1;
    case 'int16':
    case 'uint16':
      return TAG_BYTES + 2;
    case 'int32':
    case 'uint32':
    case 'float':
      return TAG_BYTES + 4;
    case 'decimal':
      return TAG_BYTES + 5;
    case 'int64':
    case 'timestamp':
    case 'double':
      return TAG_BYTES + 8;
    case 'bytes':
      return TAG_BYTES + LENGTH_BYTES + base64Size(value.value);
    case 'string':
      return (
        TAG_BYTES +
        LENGTH_BYTES +
        (typeof value.value === 'string' ? textSize(value.value) : base64Size(value.value.base64))
      );
    case 'table':
      return TAG_BYTES + tableSize(value.value, depth + 1);
    case 'array': {
      if (depth >= MAX_DEPTH) throw new RangeError(`Tables and arrays nest deeper than ${MAX_DEPTH} levels`);
      let size = TAG_BYTES + LENGTH_BYTES;
      for (const element of value.value) size += valueSize(element, depth + 1);
      return size;
    }
    case 'unparsed':
      return base64Size(value.value);
  }
}

function textSize(value: string): number {
  // A lone surrogate would be written as U+FFFD: another text than the one that was given.
  if (/\p{Surrogate}/u.test(value)) throw new RangeError('A text is not well-formed Unicode');
  return Buffer.byteLength(value, 'utf8');
}

function base64Size(value: string): number {
  return Buffer.byteLength(value, 'base64');
}

class Writer {
  readonly #wire: Buffer;
  #at = 0;

  constructor(wire: Buffer) {
    this.#wire = wire;
  }

  /** Returns how many bytes were written. */
  write(table: HeaderTable): number {
    this.#table(table);
    return this.#at;
  }

  #table(table: HeaderTable): void {
    const start = this.#skipLength();
    for (const header of table) {
      if (header.type !== 'unparsed') {
        const start = this.#at++;
        if (header.rawName === undefined) this.#at += this.#wire.write(header.name, this.#at, 'utf8');
        else this.#at += this.#wire.write(header.rawName, this.#at, 'base64');
        this.#wire[start] = this.#at - start - 1;
      }
      this.#value(header);
    }
    this.#fillLength(start);
  }

  #value(typed: TypedValue): void {
    const wire = this.#wire;
    if (typed.type === 'unparsed') {
      this.#at += wire.write(typed.value, this.#at, 'base64');
      return;
    }
    const tag = typed.type === 'int64' ? (typed.tag ?? TAGS.int64) : TAGS[typed.type];
    this.#at += wire.write(tag, this.#at, 'latin1');
    switch (typed.type) {
      case 'int8':
        this.#at = wire.writeInt8(integer(typed.value), this.#at);
        break;
      case 'uint8':
        this.#at = wire.writeUInt8(integer(typed.value), this.#at);
        break;
      case 'int16':
        this.#at = wire.writeInt16BE(integer(typed.value), this.#at);
        break;
      case 'uint16':
        this.#at = wire.writeUInt16BE(integer(typed.value), this.#at);
        break;
      case 'int32':
        this.#at = wire.writeInt32BE(integer(typed.value), this.#at);
        break;
      case 'uint32':
        this.#at = wire.writeUInt32BE(integer(typed.value), this.#at);
        break;
      case 'int64':
        this.#at = wire.writeBigInt64BE(bigInteger(typed.value), this.#at);
        break;
      case 'timestamp':
        this.#at = wire.writeBigUInt64BE(bigInteger(typed.value), this.#at);
        break;
      case 'float': {
        const value = Number(typed.value);
        if (!Object.is(Math.fround(value), value)) throw new RangeError('A number does not fit a float exactly');
        this.#at = wire.writeFloatBE(value, this.#at);
        break;
      }
      case 'double':
        this.#at = wire.writeDoubleBE(Number(typed.value), this.#at);
        break;
      case 'decimal': {
        const { places, digits } = typed.value;
        this.#at = wire.writeUInt8(integer(places), this.#at);
        this.#at =
          digits < 0 ? wire.writeInt32BE(integer(digits), this.#at) : wire.writeUInt32BE(integer(digits), this.#at);
        break;
      }
      case 'boolean':
        this.#at = wire.writeUInt8(integer(typed.byte ?? Number(typed.value)), this.#at);
        break;
      case 'void':
        break;
      case 'string':
      case 'bytes': {
        const start = this.#skipLength();
        if (typed.type === 'bytes') this.#at += wire.write(typed.value, this.#at, 'base64');
        else if (typeof typed.value === 'string') this.#at += wire.write(typed.value, this.#at, 'utf8');
        else this.#at += wire.write(typed.value.base64, this.#at, 'base64');
        this.#fillLength(start);
        break;
      }
      case 'table':
        this.#table(typed.value);
        break;
      case 'array': {
        const start = this.#skipLength();
        for (const element of typed.value) this.#value(element);
        this.#fillLength(start);
        break;
      }
    }
  }

  #skipLength(): number {
    const start = this.#at;
    this.#at += LENGTH_BYTES;
    return start;
  }

  #fillLength(start: number): void {
    this.#wire.writeUInt32BE(this.#at - start - LENGTH_BYTES, start);
  }
}

function integer(value: number): number {
  if (!Number.isInteger(value)) throw new RangeError('A number is not an integer');
  return value;
}

function bigInteger(value: string): bigint {
  if (!/^-?\d+$/.test(value)) throw new RangeError('A 64-bit integer is not written in digits');
  return BigInt(value);
}
