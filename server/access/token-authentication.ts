import type { Request } from 'express';
import { ipKeyGenerator, MemoryStore } from 'express-rate-limit';

import { lesserRole } from '../contract/access.ts';
import type { Database } from '../database/connect.ts';
import { AppError } from '../web/app-error.ts';
import { bearerOf } from '../web/bearer.ts';
import type { Authenticate } from '../web/route.ts';

import { scopeOf } from './scope.ts';
import { isTokenText } from './token-text.ts';
import { findToken } from './tokens-store.ts';

/** Unknown tokens from one address within the window, before it is told to wait. */
const MAX_FAILURES = 10;
const WINDOW_MS = 15 * 60_000;

/**
 * Finds out by the API token of a call who is asking, where it has one, and by `otherwise` where it has none. A token is
 * what it is at this moment: its user's role and sight limit it anew with each call.
 *
 * Who tries tokens is slowed down like who guesses passwords, by each instance for itself. Only unknown ones count, and
 * they are all that it holds up: a valid token from the same address is let in at any time.
 */
export function authenticateWithTokens(database: Database, otherwise: Authenticate): Authenticate {
  const failures = new FailedTries();
  return async (request) => {
    const text = bearerOf(request);
    if (text === null) return await otherwise(request);
    const token = isTokenText(text) ? await findToken(database, text) : null;
    if (token === null) {
      await failures.note(request);
      throw new AppError('token.invalid');
    }
    if (token.isExpired) throw new AppError('token.expired');
    const { user } = token;
    return {
      userId: user.id,
      username: user.username,
      role: lesserRole(user.role, token.role),
      scope: await scopeOf(database, user.scope, token.scope),
      credential: { kind: 'token', id: token.id, name: token.name },
    };
  };
}

/** In memory; an IPv6 network counts as one address. */
class FailedTries {
  readonly #store = new MemoryStore();

  constructor() {
    this.#store.init({ windowMs: WINDOW_MS } as Parameters<MemoryStore['init']>[0]);
  }

  /** @throws AppError `request.tooMany` from the eleventh on. */
  async note({ ip }: Request): Promise<void> {
    const { totalHits, resetTime } = await this.#store.increment(ipKeyGenerator(ip ?? ''));
    if (totalHits <= MAX_FAILURES) return;
    const wait = resetTime === undefined ? WINDOW_MS : resetTime.getTime() - Date.now();
    const seconds = Math.max(1, Math.ceil(wait / 1000));
    throw new AppError('request.tooMany', { retryAfterSeconds: seconds, params: { seconds } });
  }
}
