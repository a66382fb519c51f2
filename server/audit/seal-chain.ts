import { createHmac } from 'node:crypto';

import type { SealKey } from './seal-keys.ts';

/** A row of `audit_events` as the driver gives it, whatever columns it has. */
export type EventRow = Readonly<Record<string, unknown>>;

/** A seal but for its HMAC. */
export interface SealHead {
  seq: string;
  keyId: string;
  at: Date;
}

/** What the first seal follows. */
export const NO_SEAL = Buffer.alloc(32);

/**
 * The HMAC of a seal, HMAC-SHA256 over the HMAC of the seal before (32 bytes; zeros before the first) and the UTF-8 of
 *
 * `["audit-seal",SEQ,KEY_ID,AT,[[COLUMN,VALUE],…]]`
 *
 * as JSON without white space, as `JSON.stringify` writes it. The columns are all of the event's row that are not NULL, in
 * alphabetical order, so that a column which is added later changes no seal from before; their values are text: ids in
 * decimal, times as `2026-11-28T03:10:42.123Z`, bytes in hexadecimal.
 */
export function hmacOf(key: SealKey, before: Buffer, { seq, keyId, at }: SealHead, event: EventRow): Buffer {
  return createHmac('sha256', key.key)
    .update(before)
    .update(JSON.stringify(['audit-seal', seq, keyId, at.toISOString(), valuesOf(event)]))
    .digest();
}

function valuesOf(event: EventRow): [string, string][] {
  return Object.entries(event)
    .filter(([, value]) => value !== null && value !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([column, value]) => [column, textOf(value)]);
}

function textOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Buffer) return value.toString('hex');
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return value.toString();
  throw new TypeError(`A column of an audit event is a ${typeof value}.`);
}

/** As seals are written into the log, and given back to be checked: `SEQ:HMAC`, the latter in hexadecimal. */
export function sealText(seq: string, hmac: Buffer): string {
  return `${seq}:${hmac.toString('hex')}`;
}
