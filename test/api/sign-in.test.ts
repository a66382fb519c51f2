import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { countRefusal, countTry, type SignInTry } from '../../server/access/sign-in-limit.ts';
import type { AuditEvent } from '../../server/contract/schemas/audit.ts';
import type { List } from '../../server/contract/schemas/lists.ts';
import type { SignedInSession, User } from '../../server/contract/schemas/users.ts';
import { connectDatabase, type Database } from '../../server/database/connect.ts';
import { openEventStream } from '../support/event-stream.ts';
import { fromAddress } from '../support/loopback.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { waitFor } from '../support/services.ts';
import { signInAs } from '../support/sign-in.ts';

const PASSWORD = 'correct horse';
/** Of the second instance: short, so that its end is met within a test. */
const SHORT = { idleMs: 1_500, longestMs: 4_000 };

let office: TestOffice;
let other: TestOffice;
let database: Database;

beforeAll(async () => {
  office = await startOffice();
  other = await startOffice({ databaseUrl: office.databaseUrl, session: SHORT });
  database = connectDatabase({ url: office.databaseUrl, poolSize: 4 });
});
afterAll(async () => {
  await database.destroy();
  await other.remove();
  await office.remove();
});

/** @returns the status, and how long to wait where it says so. */
async function tryAs(username: string, password: string, address = '127.0.0.1', cookie = '') {
  const asked = supertest(office.url).post('/api/session').agent(fromAddress(address)).set('Cookie', cookie);
  const answer = await asked.send({ username, password });
  return { status: answer.status, waitSeconds: Number(answer.headers['retry-after'] ?? 0), answer };
}
const statusOf = async (...given: Parameters<typeof tryAs>) => (await tryAs(...given)).status;

function cookiesOf(answer: supertest.Response): { session: string; device: string; all: string } {
  const given = answer.headers['set-cookie'] as unknown as string[];
  const named = (name: string) => given.find((one) => one.startsWith(name))?.split(';')[0] ?? '';
  const [session, device] = [named('dead_letter_office_session'), named('dead_letter_office_device')];
  return { session, device, all: `${session}; ${device}` };
}

async function newcomer(username: string): Promise<{ id: string; api: TestOffice['api'] }> {
  const api = await signInAs(office, database, { username, role: 'operator' });
  const { user } = (await api.get('/api/session').expect(200)).body as { user: { id: string } };
  return { id: user.id, api };
}

/** Many tries as the route counts them, twenty at a time. @returns how many passwords would be looked at. */
async function guess(tries: number, given: (number: number) => SignInTry): Promise<number> {
  let lookedAt = 0;
  const one = (number: number) =>
    countTry(database, given(number)).then(
      () => (lookedAt += 1),
      (error: unknown) => {
        expect(error).toMatchObject({ code: 'request.tooMany' });
      },
    );
  for (let done = 0; done < tries; done += 20) {
    await Promise.all(Array.from({ length: Math.min(20, tries - done) }, (_, number) => one(done + number)));
  }
  return lookedAt;
}

/** All that waits has waited. */
async function letTimePass(): Promise<void> {
  await database('sign_in_places').update({ blocked_until: database.raw('UTC_TIMESTAMP(3)') });
}

describe('Somebody who guesses', () => {
  it('is slowed down, and a thousand tries keep nobody out of where they signed in before', async () => {
    const { id } = await newcomer('kim');
    const { device } = cookiesOf((await tryAs('kim', PASSWORD)).answer);
    const attack = { username: 'kim', address: '127.0.0.66', deviceToken: null };
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => statusOf('kim', 'guess', attack.address)));
    // However many come at a time.
    expect(outcomes.filter((status) => status === 401)).toHaveLength(5);
    expect(outcomes.filter((status) => status === 429)).toHaveLength(3);
    // Six waits of up to two minutes, and then the thousand.
    for (let waits = 0; waits < 6; waits += 1) {
      await letTimePass();
      expect(await guess(20, () => attack)).toBe(1);
    }
    expect(await guess(1000, () => attack)).toBe(0);

    // From the address, and with the browser wherever it is, also beside the attacker.
    expect(await statusOf('kim', PASSWORD, '127.0.0.1')).toBe(201);
    expect(await statusOf('kim', PASSWORD, attack.address, device)).toBe(201);
    // A place that nobody knows waits, and does not tell whether the password was right.
    const stranger = await tryAs('kim', PASSWORD, '127.0.0.77');
    expect(stranger.status).toBe(429);
    expect(stranger.waitSeconds).toBeGreaterThan(60);

    const locked = (await office.api.get(`/api/users/${id}`).expect(200)).body as User;
    expect(Date.parse(locked.lockedUntil ?? '')).toBeGreaterThan(Date.now());
    await office.api.post(`/api/users/${id}/unlock`).expect(200);
    expect(await statusOf('kim', PASSWORD, '127.0.0.77')).toBe(201);
    const events = (await office.api.get('/api/audit-events?kind=session.refused').expect(200))
      .body as List<AuditEvent>;
    expect(events.data.filter(({ subject }) => subject === 'kim')).toHaveLength(5);
  });

  it('may not go from name to name at one address, which waits a minute at most', async () => {
    const spray = (number: number) => ({ username: `name ${number}`, address: '127.0.0.68', deviceToken: null });
    expect(await guess(100, spray)).toBe(30);
    for (let waits = 0; waits < 10; waits += 1) {
      await letTimePass();
      await guess(1, (number) => spray(1000 + 20 * waits + number));
    }
    const { status, waitSeconds } = await tryAs('operator', office.administrator.password, '127.0.0.68');
    expect(status).toBe(429);
    expect(waitSeconds).toBeGreaterThan(30);
    expect(waitSeconds).toBeLessThanOrEqual(60);
    expect(await statusOf('operator', office.administrator.password, '127.0.0.1')).toBe(201);
  });

  it('does not learn from the answer, or the time it takes, who is a user', async () => {
    await newcomer('min');
    const timed = async (username: string) => {
      const begun = performance.now();
      const { answer } = await tryAs(username, 'guess', '127.0.0.69');
      expect(answer.body).toMatchObject({ status: 401, code: 'session.wrongCredentials' });
      return performance.now() - begun;
    };
    const times = [];
    for (let turn = 0; turn < 3; turn += 1) times.push([await timed('min'), await timed('nobody at all')] as const);
    // On a busy machine the quickest of each is what says most. Without the derivation of a key it would be a tenth.
    const ratio = Math.min(...times.map(([, unknown]) => unknown)) / Math.min(...times.map(([known]) => known));
    expect(ratio).toBeGreaterThan(0.35);
    expect(ratio).toBeLessThan(3);
  });

  it('does not fill the record: of a flood only each doubling is written down', async () => {
    await database.transaction(async (transaction) => {
      for (let refusals = 0; refusals < 230; refusals += 1) await countRefusal(transaction);
    });
    const recorded = async () =>
      (await database('audit_events').where('kind', 'session.refused').pluck<string[]>('id')).length;
    const before = await recorded();
    await tryAs('nobody of all those', 'guess', '127.0.0.72');
    expect(await recorded()).toBe(before);
    // Of a user the first ones are, whatever else comes in.
    await tryAs('min', 'guess', '127.0.0.72');
    expect(await recorded()).toBe(before + 1);
    await database('sign_in_places').whereNull('signed_in_at').delete();
  });

  it('leaves no name on record that nobody has: it may be a password', async () => {
    await tryAs('my secret phrase', 'guess', '127.0.0.71');
    const events = (await office.api.get('/api/audit-events?kind=session.refused').expect(200))
      .body as List<AuditEvent>;
    expect(JSON.stringify(events)).not.toContain('my secret phrase');
    expect(events.data[0]).toMatchObject({ subject: null, address: '127.0.0.71' });
  });
});

describe('A session', () => {
  it('has a new token after each sign-in, which makes another cookie of the browser too', async () => {
    await newcomer('jin');
    const planted = 'dead_letter_office_session=planted; dead_letter_office_device=planted';
    const first = cookiesOf((await tryAs('jin', PASSWORD, '127.0.0.1', planted)).answer);
    const second = cookiesOf((await tryAs('jin', PASSWORD, '127.0.0.1', first.all)).answer);
    expect(new Set([first.session, second.session, 'dead_letter_office_session=planted']).size).toBe(3);
    expect(new Set([first.device, second.device, 'dead_letter_office_device=planted']).size).toBe(3);
  });

  it('is listed with where it was begun, and ended by its user alone or an administrator', async () => {
    const { api, id } = await newcomer('han');
    const { api: stranger } = await newcomer('eve');
    await supertest(office.url)
      .post('/api/session')
      .set('User-Agent', 'x'.repeat(900))
      .send({ username: 'han', password: PASSWORD })
      .expect(201);
    const listed = async (by: TestOffice['api'], query = '') =>
      ((await by.get(`/api/sessions${query}`).expect(200)).body as { data: SignedInSession[] }).data;
    const sessions = await listed(api);
    expect(sessions.map(({ isCurrent }) => isCurrent).sort()).toEqual([false, true]);
    const second = sessions.find(({ isCurrent }) => !isCurrent);
    expect(second).toMatchObject({ address: '127.0.0.1', userAgent: 'x'.repeat(255) });

    expect((await stranger.get(`/api/sessions?userId=${id}`)).status).toBe(403);
    expect((await stranger.delete(`/api/sessions?userId=${id}`)).status).toBe(403);
    expect((await stranger.delete(`/api/sessions/${second?.id ?? ''}`)).status).toBe(404);
    expect(await listed(office.api, `?userId=${id}`)).toHaveLength(2);
    await office.api.delete(`/api/sessions/${second?.id ?? ''}`).expect(204);
    expect(await listed(api)).toHaveLength(1);

    await tryAs('han', PASSWORD);
    expect((await api.delete('/api/sessions').expect(200)).body).toEqual({ ended: 1 });
    await api.get('/api/session').expect(200);
    expect((await office.api.delete(`/api/sessions?userId=${id}`).expect(200)).body).toEqual({ ended: 1 });
    await api.get('/api/session').expect(401);
    const { data } = (await office.api.get('/api/audit-events?kind=session.revoked').expect(200))
      .body as List<AuditEvent>;
    expect(data.map(({ actor, subject, details }) => [actor, subject, details])).toEqual([
      ['operator', 'han', { sessions: 1 }],
      ['han', 'han', { sessions: 1 }],
      ['operator', 'han', { sessions: 1 }],
    ]);
  });

  it('takes its event streams along within two seconds, on whichever instance it is ended', async () => {
    const { id } = await newcomer('pak');
    const streamOf = async () => {
      const { session } = cookiesOf((await tryAs('pak', PASSWORD)).answer);
      const stream = await openEventStream(other.url, { cookie: session });
      expect(stream.status).toBe(200);
      await waitFor(() => stream.position());
      return stream;
    };
    const endsAfter = async (act: () => Promise<unknown>) => {
      const { ended } = await streamOf();
      await act();
      const begun = performance.now();
      await ended;
      return performance.now() - begun;
    };
    const change = async (change: object) => {
      const { version } = (await office.api.get(`/api/users/${id}`).expect(200)).body as User;
      await office.api
        .patch(`/api/users/${id}`)
        .send({ ...change, version })
        .expect(200);
    };
    expect(await endsAfter(() => office.api.delete(`/api/sessions?userId=${id}`).expect(200))).toBeLessThan(2_000);
    expect(await endsAfter(() => change({ scope: ['a*'] }))).toBeLessThan(2_000);
    expect(await endsAfter(() => change({ disabled: true }))).toBeLessThan(2_000);
  });

  it('ends when nobody is there, whatever the screen asks for by itself, and in any case after its longest time', async () => {
    const sign = async () => {
      const agent = supertest.agent(other.url);
      await agent.post('/api/session').send(office.administrator).expect(201);
      return { agent, begun: performance.now() };
    };
    const lasted = async (ask: (agent: TestOffice['api']) => supertest.Test) => {
      const { agent, begun } = await sign();
      await waitFor(async () => (await ask(agent)).status === 401, { deadlineMs: 10_000 });
      return performance.now() - begun;
    };
    const [alone, used] = await Promise.all([
      lasted((agent) => agent.get('/api/settings').set('X-Idle-Seconds', '3600')),
      lasted((agent) => agent.get('/api/settings').set('X-Idle-Seconds', '2')),
    ]);
    expect(alone).toBeGreaterThanOrEqual(SHORT.idleMs - 50);
    expect(alone).toBeLessThan(SHORT.longestMs - 200);
    expect(used).toBeGreaterThanOrEqual(SHORT.longestMs - 50);
  });
});
