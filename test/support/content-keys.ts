import { createHash } from 'node:crypto';

import type { ContentKey } from '../../server/encryption/content-keys.ts';

/** Keys by these ids, the same in every run: the first one encrypts. */
export function contentKeys(...ids: readonly string[]): ContentKey[] {
  return ids.map((id) => ({ id, secret: createHash('sha256').update(`test key ${id}`).digest() }));
}

/** The same as `CONTENT_KEYS` says them. */
export function contentKeysText(...ids: readonly string[]): string {
  return contentKeys(...ids)
    .map(({ id, secret }) => `${id}:${secret.toString('base64')}`)
    .join();
}
