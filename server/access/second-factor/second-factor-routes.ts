import type { Request } from 'express';
import { z } from 'zod';

import { recordAuditEvent } from '../../audit/audit-store.ts';
import { id } from '../../contract/schemas/lists.ts';
import {
  recoveryCodes,
  secondFactor,
  secondFactorConfirmation,
  secondFactorRemoval,
  secondFactorSecret,
  secondFactorStart,
} from '../../contract/schemas/second-factor.ts';
import type { Database } from '../../database/connect.ts';
import { inTransaction } from '../../database/transaction.ts';
import { AppError } from '../../web/app-error.ts';
import { route, type Principal, type Route } from '../../web/route.ts';

import { tryToSignIn } from '../signing-in.ts';
import { findByCredentials } from '../users-store.ts';

import { secretForApp } from './codes.ts';
import { judge } from './pass-second-factor.ts';
import {
  beginSecondFactor,
  confirmSecondFactor,
  hasSecondFactor,
  readSecondFactor,
  removeSecondFactor,
} from './second-factor-store.ts';

const PATH = '/api/account/second-factor';

/** A second factor of one's own: looking at it, setting it up, removing it; and removing somebody else's who lost it. */
export function secondFactorRoutes(database: Database): Route[] {
  /** A session that somebody has found open is not enough to change how its user signs in. */
  const mustBeTheirs = async (request: Request, { userId, username }: Principal, password: string) => {
    const tried = await tryToSignIn(database, request, username);
    const user = await findByCredentials(database, username, password);
    if (user?.id !== userId) throw new AppError('secondFactor.wrongPassword');
    await inTransaction(database, tried.wasRight);
  };

  return [
    route({
      method: 'get',
      path: PATH,
      summary: 'Your second factor',
      access: 'signedIn',
      responses: { 200: { description: 'Whether there is one.', schema: secondFactor } },
      handle: async ({ principal }) => ({ status: 200, body: await readSecondFactor(database, principal.userId) }),
    }),
    route({
      method: 'post',
      path: PATH,
      summary: 'Begin a second factor',
      access: 'signedIn',
      body: secondFactorStart,
      responses: { 201: { description: 'For the app. It is not in force yet.', schema: secondFactorSecret } },
      handle: async ({ principal, body, request }) => {
        await mustBeTheirs(request, principal, body.password);
        const secret = await database.transaction((transaction) => beginSecondFactor(transaction, principal.userId));
        if (secret === null) throw new AppError('secondFactor.isOn');
        return { status: 201, body: secretForApp(secret, principal.username) };
      },
    }),
    route({
      method: 'post',
      path: `${PATH}/confirm`,
      summary: 'Put it in force, by a code of the app',
      access: 'signedIn',
      body: secondFactorConfirmation,
      responses: { 200: { description: 'It is in force. The codes are told this once.', schema: recoveryCodes } },
      handle: async ({ principal, body, requestId }) => {
        const codes = await database.transaction(async (transaction) => {
          const made = await confirmSecondFactor(transaction, principal.userId, body.code);
          if (made === null) throw new AppError('secondFactor.wrongCode');
          await recordAuditEvent(transaction, {
            actor: principal,
            kind: 'secondFactor.added',
            subject: principal.username,
            requestId,
          });
          return made;
        });
        return { status: 200, body: { recoveryCodes: codes } };
      },
    }),
    route({
      method: 'post',
      path: `${PATH}/remove`,
      summary: 'Remove it, by the password and a code',
      access: 'signedIn',
      body: secondFactorRemoval,
      responses: { 204: { description: 'It is gone, with its recovery codes.' } },
      handle: async ({ principal, body, request, requestId }) => {
        await mustBeTheirs(request, principal, body.password);
        if (!(await hasSecondFactor(database, principal.userId))) throw new AppError('secondFactor.isOff');
        const { userId: ownId, username } = principal;
        await judge(database, { id: ownId, username }, body.code, request, 'secondFactor.wrongCode');
        await remove(database, principal, { id: ownId, username }, requestId);
        return { status: 204 };
      },
    }),
    route({
      method: 'delete',
      path: '/api/users/:id/second-factor',
      summary: 'Remove the second factor of somebody who has lost it',
      access: 'users.edit',
      params: z.strictObject({ id }),
      responses: { 204: { description: 'They have none.' } },
      handle: async ({ principal, params, requestId }) => {
        if (params.id === principal.userId) throw new AppError('secondFactor.own');
        const row: unknown = await database('users').where('id', params.id).first('username');
        const user = z.object({ username: z.string() }).safeParse(row);
        if (user.success) await remove(database, principal, { id: params.id, ...user.data }, requestId);
        return { status: 204 };
      },
    }),
  ];
}

async function remove(
  database: Database,
  principal: Principal,
  user: { id: string; username: string },
  requestId: string,
): Promise<void> {
  await database.transaction(async (transaction) => {
    if (!(await removeSecondFactor(transaction, user.id))) return;
    await recordAuditEvent(transaction, {
      actor: principal,
      kind: 'secondFactor.removed',
      subject: user.username,
      requestId,
    });
  });
}
