import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';

import { AppError } from '../web/app-error.ts';

import { isAskedForCode } from './second-factor/pass-second-factor.ts';

/** Failed sign-ins from one address within the window, before it has to wait. */
const MAX_FAILURES = 10;
const WINDOW_MS = 15 * 60_000;

/**
 * Slows down who guesses passwords: `request.tooMany` after too many failed sign-ins from one address (an IPv6 network
 * counts as one). In memory: each instance counts by itself. Successful ones do not count.
 */
export function limitSignIns(): RequestHandler {
  return rateLimit({
    windowMs: WINDOW_MS,
    limit: MAX_FAILURES,
    skipSuccessfulRequests: true,
    // Who is asked for a code has given the right password.
    requestWasSuccessful: (_request, response) => response.statusCode < 400 || isAskedForCode(response),
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (_request, response, next) => {
      const seconds = Number(response.getHeader('Retry-After') ?? WINDOW_MS / 1000);
      next(new AppError('request.tooMany', { retryAfterSeconds: seconds, params: { seconds } }));
    },
  });
}
