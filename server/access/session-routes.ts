import type { Request } from 'express';

import { recordAuditEvent } from '../audit/audit-store.ts';
import { credentials, session } from '../contract/schemas/session.ts';
import type { Database } from '../database/connect.ts';
import { AppError } from '../web/app-error.ts';
import { addressOf, requestIdOf, route, type Authenticate, type Route } from '../web/route.ts';

import { passSecondFactor } from './second-factor/pass-second-factor.ts';
import { clearSessionCookie, readSessionCookie } from './session-cookie.ts';
import { scopeOf } from './scope.ts';
import { endSession, findSessionUser, type SessionTimes } from './sessions-store.ts';
import { recordRefusal, signIn, tryToSignIn } from './signing-in.ts';
import { findByCredentials, readUser } from './users-store.ts';

/** A screen that asks by itself says since when its user has done nothing, in seconds. */
const IDLE_HEADER = 'X-Idle-Seconds';
/** Who did something that lately is there. */
const THERE_WITHIN_SECONDS = 60;

/** Finds out by the session cookie who is asking. */
export function authenticateWith(database: Database, times: SessionTimes): Authenticate {
  return async (request) => {
    const token = readSessionCookie(request);
    const user = token === null ? null : await findSessionUser(database, token, times, isByPerson(request));
    if (user === null) return null;
    return {
      userId: user.id,
      username: user.username,
      role: user.role,
      scope: await scopeOf(database, user.scope),
      credential: { kind: 'session' },
      sessionId: user.sessionId,
      mustChangePassword: user.mustChangePassword,
    };
  };
}

/** Not what a console asks for while nobody sits before it, nor its event stream, which the browser opens by itself. */
function isByPerson(request: Request): boolean {
  const idleSeconds = Number(request.get(IDLE_HEADER) ?? 0);
  return request.path !== '/api/events' && !(idleSeconds > THERE_WITHIN_SECONDS);
}

/** Signing in, who am I, signing out. */
export function sessionRoutes(database: Database, times: SessionTimes, localSignIn: boolean): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/session',
      summary: 'Sign in',
      access: 'public',
      body: credentials,
      responses: {
        201: {
          description:
            'Signed in; the session is in the cookie. A user who must change the password can do nothing else before.',
          schema: session,
        },
      },
      handle: async ({ body: { username, password, code }, request, response }) => {
        if (!localSignIn) throw new AppError('session.passwordOff');
        const tried = await tryToSignIn(database, request, username);
        const user = await findByCredentials(database, username, password);
        if (user === null) {
          const { failures } = tried;
          await database.transaction((transaction) => recordRefusal(transaction, { request, username, failures }));
          throw new AppError('session.wrongCredentials');
        }
        await passSecondFactor(database, { user, code, request, tried });
        const { setCookies } = await database.transaction((transaction) =>
          signIn(transaction, { request, user, times, tried }),
        );
        setCookies(response);
        return { status: 201, body: { user } };
      },
    }),
    route({
      method: 'get',
      path: '/api/session',
      summary: 'Who is signed in',
      access: 'signedIn',
      beforePasswordChange: true,
      responses: { 200: { description: 'The signed-in user.', schema: session } },
      handle: async ({ principal }) => ({
        status: 200,
        body: { user: await readUser(database, principal.userId) },
      }),
    }),
    route({
      method: 'delete',
      path: '/api/session',
      summary: 'Sign out',
      access: 'public',
      responses: { 204: { description: 'Signed out.' } },
      handle: async ({ request, response }) => {
        const token = readSessionCookie(request);
        const user = token === null ? null : await findSessionUser(database, token, times, false);
        if (token !== null && user !== null) {
          await database.transaction(async (transaction) => {
            await endSession(transaction, token);
            await recordAuditEvent(transaction, {
              actor: { userId: user.id, username: user.username, address: addressOf(request) },
              kind: 'session.ended',
              requestId: requestIdOf(request),
            });
          });
        }
        clearSessionCookie(request, response);
        return { status: 204 };
      },
    }),
  ];
}
