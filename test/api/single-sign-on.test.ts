import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { connectDatabase, type Database } from '../../server/database/connect.ts';
import { hashPassword } from '../../server/access/passwords.ts';
import { CookieJar, signInThere, type TestIdentityProvider } from '../support/identity-provider.ts';
import type { TestOffice } from '../support/office.ts';
import { startOfficeWithProvider } from '../support/single-sign-on.ts';

const START = '/api/session/oidc/start';
const CALLBACK = '/api/session/oidc/callback';
const SIGN_ON_COOKIE = 'dead_letter_office_sign_on';
const SESSION_COOKIE = 'dead_letter_office_session';

const sessionAnswer = z.object({
  user: z.object({ id: z.string(), username: z.string(), role: z.string(), scope: z.array(z.string()).nullable() }),
});
const auditAnswer = z.object({
  data: z.array(
    z.object({
      kind: z.string(),
      actor: z.string(),
      subject: z.string().nullable(),
      details: z.record(z.string(), z.unknown()),
    }),
  ),
});

let office: TestOffice;
let provider: TestIdentityProvider;
let database: Database;

beforeAll(async () => {
  ({ office, provider } = await startOfficeWithProvider());
  database = connectDatabase({ url: office.databaseUrl });
});
afterAll(async () => {
  await database.destroy();
  await office.remove();
  await provider.stop();
});

const host = () => new URL(office.url).host;

/** Goes to the provider, and signs in there as far as the address to come back to. */
async function comeBackAs(
  login: string,
  jar = new CookieJar(),
  start = START,
): Promise<{ jar: CookieJar; back: string }> {
  const begun = await jar.fetch(office.url + start);
  expect(begun.status).toBe(302);
  return { jar, back: await signInThere(jar, begun.headers.get('location') ?? '', login) };
}

async function whoIs(jar: CookieJar) {
  const response = await jar.fetch(`${office.url}/api/session`);
  return response.status === 200 ? sessionAnswer.parse(await response.json()).user : null;
}

/** The whole of it: where the office leads in the end, and who that is. */
async function signOn(login: string, start?: string) {
  const { jar, back } = await comeBackAs(login, new CookieJar(), start);
  const response = await jar.fetch(back);
  return { jar, back, response, location: response.headers.get('location'), user: await whoIs(jar) };
}

/** The code and the screen of the address to which somebody who is refused is led. */
function refusal(location: string | null): { code: string | null; next: string | null } {
  expect(location).toMatch(/^\/#\/login\?/);
  const query = new URLSearchParams(location?.split('?')[1]);
  return { code: query.get('refused'), next: query.get('next') };
}

async function audited(kind: string) {
  const { data } = auditAnswer.parse((await office.api.get('/api/audit-events').query({ kind }).expect(200)).body);
  return data;
}

describe('Single sign-on', () => {
  it('gives who comes from the provider a user, with the role and the dead queues of their groups', async () => {
    provider.accounts.set('kim', { preferred_username: 'kim.h', groups: ['payments-team', 'orders-team', 'others'] });
    const { user, location, response, jar } = await signOn(
      'kim',
      `${START}?returnTo=${encodeURIComponent('/messages?status=all')}`,
    );
    expect(user).toMatchObject({ username: 'kim.h', role: 'operator', scope: ['orders.*', 'payments.*'] });
    expect([response.status, location]).toEqual([303, '/#/messages?status=all']);
    const cookies = response.headers.getSetCookie().join('\n');
    expect(cookies).toMatch(new RegExp(`${SESSION_COOKIE}=.+HttpOnly; SameSite=Strict`));
    expect(jar.of(host()).has(SIGN_ON_COOKIE)).toBe(false);

    const [made] = await audited('user.created');
    expect(made).toMatchObject({
      actor: 'kim.h',
      details: { role: 'operator', scope: ['orders.*', 'payments.*'], by: 'oidc' },
    });
    const [created] = await audited('session.created');
    expect(created).toMatchObject({ actor: 'kim.h', details: { by: 'oidc' } });
  });

  it('keeps what binds it to a browser in a cookie that no script reads, and asks with PKCE, state and nonce', async () => {
    const response = await fetch(office.url + START, { redirect: 'manual' });
    expect(response.headers.get('set-cookie')).toMatch(/Max-Age=600; Path=\/;.*HttpOnly; SameSite=Lax/);
    const address = new URL(response.headers.get('location') ?? '');
    expect(address.origin).toBe(provider.issuer);
    const { state, nonce, code_challenge: challenge, ...others } = Object.fromEntries(address.searchParams);
    expect(new Set([state, nonce, challenge]).size).toBe(3);
    for (const value of [state, nonce, challenge]) expect(value).toMatch(/^[\w-]{43}$/);
    expect(others).toEqual({
      client_id: 'desk',
      response_type: 'code',
      code_challenge_method: 'S256',
      scope: 'openid profile email',
      redirect_uri: office.url + CALLBACK,
    });
    // A stolen table opens nothing.
    const kept = JSON.stringify(await database('sign_ons').select('*'));
    for (const secret of [state, nonce, challenge]) expect(kept).not.toContain(secret);
  });

  it('takes role and dead queues anew each time, and puts the change on record', async () => {
    provider.accounts.set('lee', { groups: ['desk-admins', 'watchers'] });
    const first = await signOn('lee');
    expect(first.user).toMatchObject({ role: 'admin', scope: null });
    provider.accounts.set('lee', { preferred_username: 'renamed', groups: ['orders-team'] });
    const second = await signOn('lee');
    expect(second.user).toEqual({ ...first.user, role: 'operator', scope: ['orders.*'] });
    const [changed] = await audited('user.changed');
    expect(changed).toMatchObject({
      actor: 'lee',
      subject: 'lee',
      details: {
        after: { role: 'operator', scope: ['orders.*'] },
        before: { role: 'admin', scope: null },
        by: 'oidc',
      },
    });
    // The first session has no more than the second.
    expect(await whoIs(first.jar)).toMatchObject({ role: 'operator' });
  });

  it('refuses who has no role here, and ends the sessions of who has lost theirs', async () => {
    provider.accounts.set('park', { groups: ['watchers'] });
    const before = await signOn('park', `${START}?returnTo=/groups`);
    expect(before.user).toMatchObject({ role: 'viewer', scope: null });
    provider.accounts.set('park', { groups: ['WATCHERS'] });
    const after = await signOn('park', `${START}?returnTo=/groups`);
    expect(after.user).toBeNull();
    expect(refusal(after.location)).toEqual({ code: 'session.noRole', next: '/groups' });
    expect(await whoIs(before.jar)).toBeNull();
    const [refused] = await audited('session.refused');
    expect(refused).toMatchObject({
      actor: 'anonymous',
      subject: 'park',
      details: { by: 'oidc', code: 'session.noRole' },
    });

    const never = await signOn('never here');
    expect(refusal(never.location).code).toBe('session.noRole');
    expect(await database('users').where('username', 'never here').first('id')).toBeUndefined();
  });

  it('never takes over a user of the same name, however it is written', async () => {
    for (const name of [
      office.administrator.username,
      office.administrator.username.toUpperCase(),
      'office',
      'Anonymous',
    ]) {
      provider.accounts.set('thief', { preferred_username: name, groups: ['desk-admins'] });
      const { location, user } = await signOn('thief');
      expect([name, refusal(location).code, user]).toEqual([name, 'session.nameTaken', null]);
    }
    provider.accounts.set('thief', { preferred_username: 'name\u202eevil', groups: ['desk-admins'] });
    expect(refusal((await signOn('thief')).location).code).toBe('session.nameMissing');
    // Nobody is locked out by it.
    await office.api.post('/api/session').send(office.administrator).expect(201);
  });

  it('knows its users apart by the subject alone, to the last character', async () => {
    provider.accounts.set('twin', { preferred_username: 'twin one', groups: ['watchers'] });
    provider.accounts.set('twin ', { preferred_username: 'twin two', groups: ['desk-admins'] });
    expect((await signOn('twin')).user).toMatchObject({ username: 'twin one', role: 'viewer' });
    expect((await signOn('twin ')).user).toMatchObject({ username: 'twin two', role: 'admin' });
    expect((await signOn('twin')).user).toMatchObject({ username: 'twin one', role: 'viewer' });
  });

  it('makes one user of somebody who comes for the first time in two windows at once', async () => {
    provider.accounts.set('han', { groups: ['watchers'] });
    const both = await Promise.all([comeBackAs('han'), comeBackAs('han')]);
    await Promise.all(both.map(({ jar, back }) => jar.fetch(back)));
    const [one, other] = await Promise.all(both.map(({ jar }) => whoIs(jar)));
    expect(one?.username).toBe('han');
    expect(other?.id).toBe(one?.id);
  });

  it('refuses a user whom an administrator has disabled', async () => {
    provider.accounts.set('choi', { groups: ['watchers'] });
    const { user } = await signOn('choi');
    await database('users')
      .where('id', user?.id)
      .update({ disabled_at: database.raw('UTC_TIMESTAMP(3)') });
    expect(refusal((await signOn('choi')).location).code).toBe('session.disabled');
  });

  it('has no password for its users, whatever somebody writes into their row', async () => {
    provider.accounts.set('jung', { groups: ['desk-admins'] });
    expect((await signOn('jung')).user?.role).toBe('admin');
    const password = 'correct horse';
    for (const hash of ['none', await hashPassword(password)]) {
      await database('users').where('username', 'jung').update({ password_hash: hash });
      for (const tried of [password, 'none']) {
        await office.api.post('/api/session').send({ username: 'jung', password: tried }).expect(401);
      }
    }
  });
});

describe('A single sign-on', () => {
  const code = async (jar: CookieJar, back: string) => refusal((await jar.fetch(back)).headers.get('location')).code;

  it('is good once, in the browser in which it began', async () => {
    provider.accounts.set('yoon', { groups: ['watchers'] });
    const elsewhere = await comeBackAs('yoon');
    // Somebody gets another one to open the end of their own sign-in.
    expect(await code(new CookieJar(), elsewhere.back)).toBe('session.signOnStale');
    const victim = new CookieJar();
    await victim.fetch(office.url + START);
    expect(await code(victim, elsewhere.back)).toBe('session.signOnStale');
    expect(await whoIs(victim)).toBeNull();

    const cookie = elsewhere.jar.of(host()).get(SIGN_ON_COOKIE) ?? '';
    const [one, other] = await Promise.all([elsewhere.jar.fetch(elsewhere.back), elsewhere.jar.fetch(elsewhere.back)]);
    const ends = [one, other].map((response) => response.headers.get('location') ?? '');
    expect(ends.filter((location) => location === '/#/')).toHaveLength(1);
    elsewhere.jar.of(host()).set(SIGN_ON_COOKIE, cookie);
    expect(await code(elsewhere.jar, elsewhere.back)).toBe('session.signOnStale');
  });

  it('has to end in time', async () => {
    const { jar, back } = await comeBackAs('yoon');
    await database('sign_ons').update({ expires_at: database.raw('UTC_TIMESTAMP(3) - INTERVAL 1 SECOND') });
    expect(await code(jar, back)).toBe('session.signOnStale');
  });

  it('is refused with another state, code or issuer, or none', async () => {
    for (const [name, value, expected] of [
      ['state', 'another', 'session.signOnStale'],
      ['state', null, 'session.signOnStale'],
      ['code', 'another', 'session.providerInvalid'],
      ['code', null, 'session.providerInvalid'],
      ['iss', 'https://evil.example', 'session.providerInvalid'],
      ['iss', null, 'session.providerInvalid'],
    ] as const) {
      const { jar, back } = await comeBackAs('yoon');
      const address = new URL(back);
      if (value === null) address.searchParams.delete(name);
      else address.searchParams.set(name, value);
      expect([name, value, await code(jar, address.href)]).toEqual([name, value, expected]);
      expect(await whoIs(jar)).toBeNull();
    }
  });

  it('that was cancelled at the provider says so', async () => {
    const { jar, back } = await comeBackAs('yoon');
    const address = new URL(back);
    address.searchParams.delete('code');
    address.searchParams.set('error', 'access_denied');
    address.searchParams.set('error_description', '<b>secret</b>');
    const location = (await jar.fetch(address.href)).headers.get('location');
    expect(refusal(location).code).toBe('session.providerRefused');
    expect(location).not.toContain('secret');
  });

  it('leads to nothing but a screen of the console', async () => {
    for (const wanted of [
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      '\\\\evil.example',
      '/\t/evil.example',
      '%2F%2Fevil.example',
      'javascript:alert(1)',
      '/a\r\nSet-Cookie: a=b',
      '/login',
      '',
    ]) {
      const { location, user } = await signOn('yoon', `${START}?returnTo=${encodeURIComponent(wanted)}`);
      expect([wanted, location, user?.username]).toEqual([wanted, '/#/', 'yoon']);
    }
  });

  it('says that the provider is away, and works when it is back', async () => {
    const { jar, back } = await comeBackAs('yoon');
    await provider.stop();
    expect(await code(jar, back)).toBe('session.providerAway');
    await office.restart();
    const started = await fetch(office.url + START, { redirect: 'manual' });
    expect(refusal(started.headers.get('location')).code).toBe('session.providerAway');
    await provider.start();
    expect((await signOn('yoon')).user?.username).toBe('yoon');
  });
});

describe('The ways to sign in', () => {
  const methods = async () => (await fetch(`${office.url}/api/session/methods`)).json();
  const singleSignOn = () => ({ name: null, url: office.url + START });

  it('are told to the sign-in screen', async () => {
    expect(await methods()).toEqual({ password: true, singleSignOn: singleSignOn() });
  });

  // The last one: from here on nobody signs in by password.
  it('can leave out passwords, also that of the first administrator', async () => {
    await expect(office.restart({ localSignIn: false })).rejects.toThrow('403');
    expect(await methods()).toEqual({ password: false, singleSignOn: singleSignOn() });
    const response = await fetch(`${office.url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(office.administrator),
    });
    expect(await response.json()).toMatchObject({ status: 403, code: 'session.passwordOff' });
    expect((await signOn('yoon')).user?.username).toBe('yoon');
  });
});
