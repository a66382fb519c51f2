/** A body as it is shown: its bytes, and its text where the bytes are UTF-8. */
export interface BodyContent {
  bytes: Uint8Array;
  /** Undefined where the bytes are not text. */
  text: string | undefined;
  /** Only the beginning is here. */
  truncated: boolean;
}

/** The largest body that is shown as a whole, in bytes. */
export const SHOWN_WHOLE = 5 * 1024 * 1024;

/** Larger than this, a body is not laid out as JSON: its thousands of coloured pieces would stall the browser. */
export const FORMATTED_WHOLE = 512 * 1024;

export interface Preview {
  encoding: 'utf8' | 'base64';
  text: string;
  truncated: boolean;
}

export function fromPreview({ encoding, text, truncated }: Preview): BodyContent {
  if (encoding === 'utf8') return { bytes: new TextEncoder().encode(text), text, truncated };
  return { bytes: fromBase64(text), text: undefined, truncated };
}

export function fromBytes(bytes: Uint8Array): BodyContent {
  try {
    return { bytes, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), truncated: false };
  } catch {
    return { bytes, text: undefined, truncated: false };
  }
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
