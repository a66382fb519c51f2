import { z } from 'zod';

import type { ContentCipher } from '../encryption/content-cipher.ts';

/** Properties and headers of contents as JSON; null: the message had no header table at all. */
export interface EnvelopeTexts {
  properties: string;
  headers: string | null;
}

/** How properties and headers lie in a row of `contents`. */
export interface EnvelopeColumns extends EnvelopeTexts {
  id: string;
  key_id: string | null;
  sealed: Buffer | null;
}

/** What the columns hold in the place of what is sealed. */
const EMPTY = '{}';
const sealedTexts = z.tuple([z.string(), z.string().nullable()]);

/** The columns `key_id`, `sealed`, `properties` and `headers` of a row of `contents`. */
export function sealEnvelope(
  cipher: ContentCipher,
  id: bigint | string,
  { properties, headers }: EnvelopeTexts,
): [keyId: string | null, sealed: Buffer | null, properties: string, headers: string | null] {
  if (cipher.keyId === null) return [null, null, properties, headers];
  // As texts: they come out as they went in, to the letter.
  const { keyId, data } = cipher.store(Buffer.from(JSON.stringify([properties, headers])), placeOf(id));
  return [keyId, data, EMPTY, null];
}

/** @throws AppError `contents.keyMissing`, `contents.damaged`. */
export function openEnvelope(cipher: ContentCipher, stored: EnvelopeColumns): EnvelopeTexts {
  if (stored.key_id === null) return stored;
  const data = stored.sealed ?? Buffer.alloc(0);
  const texts = cipher.read({ keyId: stored.key_id, data }, placeOf(stored.id)).toString('utf8');
  const [properties, headers] = sealedTexts.parse(JSON.parse(texts));
  return { properties, headers };
}

function placeOf(id: bigint | string): string {
  return `contents/${id}/sealed`;
}
