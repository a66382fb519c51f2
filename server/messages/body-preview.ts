import { isUtf8 } from 'node:buffer';

import type { BodyCompression } from '../contract/messages.ts';

/** The beginning of a body as the API shows it. */
export interface BodyPreview {
  encoding: 'utf8' | 'base64';
  text: string;
  truncated: boolean;
  /** It is what the body holds, decompressed for showing it; the body itself stays as it is. */
  decompressed?: BodyCompression;
}

/** Most bytes of a body that a message's page shows at once. */
export const PREVIEW_BYTES = 64 * 1024;

/**
 * @param start the first bytes of the body, at least `PREVIEW_BYTES` of them when there are as many.
 * @param size the whole body's size in bytes.
 */
export function bodyPreview(start: Buffer, size: number): BodyPreview {
  const truncated = size > PREVIEW_BYTES;
  const shown = start.subarray(0, PREVIEW_BYTES);
  const whole = truncated ? withoutCutCharacter(shown) : shown;
  if (isUtf8(whole)) return { encoding: 'utf8', text: whole.toString('utf8'), truncated };
  return { encoding: 'base64', text: shown.toString('base64'), truncated };
}

/** A cut in the middle of a character is no sign of binary data: the begun character is left off. */
function withoutCutCharacter(bytes: Buffer): Buffer {
  for (let back = 1; back <= 3 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    const isContinuation = (byte & 0b1100_0000) === 0b1000_0000;
    if (isContinuation) continue;
    const length = byte >= 0b1111_0000 ? 4 : byte >= 0b1110_0000 ? 3 : byte >= 0b1100_0000 ? 2 : 1;
    return length > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}
