import { ERRORS, type ErrorCode } from '../../../server/contract/errors.ts';
import type { Details, Tools } from './detail-parts.ts';

/** By which way somebody signed in, and why not. */
export function signInWords(details: Details, { text }: Tools): (string | undefined)[] {
  const code = details['code'];
  return [
    details['by'] === 'oidc' ? text('auditEvents.bySingleSignOn') : undefined,
    isErrorCode(code) ? text(`errors.${code}`) : undefined,
  ];
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERRORS, code);
}
