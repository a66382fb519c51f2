import { isUtf8 } from 'node:buffer';

import { decodeTable, encodedTableSize, encodeTable } from './field-table.ts';
import type { HeaderTable, MessageProperties, TextProperty } from './message.ts';

/**
 * The content header frame of AMQP 0-9-1: basic properties and the headers table, without loss. An absent property and
 * an absent table stay absent, a timestamp keeps its 64 bits, and bytes that are not UTF-8 are kept beside their text.
 */
export interface ContentHeader {
  properties: MessageProperties;
  headers?: HeaderTable;
}

/** Property flags in wire order, from the highest bit down (AMQP 0-9-1 §4.2.6.1 and its class `basic`). */
const FIELDS = [
  ['contentType', 0x8000, 'text'],
  ['contentEncoding', 0x4000, 'text'],
  ['headers', 0x2000, 'table'],
  ['deliveryMode', 0x1000, 'octet'],
  ['priority', 0x0800, 'octet'],
  ['correlationId', 0x0400, 'text'],
  ['replyTo', 0x0200, 'text'],
  ['expiration', 0x0100, 'text'],
  ['messageId', 0x0080, 'text'],
  ['timestamp', 0x0040, 'timestamp'],
  ['type', 0x0020, 'text'],
  ['userId', 0x0010, 'text'],
  ['appId', 0x0008, 'text'],
  ['clusterId', 0x0004, 'text'],
] as const;

export type PropertyName = Exclude<(typeof FIELDS)[number][0], 'headers'>;
/** In wire order. */
export const PROPERTY_NAMES = FIELDS.map(([name]) => name).filter((name) => name !== 'headers');

const FRAME_TYPE = 2;
const FRAME_END = 0xce;
export const BASIC_CLASS = 60;
/** Type, channel, size; then class, weight, body size, flags; and the end mark. */
const FRAME_HEAD_BYTES = 7;
const HEADER_HEAD_BYTES = 14;
const FRAME_END_BYTES = 1;

/** Reads flags and fields: what follows the body size in a content header. Throws a RangeError when they are cut short. */
export function decodeContentHeader(bytes: Buffer): ContentHeader {
  const properties: MessageProperties = {};
  let headers: HeaderTable | undefined;
  const flags = bytes.readUInt16BE(0);
  let at = 2;
  for (const [name, flag, kind] of FIELDS) {
    if ((flags & flag) === 0) continue;
    switch (kind) {
      case 'octet':
        properties[name] = bytes.readUInt8(at);
        at += 1;
        break;
      case 'timestamp':
        properties[name] = bytes.readBigUInt64BE(at).toString();
        at += 8;
        break;
      case 'table': {
        const end = at + 4 + bytes.readUInt32BE(at);
        headers = decodeTable(bytes.subarray(at, end));
        at = end;
        break;
      }
      case 'text': {
        const end = at + 1 + bytes.readUInt8(at);
        const text = bytes.subarray(at + 1, end);
        properties[name] = text.toString('utf8');
        if (!isUtf8(text)) properties.raw = { ...properties.raw, [name]: text.toString('base64') };
        at = end;
        break;
      }
    }
    if (at > bytes.length) throw new RangeError('A content header is cut short');
  }
  return headers === undefined ? { properties } : { properties, headers };
}

/** How many bytes its frame has, to be compared with the connection's frame_max. Throws as `encodeContentHeader` does. */
export function contentHeaderSize({ properties, headers }: ContentHeader): number {
  let size = FRAME_HEAD_BYTES + HEADER_HEAD_BYTES + FRAME_END_BYTES;
  for (const [name, , kind] of FIELDS) {
    if (kind === 'table') size += headers === undefined ? 0 : encodedTableSize(headers);
    else if (properties[name] === undefined) continue;
    else if (kind === 'text') size += 1 + (textBytes(properties, name)?.length ?? 0);
    else size += kind === 'octet' ? 1 : 8;
  }
  return size;
}

/**
 * Writes the whole frame. Throws a RangeError where a value cannot be written exactly: a text past 255 bytes, a number
 * that does not fit, a header that `encodeTable` refuses. Its size is not compared with any frame_max here.
 */
export function encodeContentHeader(channel: number, bodySize: number, header: ContentHeader): Buffer {
  const { properties } = header;
  const size = contentHeaderSize(header);
  const frame = Buffer.allocUnsafe(size);
  frame.writeUInt8(FRAME_TYPE, 0);
  frame.writeUInt16BE(channel, 1);
  frame.writeUInt32BE(size - FRAME_HEAD_BYTES - FRAME_END_BYTES, 3);
  frame.writeUInt16BE(BASIC_CLASS, 7);
  frame.writeUInt16BE(0, 9);
  frame.writeBigUInt64BE(BigInt(bodySize), 11);
  let flags = 0;
  let at = FRAME_HEAD_BYTES + HEADER_HEAD_BYTES;
  for (const [name, flag, kind] of FIELDS) {
    if (kind === 'table') {
      if (header.headers === undefined) continue;
      at += encodeTable(header.headers).copy(frame, at);
    } else if (kind === 'text') {
      const text = textBytes(properties, name);
      if (text === undefined) continue;
      at = frame.writeUInt8(text.length, at);
      at += text.copy(frame, at);
    } else if (kind === 'octet') {
      const value = properties[name];
      if (value === undefined) continue;
      if (!Number.isInteger(value)) throw new RangeError(`${name} is not an integer`);
      at = frame.writeUInt8(value, at);
    } else {
      const value = properties[name];
      if (value === undefined) continue;
      if (!/^\d+$/.test(value)) throw new RangeError(`${name} is not written in digits`);
      at = frame.writeBigUInt64BE(BigInt(value), at);
    }
    flags |= flag;
  }
  frame.writeUInt16BE(flags, 19);
  frame.writeUInt8(FRAME_END, at);
  return frame;
}

function textBytes(properties: MessageProperties, name: TextProperty): Buffer | undefined {
  const text = properties[name];
  if (text === undefined) return undefined;
  const raw = properties.raw?.[name];
  if (raw === undefined && /\p{Surrogate}/u.test(text)) throw new RangeError(`${name} is not well-formed Unicode`);
  const bytes = raw === undefined ? Buffer.from(text, 'utf8') : Buffer.from(raw, 'base64');
  if (bytes.length > 255) throw new RangeError(`${name} has ${bytes.length} bytes; 255 is the most`);
  return bytes;
}
