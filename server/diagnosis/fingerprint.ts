import type { FailureReason } from '../contract/messages.ts';

/** What a fingerprint is made from. */
export interface FingerprintParts {
  broker: string;
  queue: string | null;
  /** Tells failures apart that recorded no error at all; not used where there is one. */
  reason?: FailureReason | null;
  errorType: string | null;
  errorMessage: string | null;
  stackTrace: string | null;
}

export interface Fingerprint {
  /** 16 bytes, the same on every instance and in every release that keeps `VERSION`. */
  hash: Buffer;
  /** At most `MAX_NORMALISED_BYTES`; '' when no message was recorded. */
  normalisedMessage: string;
  frame: string | null;
  /** One line for lists, at most 255 bytes. */
  title: string;
}

export function fingerprint(_parts: FingerprintParts): Fingerprint {
  return { hash: Buffer.alloc(16), normalisedMessage: '', frame: null, title: '' };
}

export function coarseFingerprint(_parts: FingerprintParts): Fingerprint {
  return { hash: Buffer.alloc(16), normalisedMessage: '', frame: null, title: '' };
}
