import { createHash } from 'node:crypto';
import type { FailureReason } from '../contract/messages.ts';
import { cutToBytes } from './bounded-text.ts';
import { normaliseErrorMessage } from './error-message.ts';
import { firstOwnFrame } from './stack-frames.ts';

/** Part of what is hashed: raised when the same failure must from now on be another group. */
const VERSION = 'failure fingerprint 1';

const MAX_TITLE_BYTES = 255;

/** What a fingerprint is made from. */
export interface FingerprintParts {
  /** Names the broker and vhost, the same in every instance. */
  broker: string;
  /** The queue it failed in. */
  queue: string | null;
  /** Tells failures apart that recorded no error at all; not used where there is one. */
  reason?: FailureReason | null;
  errorType: string | null;
  errorMessage: string | null;
  stackTrace: string | null;
}

export interface Fingerprint {
  /** 16 bytes, the same in every process and on every machine. */
  hash: Buffer;
  /** At most `MAX_NORMALISED_BYTES`; '' when no message was recorded. */
  normalisedMessage: string;
  /** The first own stack frame; at most 255 bytes. */
  frame: string | null;
  /** One line for lists, at most 255 bytes: the error, or the reason where none was recorded. */
  title: string;
}

/** Failures that a person would call the same have the same hash. Pure, and bounded in time for any text. */
export function fingerprint(parts: FingerprintParts): Fingerprint {
  const normalisedMessage = normaliseErrorMessage(parts.errorMessage ?? '');
  const frame = parts.stackTrace === null ? null : firstOwnFrame(parts.stackTrace);
  const message = parts.errorMessage === null ? null : normalisedMessage;
  return {
    hash: digest(['fine', parts.broker, parts.queue, parts.errorType, message, frame, reasonWithoutError(parts)]),
    normalisedMessage,
    frame,
    title: failureTitle(parts.errorType, normalisedMessage, parts.reason),
  };
}

/**
 * Without message and frame, and the error type without its variable parts: for the rest of the day in which a dead
 * queue has made too many new groups. Never equal to a fine one.
 */
export function coarseFingerprint(parts: FingerprintParts): Fingerprint {
  const errorType = parts.errorType === null ? null : normaliseErrorMessage(parts.errorType);
  return {
    hash: digest(['coarse', parts.broker, parts.queue, errorType, reasonWithoutError(parts)]),
    normalisedMessage: '',
    frame: null,
    title: failureTitle(errorType, '', parts.reason),
  };
}

function reasonWithoutError({ errorType, errorMessage, reason }: FingerprintParts): string | null {
  return errorType === null && errorMessage === null ? (reason ?? null) : null;
}

/** Every part with its length before it, so that no two lists of parts are the same bytes. */
function digest(parts: readonly (string | null)[]): Buffer {
  const hash = createHash('sha256').update(VERSION);
  for (const part of parts) {
    const bytes = Buffer.from(part ?? '', 'utf8');
    const head = Buffer.alloc(5);
    head.writeUInt8(part === null ? 0 : 1, 0);
    head.writeUInt32BE(bytes.length, 1);
    hash.update(head).update(bytes);
  }
  return hash.digest().subarray(0, 16);
}

/** One line for lists, at most 255 bytes: the error, or the reason where none was recorded. */
export function failureTitle(
  errorType: string | null,
  message: string,
  reason: FailureReason | null | undefined,
): string {
  const known = [errorType, message].filter((part) => part !== null && part !== '');
  const text = errorType !== null && message.startsWith(errorType) ? message : known.join(': ');
  return cutToBytes(text === '' ? (reason ?? 'unknown') : text.replace(/\s+/g, ' '), MAX_TITLE_BYTES);
}
