/** A key of `CONTENT_KEYS`. */
export interface ContentKey {
  /** By it rows say which key opens them. */
  id: string;
  /** 32 bytes. It never leaves the process. */
  secret: Buffer;
}

const KEY_BYTES = 32;
const KEY_ID = /^[\w.-]{1,32}$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * Reads `id:base64,id:base64`: the first key encrypts, all of them decrypt. The problems name entries by their place and
 * never quote them: what is wrongly written can be a secret.
 */
export function parseContentKeys(text: string): { ok: true; keys: ContentKey[] } | { ok: false; problems: string[] } {
  const keys: ContentKey[] = [];
  const problems: string[] = [];
  for (const [index, entry] of text.split(',').entries()) {
    const place = `entry ${index + 1}`;
    const [, id = '', encoded = ''] = /^([^:]*):(.*)$/s.exec(entry.trim()) ?? [];
    const secret = Buffer.from(encoded, 'base64');
    if (!entry.includes(':')) {
      problems.push(`${place} must be an id, a colon and a key, such as 2026a:BASE64`);
    } else if (!KEY_ID.test(id)) {
      problems.push(`the id of ${place} must have 1 to 32 letters, digits, dots, dashes or underscores`);
    } else if (!BASE64.test(encoded) || secret.length !== KEY_BYTES) {
      problems.push(`the key of ${place} must be ${KEY_BYTES} bytes in base64 (openssl rand -base64 ${KEY_BYTES})`);
    } else if (keys.some((key) => key.id === id)) {
      problems.push(`the id of ${place} is that of an earlier one`);
    } else if (keys.some((key) => key.secret.equals(secret))) {
      problems.push(`the key of ${place} is that of an earlier one`);
    } else keys.push({ id, secret });
  }
  return problems.length === 0 ? { ok: true, keys } : { ok: false, problems };
}
