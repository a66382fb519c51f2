import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Json = Record<string, unknown>;

/** What an OpenID provider answers, each to be made wrong. */
export interface Answers {
  discovery: () => Json;
  /** Of the ID token. */
  header: Json;
  claims: Json;
  /** Signs it otherwise than with the published key. */
  signature?: (input: string) => Buffer;
  userInfo: Json;
  /** Answers in place of an endpoint (`/token`). */
  instead: Record<string, (response: ServerResponse) => void>;
}

/** An OpenID provider that answers whatever it is told: what a real one never does, a broken or a false one may. */
export interface BadProvider {
  issuer: string;
  answers: Answers;
  /** The published key, in PEM: what some libraries took for a shared secret. */
  publicKey: string;
  /** Everything is right again, for this nonce. */
  reset: (nonce: string) => void;
  /** All ID tokens that it has made. */
  tokens: string[];
  stop: () => Promise<void>;
}

const encode = (value: Json | Buffer) =>
  (Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value))).toString('base64url');

const rs256 = (key: KeyObject) => (input: string) => sign('sha256', Buffer.from(input), key);

/** A signature by another key than the published one. */
export const byAnotherKey = rs256(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
export const bySharedSecret = (secret: string) => (input: string) =>
  createHmac('sha256', secret).update(input).digest();

/** Starts one on loopback, for a client `desk`. */
export async function startBadProvider(): Promise<BadProvider> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const { answers } = provider;
    const send = (body: Json) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    };
    const instead = answers.instead[path];
    if (instead !== undefined) instead(response);
    else if (path === '/.well-known/openid-configuration') send(answers.discovery());
    else if (path === '/jwks') send({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', use: 'sig' }] });
    else if (path === '/userinfo') send(answers.userInfo);
    else {
      const input = `${encode(answers.header)}.${encode(answers.claims)}`;
      const idToken = `${input}.${encode((answers.signature ?? rs256(privateKey))(input))}`;
      provider.tokens.push(idToken);
      send({ access_token: 'secret-access-token', token_type: 'bearer', id_token: idToken });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const right = (nonce: string): Answers => {
    const now = Math.floor(Date.now() / 1000);
    return {
      discovery: () => ({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        userinfo_endpoint: `${issuer}/userinfo`,
        jwks_uri: `${issuer}/jwks`,
        authorization_response_iss_parameter_supported: true,
        id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
      }),
      header: { alg: 'RS256', kid: 'k' },
      claims: { iss: issuer, sub: 'kim', aud: 'desk', iat: now, exp: now + 60, nonce, preferred_username: 'kim' },
      userInfo: { sub: 'kim', groups: ['desk'] },
      instead: {},
    };
  };
  const provider: BadProvider = {
    issuer,
    answers: right(''),
    publicKey: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    reset: (nonce) => {
      provider.answers = right(nonce);
    },
    tokens: [],
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return provider;
}
