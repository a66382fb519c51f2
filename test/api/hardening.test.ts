import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect as connectTls, type TLSSocket } from 'node:tls';

import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { listen } from '../../server/web/listen.ts';
import { createAuthority, type Authority, type Certificate } from '../support/certificates.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { openRaw, rawHttp, statusesOf } from '../support/raw-http.ts';
import { waitFor } from '../support/services.ts';

let office: TestOffice;
let authority: Authority;

beforeAll(async () => {
  authority = createAuthority();
  office = await startOffice();
});
afterAll(async () => {
  await office.remove();
  authority.remove();
});

const HOST = 'Host: office\r\n';
const codeOf = (answer: { body: unknown }) => (answer.body as { code: string }).code;

describe('The office on a raw socket', () => {
  it('takes no request of which two servers could read two different ones', async () => {
    const smuggled = 'GET /api/session HTTP/1.1\r\nHost: office\r\n\r\n';
    const begun = `POST /api/session HTTP/1.1\r\n${HOST}Content-Type: application/json\r\n`;
    for (const headers of [
      'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      'Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef',
      'Content-Length: +5\r\n\r\nabcde',
      'Content-Length: 5, 5\r\n\r\nabcde',
      'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n',
      'Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n',
      'Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n',
      'Transfer-Encoding: chunked\r\n\r\n1_\r\na\r\n0\r\n\r\n',
      'X: a\nContent-Length: 5\r\n\r\nabcde',
      'X: a\r\n folded: b\r\nContent-Length 5\r\n\r\nabcde',
      'X: a\u0000b\r\n\r\n',
    ]) {
      const said = await rawHttp(office.url, `${begun}${headers}${smuggled}`);
      expect([headers, statusesOf(said)]).toEqual([headers, [400]]);
    }
  });

  it('answers without a host, and with more headers than anybody has, in order', async () => {
    expect(statusesOf(await rawHttp(office.url, 'GET /health/live HTTP/1.1\r\n\r\n'))).toEqual([400]);
    const large = `GET /health/live HTTP/1.1\r\n${HOST}X: ${'x'.repeat(17_000)}\r\n\r\n`;
    expect(statusesOf(await rawHttp(office.url, large))).toEqual([431]);
    const query = `GET /api/messages?text=${'x'.repeat(17_000)} HTTP/1.1\r\n${HOST}\r\n`;
    expect(statusesOf(await rawHttp(office.url, query))).toEqual([431]);
  });

  it('sends nobody anywhere else, whatever stands in the address', async () => {
    for (const address of [
      '//evil.invalid/%2e%2e',
      '//evil.invalid/assets',
      '/assets',
      '/assets/..%2f..%2f',
      '/%5cevil.invalid/..',
      '/assets//evil.invalid/%2e%2e/',
      'http://evil.invalid/',
      '/..%2f..%2fetc/passwd',
      '/assets/%2e%2e/%2e%2e/server/main.js',
      '/%0d%0aSet-Cookie:%20a=b',
    ]) {
      const said = await rawHttp(office.url, `GET ${address} HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`);
      expect([address, /^location:/im.exec(said)]).toEqual([address, null]);
      expect(said).not.toMatch(/^set-cookie/im);
      expect([address, statusesOf(said)[0]]).toEqual([address, expect.toBeOneOf([200, 400, 404])]);
      if (statusesOf(said)[0] === 200) expect(said).toContain('<div id="root">');
    }
  });

  it('refuses JSON that is deeper than anything here, and names that JavaScript treats specially', async () => {
    const post = (body: string) => office.api.post('/api/session').set('Content-Type', 'application/json').send(body);
    for (const body of [
      '['.repeat(900_000) + ']'.repeat(900_000),
      `{"username":${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}}`,
      '{"username":"a","password":"b","__proto__":{"role":"admin"}}',
      '{"username":"a","password":"b","constructor":{"prototype":{"role":"admin"}}}',
      '{"__proto__":{"username":"operator","password":"x"}}',
    ]) {
      const answer = await post(body);
      expect([body.slice(0, 80), answer.status, codeOf(answer)]).toEqual([body.slice(0, 80), 400, 'request.malformed']);
    }
    for (const query of ['__proto__[role]=admin', 'constructor[prototype][role]=admin', '__proto__=1', 'status[a]=b']) {
      expect((await office.api.get(`/api/messages?${query}`)).status).toBe(400);
    }
    expect(Reflect.get({}, 'role')).toBeUndefined();
    const many = Array.from({ length: 3_000 }, (_, index) => `id=${index}`)
      .join('&')
      .slice(0, 15_000);
    expect((await office.api.get(`/api/messages?${many}`)).status).toBe(400);
  });

  it('lets go of who does not come to the end of a request', async () => {
    const limits = { headersTimeout: 150, requestTimeout: 300, connectionsCheckingInterval: 50 };
    const app = (request: IncomingMessage, response: ServerResponse) => {
      request.resume().on('end', () => response.end('whole'));
    };
    const server = await listen(app, { host: '127.0.0.1', port: 0, limits });
    try {
      for (const begun of [
        `GET / HTTP/1.1\r\n${HOST}X-Slow`,
        `POST / HTTP/1.1\r\n${HOST}Content-Length: 9\r\n\r\nabc`,
      ]) {
        expect(statusesOf(await rawHttp(server.url, begun)).at(-1)).toBe(408);
      }
    } finally {
      await server.close(0);
    }
  });

  it('has no more event streams open for one user than windows', async () => {
    const cookie = await signedIn(office.url);
    const sockets = Array.from({ length: 20 }, () => openRaw(office.url));
    const begun = await Promise.all(
      sockets.map(async (socket) => {
        socket.write(`GET /api/events HTTP/1.1\r\n${HOST}Cookie: ${cookie}\r\n\r\n`);
        const [chunk] = (await once(socket, 'data')) as [Buffer];
        return statusesOf(chunk.toString())[0];
      }),
    );
    expect(new Set(begun)).toEqual(new Set([200]));
    const refused = await office.api.get('/api/events');
    expect([refused.status, codeOf(refused)]).toEqual([429, 'request.tooMany']);
    for (const socket of sockets) socket.destroy();
    await waitFor(async () => (await office.api.head('/api/events')).status === 200, { describe: 'room for a stream' });
  });
});

async function signedIn(url: string): Promise<string> {
  const answer = await supertest(url).post('/api/session').send(office.administrator).expect(201);
  return answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
}

/** As a browser behind the proxy: supertest itself keeps a Secure cookie away from plain HTTP. */
async function signedInOverTls(): Promise<TestOffice['api']> {
  const answer = await supertest(office.url).post('/api/session').send(office.administrator).expect(201);
  const cookie = answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  return supertest.agent(office.url).set('Cookie', cookie);
}

describe('A session', () => {
  it('is a new one with every sign-in: one that was slipped in is worth nothing', async () => {
    const planted = `dead_letter_office_session=${'A'.repeat(43)}`;
    const answer = await supertest(office.url).post('/api/session').set('Cookie', planted).send(office.administrator);
    const given = answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    expect(given).not.toBe(planted);
    await supertest(office.url).get('/api/session').set('Cookie', planted).expect(401);
    await supertest(office.url).get('/api/session').set('Cookie', given).expect(200);
    expect(await signedIn(office.url)).not.toBe(given);
  });
});

describe('Every answer', () => {
  it('lets no page run, frame or load anything that is not the console’s own', async () => {
    const [page, other] = [await supertest(office.url).get('/'), await supertest(office.url).get('/')];
    const policy = page.headers['content-security-policy'] ?? '';
    const nonce = /style-src 'self' 'nonce-([\w+/=]{24})'/.exec(policy)?.[1] ?? '';
    expect(page.text).toContain(`<meta property="csp-nonce" nonce="${nonce}">`);
    expect(page.text).not.toContain('STYLE-NONCE');
    expect(other.headers['content-security-policy']).not.toBe(policy);
    expect(page.headers['cache-control']).toBe('no-store');
    expect(policy).not.toContain('unsafe');
    expect(policy).toMatch(/default-src 'none';script-src 'self';/);
    expect(policy).toMatch(/base-uri 'none';form-action 'self';frame-ancestors 'none'$/);
    for (const answer of [
      page,
      await supertest(office.url).get('/api/messages'),
      await supertest(office.url).get('/no'),
    ]) {
      expect(answer.headers).toMatchObject({
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'permissions-policy': expect.stringContaining('camera=()') as string,
      });
      expect(answer.headers['strict-transport-security']).toBeUndefined();
    }
    expect(page.text.match(/https?:\/\/[^"']+/g)).toBeNull();
  });
});

/** From where the office says that a wrong password came: by that address it counts. */
async function addressOfGuess(forwarded: string): Promise<string> {
  const guess = { username: 'operator', password: 'guess' };
  await supertest(office.url).post('/api/session').set('X-Forwarded-For', forwarded).send(guess).expect(401);
  const events = await office.api.get('/api/audit-events?kind=session.refused&perPage=1').expect(200);
  return (events.body as { data: { address: string }[] }).data[0]?.address ?? '';
}

describe('Behind a proxy', () => {
  it('that is not trusted, its word is ignored: one address stays one, however it calls itself', async () => {
    expect(await addressOfGuess('198.51.100.1')).toBe('127.0.0.1');
    const overTls = { 'X-Forwarded-Proto': 'https' };
    const cookie = (await supertest(office.url).delete('/api/session').set(overTls)).headers['set-cookie']?.[0];
    expect(cookie).toMatch(/^dead_letter_office_session=;/);
  });

  it('that is trusted, every client is counted for itself, and nobody can be another one', async () => {
    await office.restart({ trustProxy: 1, publicUrl: 'https://desk.example.com' });
    Object.assign(office, { api: await signedInOverTls() });
    expect(await addressOfGuess('198.51.100.1')).toBe('198.51.100.1');
    // The proxy adds the address that it saw behind whatever the client claims.
    expect(await addressOfGuess('203.0.113.9, 198.51.100.2')).toBe('198.51.100.2');
  });

  it('that ends TLS, the session is for this host over TLS alone, and the document says so', async () => {
    const overTls = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-For': '198.51.100.3' };
    const answer = await supertest(office.url).post('/api/session').set(overTls).send(office.administrator).expect(201);
    const cookie = answer.headers['set-cookie']?.[0] ?? '';
    expect(cookie).toMatch(/^__Host-dead_letter_office_session=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
    expect(answer.headers['strict-transport-security']).toBe('max-age=31536000');
    const token = /=([\w-]{43});/.exec(cookie)?.[1] ?? '';
    const withCookie = (name: string) =>
      supertest(office.url)
        .get('/api/session')
        .set({ ...overTls, Cookie: `${name}=${token}` });
    await withCookie('__Host-dead_letter_office_session').expect(200);
    // Whoever is on the line or next door can set this name, but not the other.
    await withCookie('dead_letter_office_session').expect(401);
    const document = (await supertest(office.url).get('/api/openapi.json').set(overTls)).body as {
      components: { securitySchemes: { session: { name: string } } };
    };
    expect(document.components.securitySchemes.session.name).toBe('__Host-dead_letter_office_session');
  });

  it('that asks for us under another name, what comes from our public address is ours', async () => {
    const from = (origin: string) =>
      supertest(office.url)
        .post('/api/session')
        .set({ Host: 'office.internal:8080', Origin: origin, 'X-Forwarded-For': '198.51.100.4' })
        .send(office.administrator);
    expect((await from('https://desk.example.com')).status).toBe(201);
    expect((await from('https://desk.example.com.evil.invalid')).status).toBe(403);
    expect((await from('null')).status).toBe(403);
  });
});

describe('Over TLS of its own', () => {
  const openTls = async (url: string, more: object = {}): Promise<TLSSocket> => {
    const socket = connectTls({
      host: '127.0.0.1',
      port: Number(new URL(url).port),
      servername: 'localhost',
      ca: authority.ca,
      ...more,
    });
    await once(socket, 'secureConnect');
    return socket;
  };
  const serialOf = async (url: string) => {
    const socket = await openTls(url);
    const { serialNumber } = socket.getPeerCertificate();
    socket.destroy();
    return serialNumber;
  };
  const renew = (old: Certificate, next: Certificate) => {
    copyFileSync(next.keyFile, old.keyFile);
    copyFileSync(next.certFile, old.certFile);
  };

  it('serves the console with TLS 1.2 and above, takes up a renewed certificate, and keeps the old one when the new is none', async () => {
    const first = authority.issue(['localhost', '127.0.0.1']);
    const app = (_request: unknown, response: { end: (text: string) => void }) => {
      response.end('over TLS');
    };
    const server = await listen(app, { host: '127.0.0.1', port: 0, tls: first });
    try {
      expect(server.url).toMatch(/^https:/);
      const request = httpsRequest(server.url, { ca: authority.ca, agent: false }).end();
      const [response] = (await once(request, 'response')) as [AsyncIterable<Buffer>];
      let said = '';
      for await (const chunk of response) said += chunk.toString();
      expect(said).toBe('over TLS');
      await expect(openTls(server.url, { maxVersion: 'TLSv1.1', minVersion: 'TLSv1' })).rejects.toThrow();
      const before = await serialOf(server.url);
      renew(first, authority.issue(['localhost']));
      server.reloadCertificate();
      const after = await serialOf(server.url);
      expect(after).not.toBe(before);
      copyFileSync(authority.caFile, first.certFile);
      server.reloadCertificate();
      expect(await serialOf(server.url)).toBe(after);
    } finally {
      await server.close(0);
    }
  });

  it('does not begin with a key that does not fit, and says which files', async () => {
    const [one, other] = [authority.issue(['localhost']), authority.issue(['localhost'])];
    const tls = { keyFile: one.keyFile, certFile: other.certFile };
    await expect(listen(() => undefined, { host: '127.0.0.1', port: 0, tls })).rejects.toThrow(
      `TLS_KEY_FILE ${one.keyFile} and TLS_CERT_FILE ${other.certFile} are no PEM key and certificate that fit.`,
    );
  });
});
