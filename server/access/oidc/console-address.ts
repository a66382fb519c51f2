import type { ErrorCode } from '../../contract/errors.ts';

/** A screen of the console, as it stands after the `#` of its address. */
const SCREEN = /^\/(?![/\\]|login\b)[\x21-\x7e]{0,2000}$/;

/** The screen that somebody wanted; the first one for whatever is no screen. */
export function screenOf(wanted: unknown): string {
  return typeof wanted === 'string' && SCREEN.test(wanted) ? wanted : '/';
}

/**
 * Where a screen is. Always the console's own page: what was wanted comes after the `#`, so that no other site, and
 * nothing else of this one, can be led to.
 */
export function consoleAddress(screen: string): string {
  return `/#${screen}`;
}

/** The sign-in screen, which says in words why somebody was refused. */
export function refusalAddress(code: ErrorCode, { screen, requestId }: { screen: string; requestId: string }): string {
  const query = new URLSearchParams({ refused: code, request: requestId, ...(screen === '/' ? {} : { next: screen }) });
  return consoleAddress(`/login?${query.toString()}`);
}
