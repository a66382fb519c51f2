import { createHash, randomBytes } from 'node:crypto';

import { Secret, TOTP } from 'otpauth';

/** As every authenticator app takes it: SHA-1, six digits, thirty seconds. Others are not shown by some. */
const TERMS = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
/** Steps that a clock may be off, each way. */
const WINDOW = 1;
const SECRET_BYTES = 20;
const RECOVERY_CODES = 10;
const RECOVERY_BYTES = 10;

/** A secret for an app. */
export function newSecret(): Buffer {
  return randomBytes(SECRET_BYTES);
}

/** A secret as people type it, and as apps scan it. */
export function secretForApp(secret: Buffer, username: string): { secret: string; uri: string } {
  const totp = totpOf(secret, username);
  return { secret: totp.secret.base32, uri: totp.toString() };
}

/** The time step (of 30 s since 1970) whose code this is, around this time in ms; null for a wrong one. */
export function stepOf(secret: Buffer, code: string, now: number): number | null {
  const token = code.replaceAll(/\s/g, '');
  if (!/^\d{6}$/.test(token)) return null;
  const delta = totpOf(secret, '').validate({ token, timestamp: now, window: WINDOW });
  return delta === null ? null : Math.floor(now / 1000 / TERMS.period) + delta;
}

/** Recovery codes of 80 random bits each, in groups of four. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: RECOVERY_CODES }, () => {
    const { base32 } = new Secret({ buffer: bytesOf(randomBytes(RECOVERY_BYTES)) });
    return (base32.match(/.{4}/g) ?? []).join('-');
  });
}

/** However it was typed. They are random, so a plain fast hash is enough. */
export function hashRecoveryCode(code: string): Buffer {
  return createHash('sha256')
    .update(code.toUpperCase().replaceAll(/[^A-Z2-7]/g, ''))
    .digest();
}

function totpOf(secret: Buffer, label: string): TOTP {
  return new TOTP({ ...TERMS, issuer: 'Dead Letter Office', label, secret: new Secret({ buffer: bytesOf(secret) }) });
}

/** On memory of its own: a Buffer is a window on a larger piece. */
function bytesOf(buffer: Buffer): ArrayBuffer {
  return new Uint8Array(buffer).buffer;
}
