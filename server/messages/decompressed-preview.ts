import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';

import type { BodyCompression } from '../contract/messages.ts';
import { bodyPreview, PREVIEW_BYTES, type BodyPreview } from './body-preview.ts';

const DECODERS = {
  gzip: [createGunzip],
  // By the standard with a header; many write the bare stream.
  deflate: [createInflate, createInflateRaw],
  br: [createBrotliDecompress],
} as const satisfies Record<BodyCompression, readonly (() => NodeJS.ReadWriteStream)[]>;

/**
 * The beginning of what a compressed body holds, for reading only. It stops as soon as there is enough to show, so a body
 * that would grow to gigabytes costs no more than any other. Null where the content encoding names no compression that is
 * known here, or the bytes are none of it.
 *
 * @param start the first bytes of the body; `size` the whole body's, in bytes.
 * @param contentEncoding as the message says: `gzip`, or `gzip:UTF-8` as Spring writes it.
 */
export async function decompressedPreview(
  start: Buffer,
  size: number,
  contentEncoding: string | undefined,
): Promise<BodyPreview | null> {
  const compression = compressionOf(contentEncoding);
  if (compression === null || start.length === 0) return null;
  for (const open of DECODERS[compression]) {
    const isPart = size > start.length;
    const bytes = await firstBytes(open(), start, isPart);
    if (bytes === null) continue;
    const preview = bodyPreview(bytes, isPart ? Math.max(bytes.length, PREVIEW_BYTES + 1) : bytes.length);
    return { ...preview, decompressed: compression };
  }
  return null;
}

function compressionOf(contentEncoding: string | undefined): BodyCompression | null {
  const name = contentEncoding?.split(':')[0]?.trim().toLowerCase().replace(/^x-/, '');
  return name !== undefined && Object.hasOwn(DECODERS, name) ? (name as BodyCompression) : null;
}

/** As much as is shown, and a byte more where there is more; null when these are not what the decoder takes. */
async function firstBytes(
  decoder: NodeJS.ReadWriteStream,
  compressed: Buffer,
  isPart: boolean,
): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  decoder.end(compressed);
  try {
    for await (const chunk of decoder as unknown as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      // Leaving the loop destroys the decoder: it makes no more.
      if (length > PREVIEW_BYTES) break;
    }
  } catch (error) {
    // A beginning ends in the middle: what came until there counts.
    const isCutOff = error instanceof Error && Reflect.get(error, 'code') === 'Z_BUF_ERROR';
    if (!isPart || !isCutOff) return null;
  }
  return length === 0 ? null : Buffer.concat(chunks).subarray(0, PREVIEW_BYTES + 1);
}
