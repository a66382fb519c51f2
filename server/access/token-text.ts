import { createHash, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

const PREFIX = 'dlo_';
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 62^43 is more than 2^256. */
const RANDOM_LENGTH = 43;
const CHECKSUM_LENGTH = 6;
const SHAPE = new RegExp(`^${PREFIX}[0-9A-Za-z]{${RANDOM_LENGTH + CHECKSUM_LENGTH}}$`);
/** So many of the last characters are kept to recognise it by. */
const HINT_LENGTH = 4;

/**
 * A new token: a prefix that scanners for secrets know, 256 random bits, and a checksum of them, so that what is no
 * token is known without asking the database.
 */
export function newToken(): string {
  const random = Array.from({ length: RANDOM_LENGTH }, () => DIGITS.charAt(randomInt(DIGITS.length))).join('');
  return `${PREFIX}${random}${checksumOf(random)}`;
}

/** Whether this could be a token: its shape and its checksum. */
export function isTokenText(text: string): boolean {
  if (!SHAPE.test(text)) return false;
  const random = text.slice(PREFIX.length, PREFIX.length + RANDOM_LENGTH);
  return text.endsWith(checksumOf(random));
}

/** CRC-32 of the random part, as base-62 digits. */
function checksumOf(random: string): string {
  let rest = crc32(random);
  let digits = '';
  while (digits.length < CHECKSUM_LENGTH) {
    digits = DIGITS.charAt(rest % DIGITS.length) + digits;
    rest = Math.floor(rest / DIGITS.length);
  }
  return digits;
}

/** What is kept of a token. It is 256 random bits, so a plain fast hash makes a stolen table useless. */
export function hashOfToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** The last characters, by which people tell theirs apart. */
export function hintOf(token: string): string {
  return token.slice(-HINT_LENGTH);
}
