import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { Provider, type AccountClaims } from 'oidc-provider';

/** A real OpenID provider on loopback, at another site (`localhost`) than the office (`127.0.0.1`). */
export interface TestIdentityProvider {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** By the name with which somebody signs in there; whoever is not here gets an empty account. */
  accounts: Map<string, Record<string, unknown>>;
  /** Does not answer any more, until `start`. */
  stop: () => Promise<void>;
  start: () => Promise<void>;
}

/** Starts one that knows a single client, whose browsers come back to this address. */
export async function startIdentityProvider(redirectUri: string): Promise<TestIdentityProvider> {
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const clientSecret = randomBytes(24).toString('base64url');
  const accounts = new Map<string, Record<string, unknown>>();
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const provider: Provider = new Provider(issuer, {
    clients: [{ client_id: 'desk', client_secret: clientSecret, redirect_uris: [redirectUri] }],
    claims: { openid: ['sub'], profile: ['preferred_username', 'groups'], email: ['email', 'email_verified'] },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'test' }] },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: (): AccountClaims => ({ preferred_username: id, ...accounts.get(id), sub: id }),
    }),
    // Nobody is asked for their consent.
    loadExistingGrant: async (context) => {
      const grant = new provider.Grant({
        clientId: context.oidc.client?.clientId ?? '',
        accountId: context.oidc.session?.accountId ?? '',
      });
      grant.addOIDCScope('openid profile email');
      await grant.save();
      return grant;
    },
    ttl: { AccessToken: 60, AuthorizationCode: 60, IdToken: 60, Interaction: 600, Session: 600, Grant: 600 },
  });
  const answer = provider.callback();
  let server: Server;
  const start = async () => {
    server = createServer((request, response) => void answer(request, response)).listen(port, 'localhost');
    await once(server, 'listening');
  };
  await start();
  return {
    issuer,
    clientId: 'desk',
    clientSecret,
    accounts,
    start,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A browser as far as a sign-in needs one: it keeps cookies by host and port, and follows nothing by itself. */
export class CookieJar {
  readonly #cookies = new Map<string, Map<string, string>>();

  async fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const { host } = new URL(url);
    const cookies = this.of(host);
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { redirect: 'manual', ...init, headers: { cookie } });
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (value === '' || /expires=Thu, 01 Jan 1970/i.test(set)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  }

  /** The cookies of a host, to look at and to change. */
  of(host: string): Map<string, string> {
    const known = this.#cookies.get(host) ?? new Map<string, string>();
    this.#cookies.set(host, known);
    return known;
  }
}

/** Signs in at the provider's own form, beginning at an address of it, as far as the address to come back to. */
export async function signInThere(jar: CookieJar, address: string, login: string): Promise<string> {
  const { origin } = new URL(address);
  let at = address;
  for (let step = 0; step < 8; step += 1) {
    if (new URL(at).origin !== origin) return at;
    let response = await jar.fetch(at);
    if (response.status === 200) {
      const [, action] = /<form[^>]* action="([^"]+)"/.exec(await response.text()) ?? [];
      if (action === undefined) throw new Error('The provider shows no form.');
      const body = new URLSearchParams({ prompt: 'login', login, password: 'any' });
      response = await jar.fetch(new URL(action, origin).href, { method: 'POST', body });
    }
    const location = response.headers.get('location');
    if (location === null) throw new Error(`The provider answers ${response.status}: ${await response.text()}`);
    at = new URL(location, at).href;
  }
  throw new Error('The provider leads in circles.');
}
