import { randomBytes } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ContentCipher } from '../../../server/encryption/content-cipher.ts';
import { parseContentKeys } from '../../../server/encryption/content-keys.ts';
import { contentKeys, contentKeysText } from '../../support/content-keys.ts';

const one = new ContentCipher(contentKeys('a'));
const both = new ContentCipher(contentKeys('b', 'a'));
const without = new ContentCipher();

const damaged = expect.objectContaining({ code: 'contents.damaged' }) as unknown;
function failure(read: () => unknown): unknown {
  try {
    read();
  } catch (error) {
    return error;
  }
  return 'it was read';
}

describe('contents that are encrypted', () => {
  it('come out as they went in, wherever they lie', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), fc.string(), (bytes, place) => {
        const stored = one.store(Buffer.from(bytes), place);
        expect(stored).toMatchObject({ keyId: 'a' });
        expect(stored.data.length).toBe(bytes.length + 29);
        expect(both.read(stored, place).equals(Buffer.from(bytes))).toBe(true);
      }),
    );
  });

  it('are never the same bytes twice, and show nothing of what they are', () => {
    const plain = Buffer.alloc(64, 'secret');
    const stored = [one.store(plain, 'place').data, one.store(plain, 'place').data];
    expect(stored[0]?.equals(stored[1] ?? plain)).toBe(false);
    for (const data of stored) expect(data.includes('secret')).toBe(false);
  });

  it('are damaged when any bit is another one, when they are cut off, and when they lie in another place', () => {
    const stored = one.store(Buffer.from('order 1'), 'content_chunks/1/0/1');
    for (let bit = 0; bit < stored.data.length * 8; bit += 1) {
      const data = Buffer.from(stored.data);
      data[bit >> 3] = (data[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(failure(() => one.read({ ...stored, data }, 'content_chunks/1/0/1'))).toEqual(damaged);
    }
    for (const length of [0, 5, 28, stored.data.length - 1]) {
      const data = stored.data.subarray(0, length);
      expect(failure(() => one.read({ ...stored, data }, 'content_chunks/1/0/1'))).toEqual(damaged);
    }
    for (const place of ['content_chunks/2/0/1', 'content_chunks/1/1/1', 'content_chunks/1/0/2', 'contents/1/sealed']) {
      expect(failure(() => one.read(stored, place))).toEqual(damaged);
    }
    expect(failure(() => both.read({ ...stored, keyId: 'b' }, 'content_chunks/1/0/1'))).toEqual(damaged);
  });

  it('name the key that is missing', () => {
    const stored = both.store(Buffer.from('order 1'), 'place');
    for (const cipher of [one, without]) {
      expect(failure(() => cipher.read(stored, 'place'))).toMatchObject({
        code: 'contents.keyMissing',
        options: { params: { keyId: 'b' } },
      });
    }
  });
});

it('without keys everything is stored as it is', () => {
  const plain = Buffer.from('order 1');
  expect(without.store(plain, 'place')).toEqual({ keyId: null, data: plain });
  expect(one.read({ keyId: null, data: plain }, 'place')).toEqual(plain);
});

describe('the hash of contents', () => {
  it('is plain as long as there is no key for it, and keyed by one that every content key opens', () => {
    const [hash, hashKey] = [randomBytes(16), randomBytes(32)];
    const cipher = new ContentCipher(contentKeys('b', 'a'));
    expect(cipher.keyedHash(hash)).toEqual(hash);
    cipher.useHashKey(hashKey);
    expect(cipher.keyedHash(hash)).toHaveLength(16);
    expect(cipher.keyedHash(hash)).not.toEqual(hash);
    expect(cipher.keyedHash(hash)).toEqual(cipher.keyedHash(hash));
    for (const id of ['a', 'b']) {
      const wrapped = cipher.wrapHashKey(id, hashKey);
      expect(wrapped.includes(hashKey)).toBe(false);
      expect(cipher.unwrapHashKey(id, wrapped)).toEqual(hashKey);
      expect(cipher.unwrapHashKey(id === 'a' ? 'b' : 'a', wrapped)).toBeNull();
    }
  });
});

describe('CONTENT_KEYS', () => {
  const key = randomBytes(32).toString('base64');
  const problems = (text: string) => {
    const parsed = parseContentKeys(text);
    return parsed.ok ? [] : parsed.problems;
  };

  it('is ids with 32 bytes in base64, the first one in front', () => {
    const parsed = parseContentKeys(contentKeysText('2026b', '2026a'));
    expect(parsed).toEqual({ ok: true, keys: contentKeys('2026b', '2026a') });
  });

  it.each([
    ['', ['entry 1 must be an id, a colon and a key, such as 2026a:BASE64']],
    [key, ['entry 1 must be an id, a colon and a key, such as 2026a:BASE64']],
    [`a:${key},`, ['entry 2 must be an id, a colon and a key, such as 2026a:BASE64']],
    [`:${key}`, ['the id of entry 1 must have 1 to 32 letters, digits, dots, dashes or underscores']],
    [`a b:${key}`, ['the id of entry 1 must have 1 to 32 letters, digits, dots, dashes or underscores']],
    [`a:${key.slice(4)}`, ['the key of entry 1 must be 32 bytes in base64 (openssl rand -base64 32)']],
    [`a:*${key.slice(1)}`, ['the key of entry 1 must be 32 bytes in base64 (openssl rand -base64 32)']],
    [`a:${key},a:${randomBytes(32).toString('base64')}`, ['the id of entry 2 is that of an earlier one']],
    [`a:${key},b:${key}`, ['the key of entry 2 is that of an earlier one']],
  ])('%# says what is wrong, and never the key', (text, expected) => {
    expect(problems(text)).toEqual(expected);
    expect(problems(text).join()).not.toContain(key.slice(8, 20));
  });
});
