import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import type { AuditEvent } from '../../server/contract/schemas/audit.ts';
import type { List } from '../../server/contract/schemas/lists.ts';
import type { User, UserWithPassword } from '../../server/contract/schemas/users.ts';
import { connectDatabase, type Database } from '../../server/database/connect.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { signInAs } from '../support/sign-in.ts';

type Api = TestOffice['api'];

const OWN = 'moonlight over copper falcon';

let office: TestOffice;
let database: Database;

beforeAll(async () => {
  office = await startOffice();
  database = connectDatabase({ url: office.databaseUrl, poolSize: 2 });
  for (const name of ['orders.dead', 'orders.eu.dead', 'notice.dead']) {
    await office.api.post('/api/dead-queues').send({ name, watched: false }).expect(201);
  }
});
afterAll(async () => {
  await database.destroy();
  await office.remove();
});

const create = async (user: object): Promise<UserWithPassword> =>
  (await office.api.post('/api/users').send(user).expect(201)).body as UserWithPassword;
const read = async (id: string) => (await office.api.get(`/api/users/${id}`).expect(200)).body as User;
const list = async (query = '') => (await office.api.get(`/api/users${query}`).expect(200)).body as List<User>;
const codeOf = ({ status, body }: supertest.Response) => [status, (body as { code?: string }).code];
async function signIn(username: string, password: string): Promise<Api> {
  const agent = supertest.agent(office.url);
  await agent.post('/api/session').send({ username, password }).expect(201);
  return agent;
}
async function recorded(kind: string): Promise<Pick<AuditEvent, 'actor' | 'subject' | 'details'>[]> {
  const { data } = (await office.api.get(`/api/audit-events?kind=${kind}`).expect(200)).body as List<AuditEvent>;
  return data.map(({ actor, subject, details }) => ({ actor, subject, details }));
}

describe('A user', () => {
  it('is created with a password that is shown once, and sets an own one before anything else', async () => {
    const { user, password } = await create({ username: ' 김민준 ', role: 'operator', scope: ['orders.*'] });
    expect(user).toMatchObject({
      username: '김민준',
      role: 'operator',
      scope: ['orders.*'],
      deadQueues: ['orders.dead', 'orders.eu.dead'],
      state: 'enabled',
      mustChangePassword: true,
      lastSignInAt: null,
      lockedUntil: null,
      sessions: 0,
      version: 1,
    });
    expect(JSON.stringify((await list()).data)).not.toContain(password);
    const api = supertest.agent(office.url);
    const before = cookieOf(await api.post('/api/session').send({ username: '김민준', password }).expect(201));
    expect((await api.get('/api/session').expect(200)).body).toMatchObject({ user: { mustChangePassword: true } });

    const { paths } = z
      .object({ paths: z.record(z.string(), z.record(z.string(), z.object({ 'x-permission': z.string() }))) })
      .parse((await api.get('/api/openapi.json')).body);
    const open: string[] = [];
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, { 'x-permission': permission }] of Object.entries(methods)) {
        if (permission === 'public') continue;
        const answer = await fetch(office.url + path.replace(/\{\w+\}/g, '1'), {
          method: method.toUpperCase(),
          headers: { cookie: before, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' },
          ...(method === 'get' ? {} : { body: '{}' }),
        });
        const { code } = (await answer.json()) as { code?: string };
        if (answer.status !== 403 || code !== 'password.mustChange') open.push(`${method} ${path} ${answer.status}`);
      }
    }
    expect(open.sort()).toEqual(['get /api/session 200', 'post /api/session/password 400']);

    const change = (body: object) => api.post('/api/session/password').send(body);
    expect(codeOf(await change({ current: 'wrong', new: OWN }))).toEqual([422, 'password.wrongCurrent']);
    expect(codeOf(await change({ current: password, new: password }))).toEqual([422, 'password.isOld']);
    expect(codeOf(await change({ current: password, new: 'short and good' }))).toEqual([422, 'password.tooShort']);
    expect(codeOf(await change({ current: password, new: 'Dead Letter Office!' }))).toEqual([422, 'password.likeName']);
    const changed = await change({ current: password, new: OWN }).expect(200);
    expect(changed.body).toMatchObject({ user: { username: '김민준', mustChangePassword: false } });
    await api.get('/api/messages').expect(200);
    // The session goes on under another token; the one from before the change is nobody's.
    expect(cookieOf(changed)).not.toBe(before);
    await supertest(office.url).get('/api/session').set('Cookie', before).expect(401);
    expect(await read(user.id)).toMatchObject({ mustChangePassword: false, sessions: 1 });
    expect((await read(user.id)).lastSignInAt).not.toBeNull();
    expect(await recorded('user.created')).toEqual([
      { actor: 'operator', subject: '김민준', details: { role: 'operator', scope: ['orders.*'] } },
      { actor: 'office', subject: 'operator', details: { role: 'admin' } },
    ]);
    expect(JSON.stringify(await recorded('user.passwordChanged'))).not.toContain(OWN);
  });

  it('ends all other sessions by a change of the password', async () => {
    const api = await signInAs(office, database, { username: 'several', role: 'viewer' });
    const other = await signIn('several', 'correct horse');
    await api.post('/api/session/password').send({ current: 'correct horse', new: OWN }).expect(200);
    await other.get('/api/session').expect(401);
    await api.get('/api/session').expect(200);
    expect((await recorded('user.passwordChanged'))[0]).toEqual({
      actor: 'several',
      subject: 'several',
      details: { sessions: 1 },
    });
    await signIn('several', OWN);
    expect(
      codeOf(await supertest(office.url).post('/api/session').send({ username: 'several', password: 'correct horse' })),
    ).toEqual([401, 'session.wrongCredentials']);
  });

  it('has a name of their own, which is not the office’s, and a password that is not soon guessed', async () => {
    await create({ username: 'park', role: 'viewer' });
    const refused = async (user: object) =>
      codeOf(await office.api.post('/api/users').send({ role: 'viewer', ...user }));
    expect(await refused({ username: 'Park' })).toEqual([409, 'user.exists']);
    expect(await refused({ username: 'Office' })).toEqual([422, 'user.nameReserved']);
    expect(await refused({ username: 'anonymous' })).toEqual([422, 'user.nameReserved']);
    expect(await refused({ username: 'a\u202Eb' })).toEqual([400, 'request.malformed']);
    expect(await refused({ username: '  ' })).toEqual([400, 'request.malformed']);
    expect(await refused({ username: 'choi', password: 'passwordpassword' })).toEqual([422, 'password.pattern']);
    expect(await refused({ username: 'choi', role: 'admin', scope: ['a'] })).toEqual([422, 'user.adminScope']);
    expect(await refused({ username: 'choi', scope: [] })).toEqual([400, 'request.malformed']);
    expect(await create({ username: 'choi', role: 'viewer', password: OWN })).toMatchObject({
      user: { mustChangePassword: true },
      password: null,
    });
  });

  it('is found by a part of the name, and by state', async () => {
    expect((await list('?search=PAR')).data.map(({ username }) => username)).toEqual(['park']);
    expect((await list('?search=%25')).data).toEqual([]);
    const page = await list('?perPage=2');
    expect(page).toMatchObject({ pageInfo: { hasNextPage: true, hasPreviousPage: false }, total: 5 });
    expect((await list('?perPage=2&page=3')).data).toHaveLength(1);
    expect((await list('?state=disabled')).data).toEqual([]);
    const matches = await office.api.get('/api/users/scope-matches?pattern=*.eu.*&pattern=notice.dead').expect(200);
    expect(matches.body).toEqual({ deadQueues: ['notice.dead', 'orders.eu.dead'], of: 3 });
  });

  it('is changed as it was seen, which is on record with before and after, and takes effect at once', async () => {
    const api = await signInAs(office, database, { username: 'changing', role: 'viewer' });
    const { id, version } = (await list('?search=changing')).data[0] ?? { id: '', version: 0 };
    const change = (body: object) => office.api.patch(`/api/users/${id}`).send(body);
    await api.post('/api/messages/1/draft').expect(404);
    expect((await change({ role: 'lead', scope: ['a*', 'a*', 'b'], version }).expect(200)).body).toMatchObject({
      role: 'lead',
      scope: ['a*', 'b'],
      deadQueues: [],
      version: version + 1,
    });
    expect((await api.get('/api/session').expect(200)).body).toMatchObject({
      user: { role: 'lead', scope: ['a*', 'b'] },
    });
    expect(codeOf(await change({ role: 'viewer', version }))).toEqual([409, 'user.changed']);
    expect(codeOf(await change({ role: 'admin', version: version + 1 }))).toEqual([422, 'user.adminScope']);
    await change({ role: 'admin', scope: null, version: version + 1 }).expect(200);
    expect(await recorded('user.changed')).toEqual([
      {
        actor: 'operator',
        subject: 'changing',
        details: { before: { role: 'lead', scope: ['a*', 'b'] }, after: { role: 'admin', scope: null } },
      },
      {
        actor: 'operator',
        subject: 'changing',
        details: { before: { role: 'viewer', scope: null }, after: { role: 'lead', scope: ['a*', 'b'] } },
      },
    ]);
  });

  it('who is disabled is out at once, with every token, and comes back only with the sessions of a new sign-in', async () => {
    const api = await signInAs(office, database, { username: 'leaver', role: 'lead' });
    const [{ id, version }] = (await list('?search=leaver')).data as [User];
    await database('api_tokens').insert({
      token_hash: Buffer.alloc(32, 1),
      user_id: id,
      name: 'nightly',
      created_at: database.raw('UTC_TIMESTAMP(3)'),
    });
    await office.api.patch(`/api/users/${id}`).send({ disabled: true, version }).expect(200);
    await api.get('/api/session').expect(401);
    await supertest(office.url)
      .post('/api/session')
      .send({ username: 'leaver', password: 'correct horse' })
      .expect(401);
    expect(await database('api_tokens').whereNull('revoked_at').pluck('id')).toEqual([]);
    expect((await recorded('user.disabled'))[0]).toMatchObject({
      subject: 'leaver',
      details: { sessions: 1, tokens: 1 },
    });
    await office.api
      .patch(`/api/users/${id}`)
      .send({ disabled: false, version: version + 1 })
      .expect(200);
    await api.get('/api/session').expect(401);
    await signIn('leaver', 'correct horse');
    expect(await database('api_tokens').whereNull('revoked_at').pluck('id')).toEqual([]);

    await office.api.delete(`/api/users/${id}`).expect(204);
    await office.api.delete(`/api/users/${id}`).expect(204);
    expect((await list('?search=leaver')).data).toEqual([]);
    expect((await list('?state=removed')).data).toMatchObject([{ username: 'leaver', state: 'removed' }]);
    expect(codeOf(await office.api.patch(`/api/users/${id}`).send({ disabled: false, version: version + 3 }))).toEqual([
      409,
      'user.removed',
    ]);
    expect(codeOf(await office.api.post(`/api/users/${id}/password`).send({}))).toEqual([409, 'user.removed']);
    expect(codeOf(await office.api.post('/api/users').send({ username: 'leaver', role: 'viewer' }))).toEqual([
      409,
      'user.exists',
    ]);
    expect(await recorded('user.removed')).toHaveLength(1);
  });

  it('is given another password by an administrator, which ends the sessions and serves for one sign-in', async () => {
    const api = await signInAs(office, database, { username: 'forgetful', role: 'viewer' });
    const [{ id }] = (await list('?search=forgetful')).data as [User];
    const { password } = (await office.api.post(`/api/users/${id}/password`).send({}).expect(200))
      .body as UserWithPassword;
    await api.get('/api/session').expect(401);
    expect(codeOf(await (await signIn('forgetful', password ?? '')).get('/api/messages'))).toEqual([
      403,
      'password.mustChange',
    ]);
    expect(await recorded('user.passwordReset')).toEqual([
      { actor: 'operator', subject: 'forgetful', details: { sessions: 1 } },
    ]);
    const [{ id: own }] = (await list('?search=operator')).data as [User];
    expect(codeOf(await office.api.post(`/api/users/${own}/password`).send({}))).toEqual([422, 'user.self']);
  });
});

describe('The last administrator', () => {
  it('cannot be taken away, by themselves or by two who take each other away at once', async () => {
    for (const { id, version } of (await list('?search=changing')).data) {
      await office.api.patch(`/api/users/${id}`).send({ role: 'viewer', version }).expect(200);
    }
    const [own] = (await list('?search=operator')).data as [User];
    const change = (api: Api, { id, version }: User, body: object) =>
      api.patch(`/api/users/${id}`).send({ ...body, version });
    expect(codeOf(await change(office.api, own, { role: 'lead' }))).toEqual([409, 'user.lastAdmin']);
    expect(codeOf(await change(office.api, own, { disabled: true }))).toEqual([409, 'user.lastAdmin']);
    expect(codeOf(await change(office.api, own, { scope: ['*'] }))).toEqual([422, 'user.adminScope']);
    expect(codeOf(await office.api.delete(`/api/users/${own.id}`))).toEqual([409, 'user.lastAdmin']);

    const second = await signInAs(office, database, { username: 'second', role: 'admin' });
    const [other] = (await list('?search=second')).data as [User];
    expect(codeOf(await change(office.api, own, { role: 'lead' }))).toEqual([422, 'user.self']);
    const outcomes = await Promise.all([
      change(office.api, other, { role: 'viewer' }),
      change(second, own, { disabled: true }),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).not.toEqual([200, 200]);
    const admins = await database('users').where('role', 'admin').whereNull('disabled_at').pluck<string[]>('username');
    expect(admins).toHaveLength(1);
  });
});

function cookieOf(answer: supertest.Response): string {
  const given = answer.headers['set-cookie'] as unknown as string[];
  return given.find((one) => one.startsWith('dead_letter_office_session'))?.split(';')[0] ?? '';
}
