import type { Request, Response } from 'express';

const NAME = 'dead_letter_office_session';

/** The session token that the browser sent, or null. */
export function readSessionCookie(request: Request): string | null {
  for (const part of request.headers.cookie?.split(';') ?? []) {
    const [name, value] = part.trim().split('=', 2);
    if (name === NAME && value !== undefined && value !== '') return value;
  }
  return null;
}

/**
 * HttpOnly: no script reads it. SameSite=Strict: no other site sends it. Secure wherever the console is served over
 * TLS. No expiry: the browser forgets it when it closes, and the database ends it in any case.
 */
export function setSessionCookie(request: Request, response: Response, token: string): void {
  response.cookie(NAME, token, { httpOnly: true, sameSite: 'strict', secure: request.secure, path: '/' });
}

export function clearSessionCookie(request: Request, response: Response): void {
  response.clearCookie(NAME, { httpOnly: true, sameSite: 'strict', secure: request.secure, path: '/' });
}
