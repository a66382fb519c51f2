import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

import { z } from 'zod';

import type { Database } from '../../database/connect.ts';

import type { SignOnChecks } from './provider.ts';

/** How long somebody may take to sign in at the provider. */
export const SIGN_ON_MINUTES = 10;

const signOnRow = z.object({ return_to: z.string() });

/**
 * Begins a single sign-on, which any instance can end.
 *
 * @returns the secret for the browser's cookie. It is kept nowhere else: a stolen table opens nothing.
 */
export async function beginSignOn(database: Database, returnTo: string): Promise<string> {
  const secret = randomBytes(32).toString('base64url');
  await database('sign_ons').where('expires_at', '<', database.raw('UTC_TIMESTAMP(3)')).delete();
  await database('sign_ons').insert({
    secret_hash: hashOf(secret),
    return_to: returnTo,
    expires_at: database.raw(`UTC_TIMESTAMP(3) + INTERVAL ${SIGN_ON_MINUTES} MINUTE`),
  });
  return secret;
}

/** What the provider is given, or has to give back: each by itself, and none tells the secret or another one. */
export function checksOf(secret: string): SignOnChecks {
  const derive = (purpose: string) => createHmac('sha256', secret).update(purpose).digest('base64url');
  return { state: derive('state'), nonce: derive('nonce'), codeVerifier: derive('code verifier') };
}

/** Whether this state is the one of this browser's sign-on. */
export function isItsState(secret: string, state: string): boolean {
  return timingSafeEqual(hashOf(checksOf(secret).state), hashOf(state));
}

/** Ends a sign-on, whatever becomes of it. Null when there is none, or not any more: one of two that come at once. */
export async function takeSignOn(database: Database, secret: string): Promise<{ returnTo: string } | null> {
  const own = () =>
    database('sign_ons')
      .where('secret_hash', hashOf(secret))
      .where('expires_at', '>=', database.raw('UTC_TIMESTAMP(3)'));
  const row: unknown = await own().first('return_to');
  if (row === undefined || (await own().delete()) !== 1) return null;
  return { returnTo: signOnRow.parse(row).return_to };
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
