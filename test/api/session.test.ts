import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startOffice, type TestOffice } from '../support/office.ts';

let office: TestOffice;

beforeAll(async () => {
  office = await startOffice();
});

afterAll(async () => {
  await office.remove();
});

const codeOf = (response: { body: unknown }) => (response.body as { code: string }).code;

describe('signing in', () => {
  it('gives a cookie that no script reads and no other site sends', async () => {
    const response = await supertest(office.url).post('/api/session').send(office.administrator).expect(201);
    expect(response.body).toMatchObject({ user: { username: 'operator', role: 'admin' } });
    const cookie = response.headers['set-cookie']?.[0] ?? '';
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
  });

  it('says only that the username or the password is wrong', async () => {
    const anonymous = supertest(office.url);
    const wrongPassword = await anonymous.post('/api/session').send({ ...office.administrator, password: 'guess' });
    const wrongName = await anonymous.post('/api/session').send({ username: 'nobody', password: 'guess' });
    for (const response of [wrongPassword, wrongName]) {
      expect([response.status, codeOf(response)]).toEqual([401, 'session.wrongCredentials']);
    }
  });

  it('opens nothing without it', async () => {
    for (const path of ['/api/session', '/api/messages', '/api/operations', '/api/audit-events', '/api/dead-queues']) {
      const response = await supertest(office.url).get(path);
      expect([path, response.status, codeOf(response)]).toEqual([path, 401, 'session.missing']);
    }
  });

  it('ends for good with signing out', async () => {
    const agent = supertest.agent(office.url);
    const response = await agent.post('/api/session').send(office.administrator).expect(201);
    const cookie = response.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    await agent.get('/api/session').expect(200);
    await agent.delete('/api/session').expect(204);
    await supertest(office.url).get('/api/session').set('Cookie', cookie).expect(401);
  });

  it('refuses unsafe calls that come from another site', async () => {
    for (const headers of [
      { Origin: 'https://evil.example' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
    ]) {
      const response = await supertest(office.url).post('/api/session').set(headers).send(office.administrator);
      expect([response.status, codeOf(response)]).toEqual([403, 'request.crossOrigin']);
    }
    await supertest(office.url).post('/api/session').set('Origin', office.url).send(office.administrator).expect(201);
  });

  it('says what is wrong with a request that is not well-formed', async () => {
    const anonymous = supertest(office.url);
    const unknownField = await anonymous.post('/api/session').send({ ...office.administrator, remember: true });
    expect([unknownField.status, unknownField.body]).toMatchObject([400, { errors: { remember: 'field.unknown' } }]);
    const notJson = await anonymous.post('/api/session').set('Content-Type', 'application/json').send('{');
    expect([notJson.status, codeOf(notJson)]).toEqual([400, 'request.malformed']);
    const huge = await anonymous.post('/api/session').send({ username: 'x'.repeat(3_000_000) });
    expect([huge.status, codeOf(huge)]).toEqual([413, 'request.tooLarge']);
  });

  it('leaves a record of who came, and of who was refused', async () => {
    const body: unknown = (await office.api.get('/api/audit-events').expect(200)).body;
    const kinds = (body as { data: { kind: string; actor: string }[] }).data.map(
      ({ kind, actor }) => `${actor} ${kind}`,
    );
    expect(kinds).toContain('operator session.created');
    expect(kinds).toContain('anonymous session.refused');
    expect(kinds.at(-1)).toBe('office user.created');
  });

  // The last one: from here on this address has to wait.
  it('makes who guesses wait', async () => {
    const guess = () => supertest(office.url).post('/api/session').send({ username: 'operator', password: 'guess' });
    let response = await guess();
    for (let tries = 0; tries < 12 && response.status === 401; tries += 1) response = await guess();
    expect([response.status, codeOf(response)]).toEqual([429, 'request.tooMany']);
    expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
  });
});

describe('the office itself', () => {
  it('answers for its health without a session', async () => {
    await supertest(office.url).get('/health/live').expect(200, { status: 'live' });
    const response = await supertest(office.url).get('/health/ready').expect(200);
    expect(response.body).toMatchObject({
      status: 'ready',
      checks: { database: { ok: true }, broker: { ok: true }, migrations: { ok: true } },
    });
  });

  it('documents its API, and that document names every path', async () => {
    const body: unknown = (await supertest(office.url).get('/api/openapi.json').expect(200)).body;
    const { openapi, paths } = body as { openapi: string; paths: Record<string, unknown> };
    expect(openapi).toBe('3.1.0');
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining([
        '/api/session',
        '/api/messages',
        '/api/messages/{id}',
        '/api/messages/{id}/body',
        '/api/messages/{id}/timeline',
        '/api/operations',
        '/api/operations/preview',
        '/api/operations/{id}/items',
        '/api/orders/{orderId}',
        '/api/dead-queues',
        '/api/audit-events',
        '/health/ready',
      ]),
    );
  });

  it('sends a content security policy that lets no foreign script run', async () => {
    const response = await supertest(office.url).get('/');
    const policy = response.headers['content-security-policy'] ?? '';
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("img-src 'self' data: blob:;");
    expect(response.headers['x-powered-by']).toBeUndefined();
  });

  it('tells addresses and filters that no text can be from what is not there', async () => {
    for (const address of ['/api/messages/%zz', '/api/orders/%ff%fe', '/api/messages?framework=%EC%A3%BC%EB%AC%B8']) {
      const response = await office.api.get(address);
      expect([response.status, codeOf(response)]).toEqual([400, 'request.malformed']);
    }
  });

  it('answers a HEAD for the event stream and leaves none open', async () => {
    const response = await office.api.head('/api/events').expect(200);
    expect(response.type).toBe('text/event-stream');
  });

  it('answers problem details for what is not there', async () => {
    const response = await office.api.get('/api/nothing');
    expect([response.status, response.type, codeOf(response)]).toEqual([
      404,
      'application/problem+json',
      'request.notFound',
    ]);
  });
});
