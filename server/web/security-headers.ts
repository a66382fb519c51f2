import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';

import type { Request, RequestHandler } from 'express';
import helmet from 'helmet';

/** For how long browsers come over TLS alone, once they came over TLS, in seconds. */
const TLS_ONLY_SECONDS = 365 * 24 * 3600;

/** What a page of this origin may use of the browser's: the clipboard, for what is copied, and nothing else. */
const PERMISSIONS = [
  ...['accelerometer', 'autoplay', 'camera', 'display-capture', 'encrypted-media', 'fullscreen', 'geolocation'],
  ...['gyroscope', 'magnetometer', 'microphone', 'midi', 'payment', 'picture-in-picture', 'publickey-credentials-get'],
  ...['screen-wake-lock', 'usb', 'xr-spatial-tracking'],
]
  .map((feature) => `${feature}=()`)
  .concat('clipboard-write=(self)')
  .join(', ');

const nonces = new WeakMap<ServerResponse, string>();

/** The nonce of this answer's content security policy: styles that bear it are the console's own. */
export function styleNonce(response: ServerResponse): string {
  const nonce = nonces.get(response) ?? randomBytes(18).toString('base64');
  nonces.set(response, nonce);
  return nonce;
}

/**
 * Whether the browser came over TLS: to this process, to a proxy that is trusted and says so, or because the office is
 * only reached under an address with https.
 */
export function cameOverTls(request: Request): boolean {
  return request.secure || publicOrigin(request)?.startsWith('https:') === true;
}

/** The origin under which browsers reach the office, where that was configured. */
export function publicOrigin(request: Request): string | null {
  const origin: unknown = request.app.get(PUBLIC_ORIGIN);
  return typeof origin === 'string' ? origin : null;
}

/** The application's setting that holds it. */
export const PUBLIC_ORIGIN = 'public origin';

/** The headers that keep a browser from doing with an answer of ours what it was not made for. */
export function securityHeaders(): RequestHandler[] {
  return [
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          scriptSrc: ["'self'"],
          // The component library writes its styles at run time, and signs them with the page's nonce.
          styleSrc: ["'self'", (_request, response) => `'nonce-${styleNonce(response)}'`],
          // A body that is an image is drawn from its bytes, never from an address.
          imgSrc: ["'self'", 'data:', 'blob:'],
          fontSrc: ["'self'"],
          connectSrc: ["'self'"],
          manifestSrc: ["'self'"],
          baseUri: ["'none'"],
          formAction: ["'self'"],
          frameAncestors: ["'none'"],
        },
      },
      // By connection, below: over plain HTTP it would mean nothing.
      strictTransportSecurity: false,
      xFrameOptions: { action: 'deny' },
      referrerPolicy: { policy: 'no-referrer' },
    }),
    (request, response, next) => {
      response.set('Permissions-Policy', PERMISSIONS);
      if (cameOverTls(request)) response.set('Strict-Transport-Security', `max-age=${TLS_ONLY_SECONDS}`);
      next();
    },
  ];
}
