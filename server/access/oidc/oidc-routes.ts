import type { Request, RequestHandler, Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import type { Logger } from 'pino';
import { z } from 'zod';

import { recordAuditEvent } from '../../audit/audit-store.ts';
import type { Database } from '../../database/connect.ts';
import { databaseFault } from '../../database/faults.ts';
import { AppError } from '../../web/app-error.ts';
import { addressOf, requestIdOf, route, type Route, type RouteAnswer } from '../../web/route.ts';

import type { SessionTimes } from '../sessions-store.ts';
import { signIn } from '../signing-in.ts';

import { consoleAddress, refusalAddress, screenOf } from './console-address.ts';
import { providerFault } from './faults.ts';
import { admit } from './identities-store.ts';
import type { SingleSignOnConfig } from './oidc-config.ts';
import { personOf } from './person.ts';
import { CALLBACK_PATH, IdentityProvider } from './provider.ts';
import { signOnCookie } from './sign-on-cookie.ts';
import { beginSignOn, checksOf, isItsState, takeSignOn } from './sign-on-store.ts';

export const START_PATH = '/api/session/oidc/start';

/** Sign-ons that one address may begin and end within the window: all of an office may be behind one address. */
const MOST_SIGN_ONS = 600;
const WINDOW_MS = 15 * 60_000;

/** What is known of a sign-on by the time it fails. */
interface Attempt {
  screen: string;
  /** As the provider calls them; null: nobody yet. */
  username: string | null;
}

/** Signing in by the identity provider: to it, and back from it. The console's sign-in screen tells of every failure. */
export function singleSignOnRoutes({
  config,
  database,
  times,
  logger,
}: {
  config: SingleSignOnConfig;
  database: Database;
  times: SessionTimes;
  logger: Logger;
}): Route[] {
  const provider = new IdentityProvider(config);
  const limit = limitSignOns();
  const cookie = signOnCookie(config.publicUrl);

  const refuse = async (error: unknown, request: Request, { screen, username }: Attempt): Promise<RouteAnswer> => {
    const requestId = requestIdOf(request);
    const fault = asAppError(error);
    const { code } = fault;
    if (code === 'server.fault') logger.error({ err: error, requestId }, 'A single sign-on failed.');
    else logger.warn({ code, reason: fault.options.detail, requestId }, 'A single sign-on was refused.');
    if (code !== 'database.away') {
      await recordAuditEvent(database, {
        actor: { userId: null, username: 'anonymous', address: addressOf(request) },
        kind: 'session.refused',
        ...(username === null ? {} : { subject: username }),
        details: { by: 'oidc', code },
        requestId,
      }).catch((unrecorded: unknown) => {
        logger.error({ err: unrecorded, requestId }, 'A refused single sign-on could not be put on record.');
      });
    }
    return { status: 303, headers: { Location: refusalAddress(code, { screen, requestId }) } };
  };

  return [
    route({
      method: 'get',
      path: START_PATH,
      summary: 'Go to the identity provider, to sign in',
      access: 'public',
      withoutDatabase: true,
      query: z.looseObject({ returnTo: z.string().optional() }),
      responses: { 302: { description: 'To the provider; what binds the sign-on to this browser is in a cookie.' } },
      handle: async ({ query, request, response }) => {
        if (!(await isWithin(limit, request, response))) return undefined;
        const screen = screenOf(query.returnTo);
        try {
          const secret = await beginSignOn(database, screen);
          const address = await provider.addressToSignIn(checksOf(secret)).catch((error: unknown) => {
            throw providerFault(error);
          });
          cookie.set(response, secret);
          return { status: 302, headers: { Location: address.href } };
        } catch (error) {
          return await refuse(error, request, { screen, username: null });
        }
      },
    }),
    route({
      method: 'get',
      path: CALLBACK_PATH,
      summary: 'Come back from the identity provider',
      access: 'public',
      withoutDatabase: true,
      query: z.looseObject({ state: z.unknown().optional() }),
      responses: { 303: { description: 'To the console, signed in, or to its sign-in screen with the reason.' } },
      handle: async ({ query, request, response, requestId }) => {
        if (!(await isWithin(limit, request, response))) return undefined;
        const attempt: Attempt = { screen: '/', username: null };
        try {
          const secret = cookie.read(request);
          cookie.clear(response);
          if (secret === null || typeof query.state !== 'string' || !isItsState(secret, query.state)) {
            throw new AppError('session.signOnStale');
          }
          const signOn = await takeSignOn(database, secret);
          if (signOn === null) throw new AppError('session.signOnStale');
          attempt.screen = signOn.returnTo;
          const search = request.originalUrl.slice(request.originalUrl.indexOf('?'));
          const claims = await provider.claimsOf(search, checksOf(secret)).catch((error: unknown) => {
            throw providerFault(error);
          });
          const person = personOf(claims, config);
          attempt.username = person.username;
          const admission = await admit(database, person, requestId, async (transaction, user) => {
            return await signIn(transaction, { request, user, times, by: 'oidc' });
          });
          if ('refused' in admission) throw new AppError(admission.refused);
          admission.result.setCookies(response);
          // A redirect leaves no address with a code in the browser's history.
          return { status: 303, headers: { Location: consoleAddress(signOn.returnTo) } };
        } catch (error) {
          return await refuse(error, request, attempt);
        }
      },
    }),
  ];
}

function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError(databaseFault(error) === 'statement' ? 'server.fault' : 'database.away');
}

/** Keeps one address from filling the table of sign-ons and the audit record: it comes to the sign-in screen instead. */
function limitSignOns(): RequestHandler {
  return rateLimit({
    windowMs: WINDOW_MS,
    limit: MOST_SIGN_ONS,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (request, response) => {
      response.redirect(303, refusalAddress('request.tooMany', { screen: '/', requestId: requestIdOf(request) }));
    },
  });
}

/** False when the limit has answered. */
function isWithin(limit: RequestHandler, request: Request, response: Response): Promise<boolean> {
  return new Promise((resolve, reject) => {
    response.once('finish', () => {
      resolve(false);
    });
    void Promise.resolve(
      limit(request, response, (error?: unknown) => {
        if (error === undefined) resolve(true);
        else reject(error instanceof Error ? error : new Error('The limit failed.'));
      }),
    ).catch(reject);
  });
}
