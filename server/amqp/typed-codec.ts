// First, so that amqplib captures the patched functions when it loads.
import { amqplibVersion, BASIC_PUBLISH, headersOption, loadAmqplibPart, readHeaderOf } from './codec-patch.ts';
// Everything of the server takes amqplib from here, never from 'amqplib' itself.
import amqplib from 'amqplib';

import type { Message, Options } from 'amqplib';

import { BASIC_CLASS, encodeContentHeader, type ContentHeader } from './content-header.ts';
import type { MessageContents } from './message.ts';

export { amqplib };

/** The one version whose insides were read and patched. Another one is a change to be made on purpose. */
const PINNED_VERSION = '2.3.1';

/** What a message that amqplib delivered or returned says, exactly. The body is amqplib's buffer, not a copy. */
export function contentsOf(message: Message): MessageContents {
  return { ...readHeader(message).header, body: message.content };
}

/**
 * About how many bytes of memory a message holds: its body, and its properties and headers as JavaScript objects, which
 * take several times what they took on the wire.
 */
export function weightOf(message: Message): number {
  return message.content.length + 4 * readHeader(message).wireBytes + 512;
}

function readHeader(message: Message) {
  const read = readHeaderOf(message.properties);
  if (!read) throw new Error('A message was not read by the typed codec');
  return read;
}

/** A message made ready for amqplib's `publish`, once. */
export interface Prepared {
  options: Options.Publish;
  /** The bytes of its header frame, to be compared with the connection's frame_max. */
  headerFrameSize: number;
}

/**
 * Makes amqplib's `publish` write properties and headers exactly as given. Throws a RangeError when that cannot be.
 * Each publish needs a preparation of its own.
 */
export function prepare({ properties, headers, body }: MessageContents, mandatory: boolean): Prepared {
  const header = headers === undefined ? { properties } : { properties, headers };
  const frame = encodeContentHeader(0, body.length, header);
  return { options: { mandatory, headers: headersOption(frame) }, headerFrameSize: frame.length };
}

const vector: ContentHeader = {
  properties: { correlationId: 'ORD-1', timestamp: '18446744073709551615', clusterId: 'c' },
  headers: [
    { name: '!', type: 'int64', value: '9007199254740993' },
    { name: '__proto__', type: 'double', value: 5 },
    { name: '__proto__', type: 'string', value: { base64: '/w==' } },
  ],
};
const vectorFrame = Buffer.from(
  '02000100000050003c000000000000000000032444' +
    '0000002e' + // headers
    '01216c0020000000000001' +
    '095f5f70726f746f5f5f644014000000000000' +
    '095f5f70726f746f5f5f5300000001ff' +
    '054f52442d31' +
    'ffffffffffffffff' +
    '0163' +
    'ce',
  'hex',
);

/**
 * The self-check of the codec: sends a fixed message through amqplib's own publish, and reads it with amqplib's own
 * frame reader. Throws an Error that says what is wrong; the process must not start then, because it would change
 * the messages that it resends.
 */
export function assertCodec(): void {
  if (amqplibVersion !== PINNED_VERSION) {
    throw new Error(
      `amqplib ${amqplibVersion} is installed, but this release was checked with ${PINNED_VERSION} only. ` +
        'Install the dependencies with `npm ci`.',
    );
  }
  const written = writtenByAmqplib({ ...vector, body: Buffer.from('abc') });
  const readBack = readByAmqplib(vectorFrame);
  if (!written.includes(vectorFrame) || JSON.stringify(readBack) !== JSON.stringify(vector)) {
    throw new Error(
      'The typed codec is not in effect: amqplib was loaded before it. Import server/amqp/typed-codec.ts.',
    );
  }
}

type Unbound = (this: object, ...values: unknown[]) => unknown;

/** A function inside a part of amqplib, by its path of names. */
function inside(part: string, ...path: string[]): Unbound {
  let found: unknown = loadAmqplibPart(part);
  for (const name of path) {
    const holder: unknown = found;
    const holds = (typeof holder === 'object' && holder !== null) || typeof holder === 'function';
    found = holds ? Reflect.get(holder, name) : undefined;
  }
  if (typeof found !== 'function') throw new Error(`amqplib ${amqplibVersion} has no ${path.join('.')} in ${part}`);
  const target = found;
  return function (...values) {
    const answer: unknown = Reflect.apply(target, this, values);
    return answer;
  };
}

function writtenByAmqplib(contents: MessageContents): Buffer {
  const chunks: Buffer[] = [];
  const buffer = { write: (bytes: Buffer) => chunks.push(bytes) };
  const connection = { channels: [null, { buffer }], frameMax: 131072 };
  const sendMessage = inside('lib/connection.js', 'Connection', 'prototype', 'sendMessage');
  const channel = {
    sendMessage: (fields: unknown, properties: unknown, body: unknown) =>
      sendMessage.call(connection, 1, BASIC_PUBLISH, fields, BASIC_CLASS, properties, body),
  };
  const publish = inside('lib/channel_model.js', 'Channel', 'prototype', 'publish');
  publish.call(channel, 'x', 'k', contents.body, prepare(contents, true).options);
  return Buffer.concat(chunks);
}

function readByAmqplib(wire: Buffer): ContentHeader | undefined {
  const structure = inside('lib/frame.js', 'parseFrame').call({}, wire, 0);
  const frame = inside('lib/frame.js', 'decodeFrame').call({}, structure);
  if (typeof frame !== 'object' || frame === null || !('fields' in frame)) return undefined;
  return typeof frame.fields === 'object' && frame.fields !== null ? readHeaderOf(frame.fields)?.header : undefined;
}
