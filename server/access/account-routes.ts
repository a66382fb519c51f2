import { z } from 'zod';

import { recordAuditEvent } from '../audit/audit-store.ts';
import { may } from '../contract/access.ts';
import { id } from '../contract/schemas/lists.ts';
import { session } from '../contract/schemas/session.ts';
import { endedSessions, passwordChange, sessionsQuery, signedInSessions } from '../contract/schemas/users.ts';
import type { Database } from '../database/connect.ts';
import { inTransaction } from '../database/transaction.ts';
import { AppError } from '../web/app-error.ts';
import { mustBeAllowed, route, type Principal, type Route } from '../web/route.ts';

import { mustBeGoodPassword } from './password-rules.ts';
import { hashPassword } from './passwords.ts';
import { endSessionById, endSessionsOf, listSessions, ownerOfSession, type SessionTimes } from './sessions-store.ts';
import { renewSession, tryToSignIn } from './signing-in.ts';
import { findByCredentials, readUser, setPassword } from './users-store.ts';

/** What everybody does with their own account: the password, and the browsers in which they are signed in. */
export function accountRoutes(database: Database, times: SessionTimes): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/session/password',
      summary: 'Change your password; your other sessions end',
      access: 'signedIn',
      beforePasswordChange: true,
      body: passwordChange,
      responses: { 200: { description: 'Changed; this session goes on under a new cookie.', schema: session } },
      handle: async ({ body, principal, request, response, requestId }) => {
        // Who has taken over a session guesses the password no faster than at the sign-in.
        const tried = await tryToSignIn(database, request, principal.username);
        const user = await findByCredentials(database, principal.username, body.current);
        if (user === null) throw new AppError('password.wrongCurrent');
        if (body.new.normalize('NFKC') === body.current.normalize('NFKC')) throw new AppError('password.isOld');
        mustBeGoodPassword(body.new, principal.username);
        const passwordHash = await hashPassword(body.new);
        const { setCookies } = await database.transaction(async (transaction) => {
          await setPassword(transaction, user.id, { passwordHash, mustChange: false });
          const ended = await endSessionsOf(transaction, user.id);
          await recordAuditEvent(transaction, {
            actor: principal,
            kind: 'user.passwordChanged',
            subject: user.username,
            subjectId: user.id,
            // Its own goes on.
            details: { sessions: Math.max(0, ended - 1) },
            requestId,
          });
          return await renewSession(transaction, { request, user, times, tried });
        });
        setCookies(response);
        return { status: 200, body: { user: { ...user, mustChangePassword: false } } };
      },
    }),
    route({
      method: 'get',
      path: '/api/sessions',
      summary: 'The browsers in which you, or a user, are signed in',
      access: 'signedIn',
      query: sessionsQuery,
      responses: { 200: { description: 'The one that was used last first.', schema: signedInSessions } },
      handle: async ({ query: { userId = '' }, principal }) => {
        const data = await listSessions(database, whose(principal, userId), principal.sessionId);
        return { status: 200, body: { data } };
      },
    }),
    route({
      method: 'delete',
      path: '/api/sessions',
      summary: 'End all your other sessions, or those of a user',
      access: 'signedIn',
      query: sessionsQuery,
      responses: { 200: { description: 'How many there were.', schema: endedSessions } },
      handle: async ({ query: { userId = '' }, principal, requestId }) => {
        const ended = await inTransaction(database, async (transaction) => {
          const { id: ownerId, username } = await readUser(transaction, whose(principal, userId));
          const sessions = await endSessionsOf(transaction, ownerId, principal.sessionId);
          if (sessions > 0) {
            await recordAuditEvent(transaction, {
              actor: principal,
              kind: 'session.revoked',
              subject: username,
              subjectId: ownerId,
              details: { sessions },
              requestId,
            });
          }
          return sessions;
        });
        return { status: 200, body: { ended } };
      },
    }),
    route({
      method: 'delete',
      path: '/api/sessions/:id',
      summary: 'End a session',
      access: 'signedIn',
      params: z.strictObject({ id }),
      responses: { 204: { description: 'Ended.' } },
      handle: async ({ params, principal, requestId }) => {
        await inTransaction(database, async (transaction) => {
          const owner = await ownerOfSession(transaction, params.id);
          // Nobody learns by asking which sessions others have.
          if (owner === null || (owner.userId !== principal.userId && !may(principal, 'users.edit'))) {
            throw new AppError('session.notFound');
          }
          await endSessionById(transaction, params.id);
          await recordAuditEvent(transaction, {
            actor: principal,
            kind: 'session.revoked',
            subject: owner.username,
            subjectId: owner.userId,
            details: { sessions: 1 },
            requestId,
          });
        });
        return { status: 204 };
      },
    }),
  ];
}

/** @throws AppError `access.denied` for somebody else's, without `users.edit`. */
function whose(principal: Principal, userId: string): string {
  if (userId === '' || userId === principal.userId) return principal.userId;
  mustBeAllowed(principal, 'users.edit');
  return userId;
}
