import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  contentHeaderSize,
  decodeContentHeader,
  encodeContentHeader,
  type ContentHeader,
} from '../../../server/amqp/content-header.ts';
import { assertCodec } from '../../../server/amqp/typed-codec.ts';
import { contentHeaders } from '../../support/header-tables.ts';

/** Flags and fields: what follows the 19 bytes of frame head, class, weight and body size, up to the end mark. */
const fieldsOf = (frame: Buffer) => frame.subarray(19, frame.length - 1);
const roundTrip = (header: ContentHeader) => decodeContentHeader(fieldsOf(encodeContentHeader(7, 5, header)));

describe('The content header', () => {
  it('has the frame that the standard describes', () => {
    const frame = encodeContentHeader(0x0102, 300, { properties: { deliveryMode: 2 } });
    expect(frame.toString('hex')).toBe(
      '02' + '0102' + '0000000f' + '003c0000' + '000000000000012c' + '1000' + '02' + 'ce',
    );
  });

  it('keeps an absent table absent and an empty one empty', () => {
    expect(roundTrip({ properties: {} })).toStrictEqual({ properties: {} });
    expect(roundTrip({ properties: {}, headers: [] })).toEqual({ properties: {}, headers: [] });
  });

  it('keeps empty texts and zeros apart from absent ones', () => {
    const properties = { contentType: '', priority: 0, deliveryMode: 0, timestamp: '0', expiration: '' };
    expect(roundTrip({ properties })).toEqual({ properties });
  });

  it('keeps the bytes of a text that is not UTF-8 beside what can be shown of it', () => {
    const bytes = Buffer.from([0x61, 0xff]);
    const properties = { correlationId: 'a\ufffd', raw: { correlationId: bytes.toString('base64') } };
    expect(encodeContentHeader(1, 0, { properties }).includes(bytes)).toBe(true);
    expect(roundTrip({ properties })).toEqual({ properties });
  });

  it('survives writing and reading, whatever is in it', () => {
    fc.assert(
      fc.property(contentHeaders(), (header) => {
        expect(roundTrip(header)).toEqual(header);
        expect(contentHeaderSize(header)).toBe(encodeContentHeader(1, 0, header).length);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses what it cannot write exactly', () => {
    expect(() => encodeContentHeader(1, 0, { properties: { messageId: 'x'.repeat(256) } })).toThrow(/255/);
    expect(() => encodeContentHeader(1, 0, { properties: { timestamp: '1.5' } })).toThrow(RangeError);
    expect(() => encodeContentHeader(1, 0, { properties: { timestamp: '18446744073709551616' } })).toThrow(RangeError);
    expect(() => encodeContentHeader(1, 0, { properties: { priority: 256 } })).toThrow(RangeError);
    expect(() => encodeContentHeader(1, 0, { properties: { type: '\udfff' } })).toThrow(RangeError);
  });
});

describe('The self-check of the codec', () => {
  const run = promisify(execFile);
  const codec = new URL('../../../server/amqp/typed-codec.ts', import.meta.url).href;
  const inFreshProcess = (script: string) =>
    run(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
      cwd: new URL('../../..', import.meta.url),
    });

  it('passes in this process', () => {
    expect(() => {
      assertCodec();
    }).not.toThrow();
  });

  it('fails when something loaded amqplib before the codec', async () => {
    const script = `import 'amqplib'; const { assertCodec } = await import('${codec}'); assertCodec();`;
    await expect(inFreshProcess(script)).rejects.toThrow(/typed codec is not in effect/);
  });

  it('passes when amqplib is loaded after the codec', async () => {
    const script = `import { assertCodec } from '${codec}'; import 'amqplib'; assertCodec(); console.log('fine');`;
    expect((await inFreshProcess(script)).stdout).toBe('fine\n');
  });
});
