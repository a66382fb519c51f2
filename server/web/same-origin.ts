import type { Request, RequestHandler } from 'express';

import { AppError } from './app-error.ts';
import { bearerOf } from './bearer.ts';
import { publicOrigin } from './security-headers.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses unsafe calls that another site's page makes a browser send with our cookie. `Sec-Fetch-Site` is set by every
 * current browser and by no page; older ones send `Origin`. A client that sends neither is no browser, and without a
 * browser there is no cookie to steal. A call with an API token needs none of this: its cookie, if it has one, is not
 * looked at, and no page can make a browser send somebody's token.
 */
export const sameOriginOnly: RequestHandler = (request, _response, next) => {
  if (SAFE_METHODS.has(request.method) || bearerOf(request) !== null || isSameOrigin(request)) next();
  else next(new AppError('request.crossOrigin'));
};

function isSameOrigin(request: Request): boolean {
  const site = request.get('Sec-Fetch-Site');
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = request.get('Origin');
  if (origin === undefined) return true;
  // A proxy may ask for us under another name than the browser asked it for.
  return URL.canParse(origin) && (new URL(origin).host === request.host || origin === publicOrigin(request));
}
