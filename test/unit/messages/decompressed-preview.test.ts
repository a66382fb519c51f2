import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

import { PREVIEW_BYTES } from '../../../server/messages/body-preview.ts';
import { decompressedPreview } from '../../../server/messages/decompressed-preview.ts';

const TEXT = '{"orderId":"ORD-1","고객":"김하늘"}';
const whole = (body: Buffer, encoding: string | undefined) => decompressedPreview(body, body.length, encoding);

describe('A compressed body', () => {
  it.each([
    ['gzip', gzipSync(TEXT), 'gzip'],
    ['x-gzip', gzipSync(TEXT), 'gzip'],
    ['GZIP', gzipSync(TEXT), 'gzip'],
    ['gzip:UTF-8', gzipSync(TEXT), 'gzip'],
    ['deflate', deflateSync(TEXT), 'deflate'],
    ['deflate', deflateRawSync(TEXT), 'deflate'],
    ['br', brotliCompressSync(TEXT), 'br'],
  ])('with the content encoding %s is shown as what it holds', async (encoding, body, decompressed) => {
    expect(await whole(body, encoding)).toEqual({ encoding: 'utf8', text: TEXT, truncated: false, decompressed });
  });

  it('that is none of its kind, or of a kind that is not known, is shown as it is', async () => {
    for (const encoding of [undefined, '', 'utf-8', 'identity', 'zstd', 'gzip, br', '__proto__', 'constructor']) {
      expect(await whole(gzipSync(TEXT), encoding)).toBeNull();
    }
    for (const encoding of ['gzip', 'deflate', 'br']) {
      expect(await whole(Buffer.from('{"plain":true}'), encoding)).toBeNull();
      expect(await whole(Buffer.alloc(0), encoding)).toBeNull();
    }
  });

  it('of which only the beginning is there is shown as far as that goes, and says that it is a part', async () => {
    const random = Array.from({ length: 60_000 }, (_, index) => `${index * 7919} `).join('');
    const body = gzipSync(random);
    const preview = await decompressedPreview(body.subarray(0, 20_000), body.length, 'gzip');
    expect(preview).toMatchObject({ truncated: true, decompressed: 'gzip' });
    expect(random.startsWith(preview?.text ?? '-')).toBe(true);
    expect(preview?.text.length).toBeGreaterThan(20_000);
    expect(await whole(gzipSync(TEXT).subarray(0, -9), 'gzip')).toBeNull();
  });

  it('that would fill the memory costs no more than another', async () => {
    const million = Buffer.alloc(1024 * 1024);
    const [gzip, brotli] = [
      gzipSync(million),
      brotliCompressSync(Buffer.alloc(32 * 1024 * 1024), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
    ];
    // As gzip takes several streams for one, this is 64 MiB of each 64 KiB.
    for (const [body, encoding] of [
      [Buffer.concat(Array.from({ length: 60 }, () => gzip)), 'gzip'],
      [brotli, 'br'],
    ] as const) {
      const [memory, begun] = [process.memoryUsage().external, performance.now()];
      const preview = await decompressedPreview(body, 10 * 1024 ** 3, encoding);
      expect(preview).toMatchObject({ truncated: true, decompressed: encoding });
      expect(preview?.text.length).toBe(PREVIEW_BYTES);
      expect(performance.now() - begun).toBeLessThan(1_000);
      expect(process.memoryUsage().external - memory).toBeLessThan(24 * 1024 * 1024);
    }
  });
});
