import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

import type { Database, Transaction } from '../database/connect.ts';
import { AppError } from '../web/app-error.ts';

import type { ContentKey } from './content-keys.ts';

/** Bytes as they are stored: encrypted with the key of this id, or as they are (null). */
export interface StoredBytes {
  keyId: string | null;
  data: Buffer;
}

/** An encrypted value: this byte, the nonce, the ciphertext, the tag. */
const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + NONCE_BYTES;
const HASH_BYTES = 16;

/**
 * The one seam through which contents go on their way to where they are kept, and back: AES-256-GCM with a random nonce
 * for each value. The place of a value (its table, row, column or part) is authenticated with it, so that no value can be
 * put in the place of another one. Without keys everything is kept as it is, and what is encrypted cannot be read.
 */
export class ContentCipher {
  readonly #keys = new Map<string, Buffer>();
  readonly #wrapping = new Map<string, Buffer>();
  readonly #first: string | null;
  #hashKey: Buffer | null = null;

  constructor(keys: readonly ContentKey[] = []) {
    for (const { id, secret } of keys) {
      this.#keys.set(id, derive(secret, 'contents'));
      this.#wrapping.set(id, derive(secret, 'hash key'));
    }
    this.#first = keys[0]?.id ?? null;
  }

  /** The id of the key that encrypts; null where nothing is encrypted. */
  get keyId(): string | null {
    return this.#first;
  }

  /** Whether what is encrypted with this key can be read. */
  has(keyId: string): boolean {
    return this.#keys.has(keyId);
  }

  /** As it is to be stored at this place. */
  store(plain: Buffer, place: string): StoredBytes {
    const [id, key] = [this.#first, this.#keys.get(this.#first ?? '')];
    return id === null || key === undefined
      ? { keyId: null, data: plain }
      : { keyId: id, data: encrypt(key, plain, place) };
  }

  /**
   * What was stored at this place.
   *
   * @throws AppError `contents.keyMissing`, `contents.damaged` (changed, cut off, or stored at another place).
   */
  read({ keyId, data }: StoredBytes, place: string): Buffer {
    if (keyId === null) return data;
    const key = this.#keys.get(keyId);
    if (key === undefined) {
      throw new AppError('contents.keyMissing', {
        detail: `These contents are encrypted with the key ${keyId}, which is not in CONTENT_KEYS of this office.`,
        params: { keyId },
      });
    }
    const plain = decrypt(key, data, place);
    if (plain === null) {
      throw new AppError('contents.damaged', {
        detail: `These contents were encrypted with the key ${keyId} and have been changed or damaged since.`,
        params: { keyId },
      });
    }
    return plain;
  }

  /** What a hash of contents becomes before it is written anywhere: it tells equal from unequal only to who has the key. */
  keyedHash(hash: Buffer): Buffer {
    if (this.#hashKey === null) return hash;
    return createHmac('sha256', this.#hashKey).update(hash).digest().subarray(0, HASH_BYTES);
  }

  /** Whether hashes are keyed. */
  get keysHashes(): boolean {
    return this.#hashKey !== null;
  }

  /** From now on hashes are keyed with this. */
  useHashKey(hashKey: Buffer): void {
    this.#hashKey = hashKey;
  }

  /** The hash key, encrypted with one of the keys. */
  wrapHashKey(keyId: string, hashKey: Buffer): Buffer {
    const key = this.#wrapping.get(keyId);
    if (key === undefined) throw new Error(`There is no key ${keyId}.`);
    return encrypt(key, hashKey, `content_keys/${keyId}`);
  }

  /** Null: it was encrypted with another key of this id. */
  unwrapHashKey(keyId: string, wrapped: Buffer): Buffer | null {
    const key = this.#wrapping.get(keyId);
    return key === undefined ? null : decrypt(key, wrapped, `content_keys/${keyId}`);
  }
}

const WITHOUT_KEYS = new ContentCipher();

/** The cipher of the contents that are read and written through this handle; see `connectDatabase`. */
export function contentCipherOf(database: Database | Transaction): ContentCipher {
  const cipher: unknown = database.userParams['contentCipher'];
  return cipher instanceof ContentCipher ? cipher : WITHOUT_KEYS;
}

/** Whether contents could not be decrypted: their key is missing, or they are damaged. */
export function isUnreadable(error: unknown): error is AppError {
  return error instanceof AppError && (error.code === 'contents.keyMissing' || error.code === 'contents.damaged');
}

function derive(secret: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `dead-letter-office/v1/${purpose}`, 32));
}

function encrypt(key: Buffer, plain: Buffer, place: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(place));
  const hidden = cipher.update(plain);
  return Buffer.concat([Buffer.from([VERSION]), nonce, hidden, cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Buffer, data: Buffer, place: string): Buffer | null {
  if (data.length < HEAD_BYTES + TAG_BYTES || data[0] !== VERSION) return null;
  const tagAt = data.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key, data.subarray(1, HEAD_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(place)).setAuthTag(data.subarray(tagAt));
  try {
    return Buffer.concat([decipher.update(data.subarray(HEAD_BYTES, tagAt)), decipher.final()]);
  } catch {
    return null;
  }
}
