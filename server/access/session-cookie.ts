import type { CookieOptions, Request, Response } from 'express';

import { cameOverTls } from '../web/security-headers.ts';

const SESSION = 'dead_letter_office_session';
const DEVICE = 'dead_letter_office_device';
/** As long as browsers keep a cookie at all. */
const DEVICE_MS = 400 * 86_400_000;

/**
 * The name of the session's cookie. Over TLS it begins with `__Host-`: browsers take such a one only over TLS, for this
 * host alone, so that neither a neighbouring host nor somebody on the line can slip one in.
 */
export function sessionCookieName(overTls: boolean): string {
  return overTls ? `__Host-${SESSION}` : SESSION;
}

/**
 * The session token that the browser sent, or null. Over TLS only the name that says so counts: the other one could have
 * been set by anybody. An office that is reached both ways has a session of each, and neither ends the other.
 */
export function readSessionCookie(request: Request): string | null {
  return readCookie(request, sessionCookieName(cameOverTls(request)));
}

/**
 * HttpOnly: no script reads it. SameSite=Strict: no other site sends it. Secure wherever the console is served over
 * TLS. No expiry: the browser forgets it when it closes, and the database ends it in any case.
 */
export function setSessionCookie(request: Request, response: Response, token: string): void {
  response.cookie(sessionCookieName(cameOverTls(request)), token, guarded(request));
}

export function clearSessionCookie(request: Request, response: Response): void {
  response.clearCookie(sessionCookieName(cameOverTls(request)), guarded(request));
}

/** What the browser was given when somebody signed in with it, or null. It opens nothing: it says that they were here. */
export function readDeviceCookie(request: Request): string | null {
  return readCookie(request, DEVICE);
}

export function setDeviceCookie(request: Request, response: Response, token: string): void {
  response.cookie(DEVICE, token, { ...guarded(request), path: '/api/session', maxAge: DEVICE_MS });
}

function readCookie(request: Request, wanted: string): string | null {
  for (const part of request.headers.cookie?.split(';') ?? []) {
    const [name, value] = part.trim().split('=', 2);
    if (name === wanted && value !== undefined && value !== '') return value;
  }
  return null;
}

function guarded(request: Request): CookieOptions {
  return { httpOnly: true, sameSite: 'strict', secure: cameOverTls(request), path: '/' };
}
