import { Secret, TOTP } from 'otpauth';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { spendCode } from '../../server/access/second-factor/second-factor-store.ts';
import { idColumn } from '../../server/database/columns.ts';
import { connectDatabase, type Database } from '../../server/database/connect.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { signInAs } from '../support/sign-in.ts';

const PATH = '/api/account/second-factor';
const password = 'correct horse';

let office: TestOffice;
let database: Database;

beforeAll(async () => {
  office = await startOffice();
  database = connectDatabase({ url: office.databaseUrl });
});
afterAll(async () => {
  await database.destroy();
  await office.remove();
});

const secretAnswer = z.object({ secret: z.string(), uri: z.string() });
const codesAnswer = z.object({ recoveryCodes: z.array(z.string()) });
const codeOf = (response: { body: unknown }) => z.object({ code: z.string() }).parse(response.body).code;

/** The code of an app, so many steps of 30 s from now. */
function appCode(secret: string, steps = 0): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 });
}

/** A user who has just turned on a second factor, with the code of one step ago: this one's is still good. */
async function withSecondFactor(username: string) {
  const api = await signInAs(office, database, { username, role: 'viewer' });
  const begun = await api.post(PATH).send({ password }).expect(201);
  const { secret, uri } = secretAnswer.parse(begun.body);
  const confirmed = await api
    .post(`${PATH}/confirm`)
    .send({ code: appCode(secret, -1) })
    .expect(200);
  return { api, username, secret, uri, ...codesAnswer.parse(confirmed.body) };
}

const signIn = (username: string, code?: string) =>
  supertest(office.url)
    .post('/api/session')
    .send({ username, password, ...(code === undefined ? {} : { code }) });

async function idOf(username: string): Promise<string> {
  const row: unknown = await database('users').where({ username }).first('id');
  return z.object({ id: idColumn }).parse(row).id;
}

async function audited(kind: string, subject: string) {
  const answer = await office.api.get('/api/audit-events').query({ kind }).expect(200);
  const body: unknown = answer.body;
  const event = z.object({ subject: z.string().nullable(), actor: z.string(), details: z.unknown() });
  return z
    .object({ data: z.array(event) })
    .parse(body)
    .data.filter((one) => one.subject === subject);
}

describe('A second factor', () => {
  it('is asked for after the password, and good once', async () => {
    const { api, secret, uri } = await withSecondFactor('kim');
    expect(uri).toMatch(/^otpauth:\/\/totp\/Dead%20Letter%20Office:kim\?.*secret=[A-Z2-7]{32}/);
    expect((await api.get(PATH)).body).toEqual({ state: 'on', recoveryCodesLeft: 10 });

    const asked = await signIn('kim');
    expect([asked.status, codeOf(asked)]).toEqual([401, 'session.secondFactorRequired']);
    const wrongPassword = await supertest(office.url).post('/api/session').send({ username: 'kim', password: 'guess' });
    expect(codeOf(wrongPassword)).toBe('session.wrongCredentials');
    // Two at once, as somebody who looks over a shoulder.
    const code = appCode(secret);
    const both = await Promise.all([signIn('kim', code), signIn('kim', code)]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 401]);
    expect(codeOf(await signIn('kim', code))).toBe('session.wrongCode');
    expect(codeOf(await signIn('kim', appCode(secret, -1)))).toBe('session.wrongCode');
    const [refused] = await audited('session.refused', 'kim');
    expect(refused).toMatchObject({ details: { code: 'session.wrongCode' } });
    expect(await audited('secondFactor.added', 'kim')).toHaveLength(1);
  });

  it('is never shown again, and not replaced without being turned off', async () => {
    const { api, secret, recoveryCodes } = await withSecondFactor('lee');
    const again = await api.post(PATH).send({ password });
    expect([again.status, codeOf(again)]).toEqual([409, 'secondFactor.isOn']);
    expect(codeOf(await api.post(`${PATH}/confirm`).send({ code: appCode(secret, 1) }))).toBe('secondFactor.wrongCode');
    const kept = JSON.stringify(await database('recovery_codes').select('*'));
    for (const code of recoveryCodes) expect(kept).not.toContain(code);
  });

  it('is not in force before a code of the app has confirmed it, and takes the password', async () => {
    const api = await signInAs(office, database, { username: 'park', role: 'viewer' });
    const guessed = await api.post(PATH).send({ password: 'guess' });
    expect([guessed.status, codeOf(guessed)]).toEqual([422, 'secondFactor.wrongPassword']);
    await api.post(PATH).send({ password }).expect(201);
    expect(codeOf(await api.post(`${PATH}/confirm`).send({ code: '000000x' }))).toBe('secondFactor.wrongCode');
    expect((await api.get(PATH)).body).toEqual({ state: 'off', recoveryCodesLeft: 0 });
    await signIn('park').expect(201);
  });

  it('can be replaced by a recovery code, once each', async () => {
    const { recoveryCodes, api } = await withSecondFactor('yoon');
    const [first = '', second = ''] = recoveryCodes;
    expect(first).toMatch(/^(?:[A-Z2-7]{4}-){3}[A-Z2-7]{4}$/);
    await signIn('yoon', ` ${first.toLowerCase().replaceAll('-', ' ')} `).expect(201);
    expect(codeOf(await signIn('yoon', first))).toBe('session.wrongCode');
    await signIn('yoon', second).expect(201);
    expect((await api.get(PATH)).body).toEqual({ state: 'on', recoveryCodesLeft: 8 });
    expect((await audited('secondFactor.recoveryUsed', 'yoon'))[0]).toMatchObject({ details: { left: 8 } });
  });

  it('is turned off by the password and a code alone', async () => {
    const { api, secret } = await withSecondFactor('choi');
    const tries = [
      [{ password: 'guess', code: appCode(secret) }, 'secondFactor.wrongPassword'],
      [{ password, code: '12345' }, 'secondFactor.wrongCode'],
    ] as const;
    for (const [body, code] of tries) expect(codeOf(await api.post(`${PATH}/remove`).send(body))).toBe(code);
    await api
      .post(`${PATH}/remove`)
      .send({ password, code: appCode(secret) })
      .expect(204);
    await signIn('choi').expect(201);
    expect(await database('recovery_codes').join('users', 'users.id', 'user_id').where({ username: 'choi' })).toEqual(
      [],
    );
    expect((await audited('secondFactor.removed', 'choi'))[0]).toMatchObject({ actor: 'choi' });
    expect(codeOf(await api.post(`${PATH}/remove`).send({ password, code: '1' }))).toBe('secondFactor.isOff');
  });

  it('is removed by an administrator for who has lost it, and by nobody for themselves', async () => {
    const { username } = await withSecondFactor('jung');
    const path = `/api/users/${await idOf(username)}`;
    expect((await office.api.get(path).expect(200)).body).toMatchObject({ hasSecondFactor: true });
    await office.api.delete(`${path}/second-factor`).expect(204);
    expect((await office.api.get(path).expect(200)).body).toMatchObject({ hasSecondFactor: false });
    await signIn(username).expect(201);
    expect((await audited('secondFactor.removed', username))[0]).toMatchObject({
      actor: office.administrator.username,
    });
    const own = await office.api.delete(`/api/users/${await idOf(office.administrator.username)}/second-factor`);
    expect([own.status, codeOf(own)]).toEqual([422, 'secondFactor.own']);
  });

  it('makes who guesses codes wait, also many at once, and nobody else', async () => {
    const { secret, username } = await withSecondFactor('han');
    const id = await idOf(username);
    const verdicts = await Promise.all(Array.from({ length: 8 }, (_, at) => spendCode(database, id, `00000${at}`)));
    expect(verdicts.sort()).toEqual([...Array<string>(3).fill('wait'), ...Array<string>(5).fill('wrong')]);
    expect(codeOf(await signIn(username, appCode(secret)))).toBe('request.tooMany');
    await database('second_factors').update({ failed_at: database.raw('UTC_TIMESTAMP(3) - INTERVAL 16 MINUTE') });
    expect(await spendCode(database, id, '000000')).toBe('wrong');
    expect(await spendCode(database, id, '000001')).toBe('wrong');
    await signIn(username, appCode(secret)).expect(201);
  });

  it('does not count against an address for being asked for', async () => {
    // Those before have used up most of what the address may get wrong.
    for (let times = 0; times < 6; times += 1) expect(codeOf(await signIn('kim'))).toBe('session.secondFactorRequired');
  });
});
