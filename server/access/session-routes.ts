import { recordAuditEvent } from '../audit/audit-store.ts';
import { credentials, session } from '../contract/schemas/session.ts';
import type { Database } from '../database/connect.ts';
import { AppError } from '../web/app-error.ts';
import { requestIdOf, route, type Authenticate, type Route } from '../web/route.ts';

import { passSecondFactor } from './second-factor/pass-second-factor.ts';
import { clearSessionCookie, readSessionCookie, setSessionCookie } from './session-cookie.ts';
import { scopeOf } from './scope.ts';
import { createSession, endSession, findSessionUser } from './sessions-store.ts';
import { findByCredentials, readUser } from './users-store.ts';

/** Finds out by the session cookie who is asking. */
export function authenticateWith(database: Database): Authenticate {
  return async (request) => {
    const token = readSessionCookie(request);
    const user = token === null ? null : await findSessionUser(database, token);
    if (user === null) return null;
    return { userId: user.id, username: user.username, role: user.role, scope: await scopeOf(database, user.scope) };
  };
}

/** Signing in, who am I, signing out. */
export function sessionRoutes(database: Database): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/session',
      summary: 'Sign in',
      access: 'public',
      body: credentials,
      responses: { 201: { description: 'Signed in; the session is in the cookie.', schema: session } },
      handle: async ({ body: { username, password, code }, request, response }) => {
        const user = await findByCredentials(database, username, password);
        if (user === null) {
          await recordAuditEvent(database, {
            actor: { userId: null, username: 'anonymous' },
            kind: 'session.refused',
            subject: username,
            requestId: requestIdOf(request),
          });
          throw new AppError('session.wrongCredentials');
        }
        await passSecondFactor(database, user, code, response);
        const token = await database.transaction(async (transaction) => {
          await recordAuditEvent(transaction, {
            actor: { userId: user.id, username: user.username },
            kind: 'session.created',
            requestId: requestIdOf(request),
          });
          return await createSession(transaction, user.id);
        });
        setSessionCookie(request, response, token);
        return { status: 201, body: { user } };
      },
    }),
    route({
      method: 'get',
      path: '/api/session',
      summary: 'Who is signed in',
      access: 'signedIn',
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
        const user = token === null ? null : await findSessionUser(database, token);
        if (token !== null && user !== null) {
          await database.transaction(async (transaction) => {
            await endSession(transaction, token);
            await recordAuditEvent(transaction, {
              actor: { userId: user.id, username: user.username },
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
