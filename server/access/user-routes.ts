import { z } from 'zod';

import { recordAuditEvent } from '../audit/audit-store.ts';
import { id } from '../contract/schemas/lists.ts';
import {
  newUser,
  passwordReset,
  scopeMatches,
  scopeQuery,
  user,
  userChange,
  userList,
  userListQuery,
  userWithPassword,
} from '../contract/schemas/users.ts';
import type { Database } from '../database/connect.ts';
import { inTransaction } from '../database/transaction.ts';
import { AppError } from '../web/app-error.ts';
import { encodeCursor, listAnswer, pagingOf } from '../web/list-query.ts';
import { route, type Route } from '../web/route.ts';

import { changeUser, existingUser, removeForGood, standingAdmins } from './change-user.ts';
import { deadQueueNames, insertUser, listUsers } from './managed-users.ts';
import { mustBeGoodPassword } from './password-rules.ts';
import { hashPassword, makePassword } from './passwords.ts';
import { matchesScope } from './scope.ts';
import { endSessionsOf } from './sessions-store.ts';
import { forgetFailures } from './sign-in-limit.ts';
import { setPassword } from './users-store.ts';

/** Names under which the office itself is in the audit record. */
const RESERVED = ['office', 'anonymous'];

/** Who may sign in, and as what. Every act is on record in its own transaction. */
export function userRoutes(database: Database): Route[] {
  const params = z.strictObject({ id });
  return [
    route({
      method: 'get',
      path: '/api/users',
      summary: 'The users, by name',
      access: 'users.edit',
      query: userListQuery,
      responses: { 200: { description: 'A page of users.', schema: userList } },
      handle: async ({ query }) => {
        const paging = pagingOf(query);
        const { users, counted } = await listUsers(database, query, paging);
        const body = listAnswer({
          rows: users,
          paging,
          toItem: (row) => row,
          cursorOf: (row) => encodeCursor([row.username]),
          counted,
        });
        // Users are gone through by page alone.
        delete body.pageInfo.after;
        delete body.pageInfo.before;
        return { status: 200, body };
      },
    }),
    route({
      method: 'get',
      path: '/api/users/scope-matches',
      summary: 'Which dead queues a scope matches now',
      access: 'users.edit',
      query: scopeQuery,
      responses: { 200: { description: 'By name.', schema: scopeMatches } },
      handle: async ({ query: { pattern } }) => {
        const names = await deadQueueNames(database);
        return {
          status: 200,
          body: { deadQueues: names.filter((name) => matchesScope(pattern, name)), of: names.length },
        };
      },
    }),
    route({
      method: 'get',
      path: '/api/users/:id',
      summary: 'One user',
      access: 'users.edit',
      params,
      responses: { 200: { description: 'The user.', schema: user } },
      handle: async ({ params: { id: userId } }) => ({ status: 200, body: await existingUser(database, userId) }),
    }),
    route({
      method: 'post',
      path: '/api/users',
      summary: 'Create a user, with a password for the first sign-in',
      access: 'users.edit',
      body: newUser,
      responses: { 201: { description: 'Created. The password is answered this once.', schema: userWithPassword } },
      handle: async ({ body, principal, requestId }) => {
        const { username, role, scope, password } = body;
        if (RESERVED.includes(username.toLowerCase())) throw new AppError('user.nameReserved');
        if (role === 'admin' && scope !== null) throw new AppError('user.adminScope');
        const oneTime = await oneTimePassword(password, username);
        const created = await inTransaction(database, async (transaction) => {
          await standingAdmins(transaction, principal);
          const userId = await insertUser(transaction, body, oneTime.hash);
          if (userId === null) throw new AppError('user.exists');
          await recordAuditEvent(transaction, {
            actor: principal,
            kind: 'user.created',
            subject: username,
            subjectId: userId,
            details: { role, scope },
            requestId,
          });
          return await existingUser(transaction, userId);
        });
        return { status: 201, body: { user: created, password: oneTime.made } };
      },
    }),
    route({
      method: 'patch',
      path: '/api/users/:id',
      summary: 'Change the role or the scope of a user, disable or enable them',
      access: 'users.edit',
      params,
      body: userChange,
      responses: { 200: { description: 'The user.', schema: user } },
      handle: async ({ params: { id: userId }, body, principal, requestId }) => ({
        status: 200,
        body: await inTransaction(database, (transaction) =>
          changeUser(transaction, userId, body, { actor: principal, requestId }),
        ),
      }),
    }),
    route({
      method: 'delete',
      path: '/api/users/:id',
      summary: 'Remove a user for good; the name stays taken, and in the audit',
      access: 'users.edit',
      params,
      responses: { 204: { description: 'Removed: sessions and API tokens have ended.' } },
      handle: async ({ params: { id: userId }, principal, requestId }) => {
        await inTransaction(database, (transaction) =>
          removeForGood(transaction, userId, { actor: principal, requestId }),
        );
        return { status: 204 };
      },
    }),
    route({
      method: 'post',
      path: '/api/users/:id/password',
      summary: 'Give a user another password for the next sign-in; their sessions end',
      access: 'users.edit',
      params,
      body: passwordReset,
      responses: { 200: { description: 'Reset. The password is answered this once.', schema: userWithPassword } },
      handle: async ({ params: { id: userId }, body: { password }, principal, requestId }) => {
        // One's own goes by the old one.
        if (userId === principal.userId) throw new AppError('user.self');
        const { username } = await existingUser(database, userId);
        const oneTime = await oneTimePassword(password, username);
        const changed = await inTransaction(database, async (transaction) => {
          await standingAdmins(transaction, principal);
          const before = await existingUser(transaction, userId);
          if (before.state === 'removed') throw new AppError('user.removed');
          await setPassword(transaction, userId, { passwordHash: oneTime.hash, mustChange: true });
          await forgetFailures(transaction, username);
          const sessions = await endSessionsOf(transaction, userId);
          await recordAuditEvent(transaction, {
            actor: principal,
            kind: 'user.passwordReset',
            subject: username,
            subjectId: userId,
            details: { sessions },
            requestId,
          });
          return await existingUser(transaction, userId);
        });
        return { status: 200, body: { user: changed, password: oneTime.made } };
      },
    }),
    route({
      method: 'post',
      path: '/api/users/:id/unlock',
      summary: 'Forget the wrong passwords of a user: what waits may be tried at once',
      access: 'users.edit',
      params,
      responses: { 200: { description: 'The user.', schema: user } },
      handle: async ({ params: { id: userId }, principal, requestId }) => {
        const unlocked = await inTransaction(database, async (transaction) => {
          const { username, lockedUntil } = await existingUser(transaction, userId);
          await forgetFailures(transaction, username);
          if (lockedUntil !== null) {
            await recordAuditEvent(transaction, {
              actor: principal,
              kind: 'user.unlocked',
              subject: username,
              subjectId: userId,
              requestId,
            });
          }
          return await existingUser(transaction, userId);
        });
        return { status: 200, body: unlocked };
      },
    }),
  ];
}

/** @throws AppError what is wrong with a password that was given. */
async function oneTimePassword(
  given: string | undefined,
  username: string,
): Promise<{ hash: string; made: string | null }> {
  if (given !== undefined) mustBeGoodPassword(given, username);
  const made = given === undefined ? makePassword() : null;
  return { hash: await hashPassword(given ?? made ?? ''), made };
}
