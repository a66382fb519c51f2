import type { Request, Response } from 'express';

import { SIGN_ON_MINUTES } from './sign-on-store.ts';

/** The cookie that binds a sign-on to the browser in which it was begun. */
export interface SignOnCookie {
  read: (request: Request) => string | null;
  set: (response: Response, secret: string) => void;
  clear: (response: Response) => void;
}

/**
 * HttpOnly: no script reads it. SameSite=Lax: it comes along when the provider sends the browser back. With TLS its name
 * says `__Host-`, so that no other host of the same domain can plant one and sign the browser in as somebody else.
 */
export function signOnCookie(publicUrl: string): SignOnCookie {
  const secure = publicUrl.startsWith('https:');
  const name = `${secure ? '__Host-' : ''}dead_letter_office_sign_on`;
  const options = { httpOnly: true, sameSite: 'lax', secure, path: '/' } as const;
  return {
    read: (request) => {
      for (const part of request.headers.cookie?.split(';') ?? []) {
        const [given, value] = part.trim().split('=', 2);
        if (given === name && value !== undefined && value !== '') return value;
      }
      return null;
    },
    set: (response, secret) => {
      response.cookie(name, secret, { ...options, maxAge: SIGN_ON_MINUTES * 60_000 });
    },
    clear: (response) => {
      response.clearCookie(name, options);
    },
  };
}
