import { z } from 'zod';

import { recordAuditEvent } from '../audit/audit-store.ts';
import { may, roleReaches } from '../contract/access.ts';
import { id } from '../contract/schemas/lists.ts';
import {
  apiTokenList,
  apiTokenQuery,
  madeApiToken,
  newApiToken,
  type MadeApiToken,
  type NewApiToken,
} from '../contract/schemas/tokens.ts';
import { TOKEN_DAYS } from '../contract/tokens.ts';
import type { Database } from '../database/connect.ts';
import { inTransaction } from '../database/transaction.ts';
import { AppError } from '../web/app-error.ts';
import { mustBeAllowed, route, type Principal, type Route } from '../web/route.ts';

import { matchesScope } from './scope.ts';
import { newToken } from './token-text.ts';
import { countTokens, insertToken, readTokens, revokeToken } from './tokens-store.ts';
import { readUser, type User } from './users-store.ts';

/** Tokens of one user that are good at the same time. */
const MOST_TOKENS = 50;

/** API tokens: everybody has their own; who may edit users sees and revokes all. None of this is done with a token. */
export function tokenRoutes(database: Database): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/tokens',
      summary: 'API tokens that were not revoked, newest first',
      access: 'signedIn',
      query: apiTokenQuery,
      responses: { 200: { description: 'All of them in one page.', schema: apiTokenList } },
      handle: async ({ query, principal }) => {
        const all = query.of === 'everybody';
        if (all) mustBeAllowed(principal, 'users.edit');
        const data = await readTokens(database, all ? {} : { userId: principal.userId }, principal.userId);
        const pageInfo = { hasNextPage: false, hasPreviousPage: false };
        return { status: 200, body: { data, pageInfo, total: data.length, totalAtLeast: data.length } };
      },
    }),
    route({
      method: 'post',
      path: '/api/tokens',
      summary: 'Make an API token. The answer says it, once',
      access: 'signedIn',
      body: newApiToken,
      responses: { 201: { description: 'The token.', schema: madeApiToken } },
      handle: async ({ body, principal, requestId }) => ({
        status: 201,
        body: await makeToken(database, body, principal, requestId),
      }),
    }),
    route({
      method: 'delete',
      path: '/api/tokens/:id',
      summary: 'Revoke an API token, at once and for good',
      access: 'signedIn',
      params: z.strictObject({ id }),
      responses: { 204: { description: 'It lets nobody in any more.' } },
      handle: async ({ params, principal, requestId }) => {
        await inTransaction(database, async (transaction) => {
          const [token] = await readTokens(transaction, { id: params.id }, principal.userId);
          // What is not theirs does not exist for those who may not see it.
          const sees = token?.isMine === true || may(principal, 'users.edit');
          if (token === undefined || !sees || !(await revokeToken(transaction, token.id, principal.userId))) {
            throw new AppError('token.notFound');
          }
          await recordAuditEvent(transaction, {
            actor: principal,
            kind: 'token.revoked',
            subject: token.name,
            subjectId: token.id,
            details: { id: token.id, owner: token.owner },
            requestId,
          });
        });
        return { status: 204 };
      },
    }),
  ];
}

/** @throws AppError `token.beyondRole`, `token.beyondScope`, `token.tooMany`. */
async function makeToken(
  database: Database,
  { name, role, scope = null, expiresInDays = TOKEN_DAYS.usual }: NewApiToken,
  principal: Principal,
  requestId: string,
): Promise<MadeApiToken> {
  const token = newToken();
  return await inTransaction(database, async (transaction) => {
    const count = await countTokens(transaction, principal.userId);
    if (count >= MOST_TOKENS) throw new AppError('token.tooMany', { params: { most: MOST_TOKENS } });
    const user = await readUser(transaction, principal.userId);
    if (!roleReaches(user.role, role)) throw new AppError('token.beyondRole', { params: { role: user.role } });
    mustBeWithin(user, scope);
    const newId = await insertToken(transaction, { token, userId: user.id, name, role, scope, days: expiresInDays });
    const [made] = await readTokens(transaction, { id: newId }, user.id);
    if (made === undefined) throw new Error('The token that was just made is not there.');
    await recordAuditEvent(transaction, {
      actor: principal,
      kind: 'token.created',
      subject: name,
      subjectId: newId,
      details: { id: newId, role, scope, expiresAt: made.expiresAt },
      requestId,
    });
    return { ...made, token };
  });
}

/** A pattern is within others when one of them matches all that it matches: its own `*` is only matched by a `*`. */
function mustBeWithin(user: User, scope: readonly string[] | null): void {
  const { scope: limits } = user;
  if (limits === null || scope === null) return;
  const beyond = scope.find((pattern) => !matchesScope(limits, pattern));
  if (beyond !== undefined) throw new AppError('token.beyondScope', { params: { pattern: beyond } });
}
