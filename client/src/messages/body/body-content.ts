import type { BodyCompression } from '../../../../server/contract/messages.ts';

/** A body as it is shown: its bytes, and its text where the bytes are text. */
export interface BodyContent {
  bytes: Uint8Array;
  /** Undefined where the bytes are not text. */
  text: string | undefined;
  /** The encoding that the text was read in, where that is not UTF-8. */
  charset?: string;
  /** Only the beginning is here. */
  truncated: boolean;
  /** It is what the body holds, decompressed by the office for showing it. */
  decompressed?: BodyCompression;
}

/** The largest body that is shown as a whole, in bytes. */
export const SHOWN_WHOLE = 5 * 1024 * 1024;

/** Larger than this, a body is not laid out as JSON: its thousands of coloured pieces would stall the browser. */
export const FORMATTED_WHOLE = 512 * 1024;

export interface Preview {
  encoding: 'utf8' | 'base64';
  text: string;
  truncated: boolean;
  decompressed?: BodyCompression | undefined;
}

/** The beginning of a body as the office gave it, or all of it where it is short. */
export function fromPreview(preview: Preview, contentType: string | null): BodyContent {
  const { encoding, text, truncated, decompressed } = preview;
  const common = { truncated, ...(decompressed && { decompressed }) };
  if (encoding === 'utf8') return { ...common, bytes: new TextEncoder().encode(text), text };
  return inItsCharset({ ...common, bytes: fromBase64(text), text: undefined }, contentType);
}

/** The whole body. */
export function fromBytes(bytes: Uint8Array, contentType: string | null): BodyContent {
  try {
    return { bytes, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), truncated: false };
  } catch {
    return inItsCharset({ bytes, text: undefined, truncated: false }, contentType);
  }
}

/** Reads text in the encoding that its content type names (`text/plain; charset=euc-kr`), where every byte fits it. */
function inItsCharset(content: BodyContent, contentType: string | null): BodyContent {
  const label = /^\s*(?:text\/|application\/(?:[\w.+-]+\+)?(?:json|xml)\b).*;\s*charset\s*=\s*"?([\w.:-]+)/i.exec(
    contentType ?? '',
  )?.[1];
  if (label === undefined) return content;
  try {
    const decoder = new TextDecoder(label, { fatal: true });
    // A beginning may end within a character.
    const text = decoder.decode(content.bytes, { stream: content.truncated });
    return { ...content, text, charset: decoder.encoding };
  } catch {
    return content;
  }
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
