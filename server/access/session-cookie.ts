import type { CookieOptions, Request, Response } from 'express';

const SESSION = 'dead_letter_office_session';
const DEVICE = 'dead_letter_office_device';
/** As long as browsers keep a cookie at all. */
const DEVICE_MS = 400 * 86_400_000;

/** The session token that the browser sent, or null. */
export function readSessionCookie(request: Request): string | null {
  return readCookie(request, SESSION);
}

/**
 * HttpOnly: no script reads it. SameSite=Strict: no other site sends it. Secure wherever the console is served over
 * TLS. No expiry: the browser forgets it when it closes, and the database ends it in any case.
 */
export function setSessionCookie(request: Request, response: Response, token: string): void {
  response.cookie(SESSION, token, guarded(request));
}

export function clearSessionCookie(request: Request, response: Response): void {
  response.clearCookie(SESSION, guarded(request));
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
  return { httpOnly: true, sameSite: 'strict', secure: request.secure, path: '/' };
}
