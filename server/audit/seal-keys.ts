import { Buffer } from 'node:buffer';

/** A key that seals are made with. Its id is written beside each of them. */
export interface SealKey {
  id: string;
  key: Buffer;
}

const KEY_BYTES = 32;
/** The id of a key that is given without one. */
const ONLY_ID = '1';
const EXAMPLE = 'make one with: openssl rand -base64 32';

export type ReadSealKeys = { ok: true; keys: SealKey[] } | { ok: false; problems: string[] };

/**
 * Reads `AUDIT_SEAL_KEY`: one key in base64, or several as `id:key`, separated by commas, the newest first. The first is
 * sealed with; the others are known for verifying. Problems never hold a key.
 */
export function readSealKeys(text: string): ReadSealKeys {
  const parts = text.split(',').map((part) => part.trim());
  const keys: SealKey[] = [];
  const problems: string[] = [];
  for (const [index, part] of parts.entries()) {
    const which = parts.length === 1 ? 'must be a key' : `key ${index + 1} must be`;
    const colon = part.indexOf(':');
    if (colon === -1 && parts.length > 1) {
      problems.push(`${which} id:key, such as 2027a:…; of several keys each needs an id`);
      continue;
    }
    const id = colon === -1 ? ONLY_ID : part.slice(0, colon);
    const base64 = part.slice(colon + 1);
    const key = Buffer.from(base64, 'base64');
    if (!/^[\w.-]{1,32}$/.test(id)) {
      problems.push(`${which} with an id of at most 32 letters, digits, dots, dashes and underscores before its colon`);
    } else if (key.length !== KEY_BYTES || key.toString('base64') !== base64) {
      problems.push(`${which} of ${KEY_BYTES} random bytes in base64 (44 characters); ${EXAMPLE}`);
    } else if (keys.some((one) => one.id === id)) {
      problems.push(`the id ${id} is there twice; give each key an id of its own`);
    } else keys.push({ id, key });
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, keys };
}
