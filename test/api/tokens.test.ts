import { createHash } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { ErrorCode } from '../../server/contract/errors.ts';
import { isTokenText, newToken } from '../../server/access/token-text.ts';
import type { AuditEvent } from '../../server/contract/schemas/audit.ts';
import type { ApiToken, MadeApiToken, NewApiToken } from '../../server/contract/schemas/tokens.ts';
import { connectDatabase, type Database } from '../../server/database/connect.ts';
import { openDeadQueue, type TestDeadQueue } from '../support/dead-queue.ts';
import { openEventStream } from '../support/event-stream.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { deskOf } from '../support/office-desk.ts';
import { waitFor } from '../support/services.ts';
import { signInAs } from '../support/sign-in.ts';

let office: TestOffice;
let database: Database;
let dead: TestDeadQueue;
let kim: TestOffice['api'];

beforeAll(async () => {
  dead = await openDeadQueue();
  office = await startOffice({ deadQueues: [dead.name] });
  database = connectDatabase({ url: office.databaseUrl });
  kim = await signInAs(office, database, { username: 'kim', role: 'lead', scope: [dead.name, 'orders.*'] });
  await dead.bury({ body: 'one' });
  await deskOf(office).failed(dead.name, 1);
});
afterAll(async () => {
  await database.destroy();
  await office.remove();
  await dead.remove();
});

async function make(api: TestOffice['api'], wanted: Partial<NewApiToken> = {}): Promise<MadeApiToken> {
  const answer = await api.post('/api/tokens').send({ name: 'deploy', role: 'operator', ...wanted });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body as MadeApiToken;
}

/** A call as a script makes it: with a token, from nowhere. */
async function call(
  token: string,
  method: string,
  path: string,
  { body, headers = {} }: { body?: object; headers?: Record<string, string> } = {},
): Promise<{ status: number; code: ErrorCode | undefined; body: unknown; headers: Headers }> {
  const answer = await fetch(office.url + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const answered = text === '' ? undefined : (JSON.parse(text) as { code?: ErrorCode });
  return { status: answer.status, code: answered?.code, body: answered, headers: answer.headers };
}

async function listed(api: TestOffice['api'], query = {}): Promise<ApiToken[]> {
  return ((await api.get('/api/tokens').query(query).expect(200)).body as { data: ApiToken[] }).data;
}

describe('An API token', () => {
  it.each([
    ['is revoked', (id: string) => kim.delete(`/api/tokens/${id}`).expect(204)],
    [
      'expires',
      (id: string) =>
        database('api_tokens')
          .where({ id })
          .update({ expires_at: database.raw('UTC_TIMESTAMP(3)') }),
    ],
  ])('takes its event stream along when it %s', async (_how, end) => {
    const [one, other] = [await make(kim, { name: 'watcher' }), await make(kim, { name: 'another watcher' })];
    const over = new Set<string>();
    const streams = await Promise.all(
      [one, other].map(async ({ id, token }) => {
        const stream = await openEventStream(office.url, { authorization: `Bearer ${token}` });
        await waitFor(() => stream.position());
        return { stream, ended: stream.ended.then(() => over.add(id)) };
      }),
    );
    await end(one.id);
    await waitFor(() => over.has(one.id), { describe: 'its stream ends' });
    expect(over.has(other.id)).toBe(false);
    for (const { stream } of streams) await stream.close();
    await Promise.all(streams.map(({ ended }) => ended));
    await kim.delete(`/api/tokens/${other.id}`).expect(204);
  });

  it('is told from anything else without the database', () => {
    const token = newToken();
    expect(token).toMatch(/^dlo_[0-9A-Za-z]{49}$/);
    expect(isTokenText(token)).toBe(true);
    const last = token.endsWith('a') ? 'b' : 'a';
    expect([`${token.slice(0, -1)}${last}`, token.slice(1), `${token}a`, '', 'dlo_'].filter(isTokenText)).toEqual([]);
  });

  it('is shown once, kept as a hash, and lives for 90 days', async () => {
    const { token, ...made } = await make(kim, { name: 'shown once' });
    expect(await listed(kim)).toContainEqual(made);
    expect(made).toMatchObject({ owner: 'kim', isMine: true, role: 'operator', scope: null, lastUsedAt: null });
    expect(token.endsWith(made.hint)).toBe(true);
    expect(Date.parse(made.expiresAt) - Date.parse(made.createdAt)).toBe(90 * 86_400_000);
    const row: unknown = await database('api_tokens').where('id', made.id).first();
    expect(JSON.stringify(row)).not.toContain(token.slice(4, 20));
    expect(row).toMatchObject({ token_hash: createHash('sha256').update(token).digest() });
    const events = (await office.api.get('/api/audit-events').query({ kind: 'token.created' })).body as object;
    expect(JSON.stringify(events)).not.toContain(token.slice(4, 20));
  });

  it('acts in the name of its user, from no page at all, and the audit says which token it was', async () => {
    const { token, id } = await make(kim, { name: 'pipeline' });
    const [message] = await deskOf(office).failed(dead.name, 1);
    const answer = await call(token, 'POST', '/api/operations', {
      body: { action: 'delete', selection: { ids: [message?.id] }, reason: 'test' },
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect(answer).toMatchObject({ status: 202, body: { actor: 'kim' } });
    const { id: operationId } = answer.body as { id: string };
    const events = (await office.api.get('/api/audit-events').query({ operationId }).expect(200)).body as {
      data: AuditEvent[];
    };
    expect(events.data.find(({ kind }) => kind === 'operation.created')).toMatchObject({
      actor: 'kim',
      details: { token: { id, name: 'pipeline' } },
    });
  });

  it('counts, and not the cookie that comes with it', async () => {
    const { token } = await make(kim, { role: 'viewer' });
    const signedIn = await office.api.get('/api/session').expect(200);
    expect(signedIn.body).toMatchObject({ user: { role: 'admin' } });
    await office.api.patch('/api/settings').set('Authorization', `Bearer ${token}`).send({}).expect(403);
    const wrong = await office.api.get('/api/messages').set('Authorization', `Bearer ${newToken()}`);
    expect(wrong).toMatchObject({ status: 401, body: { code: 'token.invalid' } });
    expect((await office.api.get('/api/messages').set('Authorization', 'Bearer something')).status).toBe(401);
    expect((await office.api.get('/api/messages').set('Authorization', 'Basic eDp5')).status).toBe(200);
    await office.api.get('/api/messages').expect(200);
  });

  it('has at most the role and the sight that its user has now', async () => {
    const lee = await signInAs(office, database, { username: 'lee', role: 'admin' });
    const { token } = await make(lee, { role: 'admin' });
    const limited = await make(lee, { role: 'admin', scope: ['orders.*'] });
    const mayChange = async (which: string) => (await call(which, 'PATCH', '/api/settings', { body: {} })).status;
    expect(await mayChange(token)).toBe(200);
    // What concerns the whole office is for nobody who sees a part of it.
    const settingsOnly = { body: { reasonRequiredFrom: 100 } };
    expect((await call(limited.token, 'PATCH', '/api/settings', settingsOnly)).code).toBe('access.outOfScope');
    await database('users').where('username', 'lee').update({ role: 'viewer' });
    expect(await mayChange(token)).toBe(403);
    await database('users')
      .where('username', 'lee')
      .update({ disabled_at: database.raw('UTC_TIMESTAMP(3)') });
    expect(await call(token, 'GET', '/api/messages')).toMatchObject({ status: 401, code: 'token.invalid' });
  });

  it('cannot be made with more than its user has', async () => {
    const refused = async (wanted: object) =>
      (await kim.post('/api/tokens').send({ name: 'x', role: 'operator', ...wanted })).body as object;
    expect(await refused({ role: 'admin' })).toMatchObject({ code: 'token.beyondRole' });
    expect(await refused({ scope: ['*'] })).toMatchObject({ code: 'token.beyondScope', params: { pattern: '*' } });
    expect(await refused({ scope: ['orders.new', 'payments'] })).toMatchObject({ params: { pattern: 'payments' } });
    expect(await refused({ expiresInDays: 366 })).toMatchObject({ code: 'request.malformed' });
    expect(await refused({ name: ' ' })).toMatchObject({ code: 'request.malformed' });
    await make(kim, { scope: ['orders.eu.*', dead.name], expiresInDays: 365 });
  });

  it('makes no tokens, signs nobody in, approves nothing and touches no user', async () => {
    const { token } = await make(office.api, { role: 'admin' });
    for (const [method, path] of [
      ['GET', '/api/tokens'],
      ['POST', '/api/tokens'],
      ['DELETE', '/api/tokens/1'],
      ['GET', '/api/session'],
      ['POST', '/api/session'],
      ['DELETE', '/api/session'],
      ['POST', '/api/operations/1/approve'],
      ['POST', '/api/operations/1/reject'],
    ] as const) {
      const answer = await call(token, method, path, method === 'GET' ? {} : { body: {} });
      expect(answer, `${method} ${path}`).toMatchObject({ status: 403, code: 'token.notForThis' });
    }
    expect((await call(token, 'GET', '/api/settings')).status).toBe(200);
  });

  it('ends: revoked by its user, by an administrator, or by time; each says so', async () => {
    const [own, others, old] = [await make(kim), await make(kim), await make(kim)];
    await kim.delete(`/api/tokens/${own.id}`).expect(204);
    await kim.delete(`/api/tokens/${own.id}`).expect(404);
    expect(await call(own.token, 'GET', '/api/messages')).toMatchObject({ status: 401, code: 'token.invalid' });
    expect((await listed(kim)).map(({ id }) => id)).not.toContain(own.id);

    const park = await signInAs(office, database, { username: 'park', role: 'operator' });
    await park.delete(`/api/tokens/${others.id}`).expect(404);
    await park.get('/api/tokens').query({ of: 'everybody' }).expect(403);
    expect(await listed(park)).toEqual([]);
    expect(await listed(office.api, { of: 'everybody' })).toContainEqual(
      expect.objectContaining({ id: others.id, owner: 'kim', isMine: false }),
    );
    await office.api.delete(`/api/tokens/${others.id}`).expect(204);
    expect((await call(others.token, 'GET', '/api/messages')).status).toBe(401);

    await database('api_tokens')
      .where('id', old.id)
      .update({ expires_at: database.raw('UTC_TIMESTAMP(3)') });
    expect(await call(old.token, 'GET', '/api/messages')).toMatchObject({ status: 401, code: 'token.expired' });
    expect(await listed(kim)).toContainEqual(expect.objectContaining({ id: old.id, isExpired: true }));
  });

  it('says when it was last used, to the minute', async () => {
    const { token, id } = await make(kim);
    const lastUsed = async () => (await listed(kim)).find((one) => one.id === id)?.lastUsedAt;
    await call(token, 'GET', '/api/settings');
    const first = await lastUsed();
    expect(first).toBeTruthy();
    await call(token, 'GET', '/api/settings');
    expect(await lastUsed()).toBe(first);
    await database('api_tokens')
      .where('id', id)
      .update({ last_used_at: database.raw('UTC_TIMESTAMP(3) - INTERVAL 61 SECOND') });
    await call(token, 'GET', '/api/settings');
    expect(Date.parse((await lastUsed()) ?? '')).toBeGreaterThanOrEqual(Date.parse(first ?? ''));
  });

  it('is let in while others that are tried from the same address have to wait', async () => {
    const { token } = await make(kim);
    const answers: number[] = [];
    for (let turn = 0; turn < 12; turn++) answers.push((await call(newToken(), 'GET', '/api/settings')).status);
    expect(answers.at(0)).toBe(401);
    expect(answers.at(-1)).toBe(429);
    const late = await call('nothing of ours', 'GET', '/api/settings');
    expect(late).toMatchObject({ status: 429, code: 'request.tooMany' });
    expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await call(token, 'GET', '/api/settings')).status).toBe(200);
    await kim.get('/api/settings').expect(200);
  });
});
