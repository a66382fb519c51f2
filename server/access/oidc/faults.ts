import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client';

import type { ErrorCode } from '../../contract/errors.ts';
import { AppError } from '../../web/app-error.ts';

/** Errors that a provider gives in place of a code, and that pass. */
const PASSING = ['temporarily_unavailable', 'server_error'];
/** The provider works, and the person (or its rules for them) said no. */
const REFUSALS = ['access_denied', 'login_required', 'interaction_required', 'consent_required'];
/** `unauthorized_client` and its like, as the standards write them. */
const STANDARD_ERROR = /^[a-z_]{1,40}$/;
const CONSTANT = /^[A-Z_]{1,60}$/;

/**
 * Sorts whatever was thrown while the provider was asked. `detail` is for the log: a constant of the library or of the
 * standard. The errors themselves hold tokens and claims, and what a provider wrote: they go nowhere, not as a cause.
 */
export function providerFault(error: unknown): AppError {
  const [code, detail] = sorted(error);
  return new AppError(code, { detail });
}

function sorted(error: unknown): [ErrorCode, string] {
  if (error instanceof AuthorizationResponseError) {
    const reason = standard(error.error);
    if (REFUSALS.includes(reason)) return ['session.providerRefused', reason];
    return [PASSING.includes(reason) ? 'session.providerAway' : 'session.providerInvalid', reason];
  }
  if (error instanceof ResponseBodyError) {
    return [error.status >= 500 ? 'session.providerAway' : 'session.providerInvalid', standard(error.error)];
  }
  if (error instanceof WWWAuthenticateChallengeError) return ['session.providerInvalid', `challenge ${error.status}`];
  for (const one of causes(error)) {
    const reason = noAnswer(one);
    if (reason !== null) return ['session.providerAway', reason];
  }
  if (error instanceof ClientError) return ['session.providerInvalid', constant(error.code) ?? error.name];
  return ['session.providerInvalid', error instanceof Error ? error.name : 'unknown'];
}

/** Why there was no answer, or none that is to be taken for one. */
function noAnswer(error: unknown): string | null {
  if (error instanceof Response) return error.status >= 500 ? `answer ${error.status}` : null;
  if (error instanceof DOMException && error.name === 'TimeoutError') return 'timeout';
  // By these two fetch tells of a connection that was not made, or broke off.
  if (error instanceof TypeError && /^(?:fetch failed|terminated)$/.test(error.message)) {
    const cause: unknown = error.cause;
    const code: unknown = typeof cause === 'object' && cause !== null ? Reflect.get(cause, 'code') : undefined;
    return constant(code) ?? 'no connection';
  }
  return null;
}

function causes(error: unknown): unknown[] {
  const found: unknown[] = [];
  for (let one = error; one !== undefined && found.length < 6; one = one instanceof Error ? one.cause : undefined) {
    found.push(one);
  }
  return found;
}

function constant(code: unknown): string | undefined {
  return typeof code === 'string' && CONSTANT.test(code) ? code : undefined;
}

function standard(error: string): string {
  return STANDARD_ERROR.test(error) ? error : 'an error of its own';
}
