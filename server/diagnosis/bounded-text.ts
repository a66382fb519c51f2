/** The bounds of what a diagnosis holds, in bytes of UTF-8. AMQP itself allows no longer name than 255. */
export const MAX_NAME_BYTES = 255;
export const MAX_ERROR_TYPE_BYTES = 255;
export const MAX_ERROR_MESSAGE_BYTES = 16 * 1024;
export const MAX_STACK_TRACE_BYTES = 64 * 1024;

const LONE_SURROGATE = /\p{Surrogate}/u;

/** True when the text can be written as UTF-8 and read back unchanged. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

/**
 * The longest beginning of `text` that is at most `maxBytes` of UTF-8, cut at a character boundary. Halves of surrogate
 * pairs, which UTF-8 cannot hold, become U+FFFD.
 */
export function cutToBytes(text: string, maxBytes: number): string {
  // Every UTF-16 unit is at least one byte, so nothing past `maxBytes` units can be needed.
  const start = text.length > maxBytes ? text.slice(0, maxBytes) : text;
  const bytes = Buffer.from(start, 'utf8');
  if (bytes.length <= maxBytes) return isWellFormed(start) ? start : bytes.toString('utf8');
  let end = maxBytes;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}
