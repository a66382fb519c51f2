import type { CookieOptions, Request, Response } from 'express';

import { cameOverTls } from '../web/security-headers.ts';

const NAME = 'dead_letter_office_session';

/**
 * The cookie's name. Over TLS it begins with `__Host-`: browsers take such a one only over TLS, for this host alone, so that
 * neither a neighbouring host nor somebody on the line can slip one in.
 */
export function sessionCookieName(overTls: boolean): string {
  return overTls ? `__Host-${NAME}` : NAME;
}

/**
 * The session token that the browser sent, or null. Over TLS only the name that says so counts: the other one could have
 * been set by anybody. An office that is reached both ways has a session of each, and neither ends the other.
 */
export function readSessionCookie(request: Request): string | null {
  const wanted = sessionCookieName(cameOverTls(request));
  for (const part of request.headers.cookie?.split(';') ?? []) {
    const [name, value] = part.trim().split('=', 2);
    if (name === wanted && value !== undefined && value !== '') return value;
  }
  return null;
}

/**
 * HttpOnly: no script reads it. SameSite=Strict: no other site sends it. Secure wherever the console is served over
 * TLS. No expiry: the browser forgets it when it closes, and the database ends it in any case.
 */
export function setSessionCookie(request: Request, response: Response, token: string): void {
  const overTls = cameOverTls(request);
  response.cookie(sessionCookieName(overTls), token, optionsOf(overTls));
}

export function clearSessionCookie(request: Request, response: Response): void {
  const overTls = cameOverTls(request);
  response.clearCookie(sessionCookieName(overTls), optionsOf(overTls));
}

const optionsOf = (secure: boolean): CookieOptions => ({ httpOnly: true, sameSite: 'strict', secure, path: '/' });
