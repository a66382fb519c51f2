import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { providerFault } from '../../../server/access/oidc/faults.ts';
import type { SingleSignOnConfig } from '../../../server/access/oidc/oidc-config.ts';
import { IdentityProvider } from '../../../server/access/oidc/provider.ts';
import { AppError } from '../../../server/web/app-error.ts';
import {
  byAnotherKey,
  bySharedSecret,
  startBadProvider,
  type Answers,
  type BadProvider,
} from '../../support/bad-provider.ts';

const CHECKS = { state: 'the-state', nonce: 'the-nonce', codeVerifier: 'v'.repeat(43) };
const SECRET = 'a client secret that nobody may see';

let provider: BadProvider;
let config: SingleSignOnConfig;

beforeAll(async () => {
  provider = await startBadProvider();
  config = {
    issuer: new URL(provider.issuer),
    clientId: 'desk',
    clientSecret: SECRET,
    clientAuth: null,
    scopes: 'openid',
    prompt: null,
    publicUrl: 'http://127.0.0.1:1',
    usernameClaim: 'preferred_username',
    groupsClaim: 'groups',
    roles: [],
    name: null,
  };
});
afterAll(async () => {
  await provider.stop();
});
beforeEach(() => {
  provider.reset(CHECKS.nonce);
});

const back = () => `?code=the-code&state=the-state&iss=${encodeURIComponent(provider.issuer)}`;

/** What becomes of a sign-in: the claims, or the code and what the log says. */
async function signIn(over: Partial<SingleSignOnConfig> = {}, query = back(), answerSeconds = 10) {
  const asked = new IdentityProvider({ ...config, ...over }, answerSeconds);
  try {
    return await asked.claimsOf(query, CHECKS);
  } catch (error) {
    const fault = providerFault(error);
    expect(fault).toBeInstanceOf(AppError);
    const all = inspect(fault, { depth: 20 });
    for (const secret of [SECRET, 'secret-access-token', 'the-code', ...provider.tokens]) {
      expect(all).not.toContain(secret);
    }
    return [fault.code, fault.options.detail];
  }
}

const now = () => Math.floor(Date.now() / 1000);
const claim = (change: Record<string, unknown>) => (answers: Answers) => {
  Object.assign(answers.claims, change);
};
const instead =
  (path: string, status: number, body: string, type = 'application/json') =>
  (answers: Answers) => {
    answers.instead[path] = (response) => response.writeHead(status, { 'content-type': type }).end(body);
  };
const silent = (path: string) => (answers: Answers) => {
  answers.instead[path] = () => undefined;
};
const stuck = (path: string) => (answers: Answers) => {
  answers.instead[path] = (response) => response.writeHead(200, { 'content-type': 'application/json' }).write('{');
};
const broken = (path: string) => (answers: Answers) => {
  answers.instead[path] = (response) => response.destroy();
};
const discovered = (change: Record<string, unknown>) => (answers: Answers) => {
  const { discovery } = answers;
  answers.discovery = () => ({ ...discovery(), ...change });
};

const COMPARED = 'OAUTH_JWT_CLAIM_COMPARISON_FAILED';
const TIMES = 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED';

describe('An identity provider', () => {
  it('tells who somebody is, with the groups that it tells of at its user info alone', async () => {
    expect(await signIn()).toMatchObject({ sub: 'kim', preferred_username: 'kim', groups: ['desk'] });
  });

  it('may have a clock that is off by seconds', async () => {
    claim({ exp: now() - 15, nbf: now() + 15 })(provider.answers);
    expect(await signIn()).toMatchObject({ sub: 'kim' });
  });

  it.each<[string, string, string, (answers: Answers) => void]>([
    [
      'has another issuer than expected',
      'Invalid',
      'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
      discovered({ issuer: 'https://evil.example' }),
    ],
    ['signs with another key', 'Invalid', 'OAUTH_INVALID_RESPONSE', (answers) => (answers.signature = byAnotherKey)],
    [
      'signs with a key that it does not publish',
      'Invalid',
      'OAUTH_KEY_SELECTION_FAILED',
      (answers) => (answers.header = { alg: 'RS256', kid: 'new' }),
    ],
    [
      'does not sign',
      'Invalid',
      'OAUTH_UNSUPPORTED_OPERATION',
      (answers) => Object.assign(answers, { header: { alg: 'none' }, signature: () => Buffer.alloc(0) }),
    ],
    [
      'signs with the client secret',
      'Invalid',
      'OAUTH_UNSUPPORTED_OPERATION',
      (answers) => Object.assign(answers, { header: { alg: 'HS256' }, signature: bySharedSecret(SECRET) }),
    ],
    [
      'signs with its public key as a secret',
      'Invalid',
      'OAUTH_UNSUPPORTED_OPERATION',
      (answers) =>
        Object.assign(answers, { header: { alg: 'HS256', kid: 'k' }, signature: bySharedSecret(provider.publicKey) }),
    ],
    [
      'gives a token that has expired',
      'Invalid',
      TIMES,
      (answers) => {
        claim({ exp: now() - 60 })(answers);
      },
    ],
    [
      'gives a token of tomorrow',
      'Invalid',
      TIMES,
      (answers) => {
        claim({ nbf: now() + 86_400 })(answers);
      },
    ],
    ['gives a token of another sign-in', 'Invalid', COMPARED, claim({ nonce: 'another' })],
    ['gives a token of no sign-in', 'Invalid', 'OAUTH_INVALID_RESPONSE', claim({ nonce: undefined })],
    ['gives a token for another client', 'Invalid', COMPARED, claim({ aud: 'another' })],
    ['gives a token of another issuer', 'Invalid', COMPARED, claim({ iss: 'https://evil.example' })],
    ['gives a token about nobody', 'Invalid', 'OAUTH_INVALID_RESPONSE', claim({ sub: undefined })],
    [
      'tells of somebody else at its user info',
      'Invalid',
      'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
      (answers) => (answers.userInfo = { sub: 'lee' }),
    ],
    ['does not know the client', 'Invalid', 'invalid_client', instead('/token', 401, '{"error":"invalid_client"}')],
    ['has redeemed the code before', 'Invalid', 'invalid_grant', instead('/token', 400, '{"error":"invalid_grant"}')],
    [
      'writes what it likes for an error',
      'Invalid',
      'an error of its own',
      instead('/token', 400, '{"error":"<b>the-code</b>"}'),
    ],
    ['shows a page', 'Invalid', 'OAUTH_RESPONSE_IS_NOT_JSON', instead('/token', 200, '<html>', 'text/html')],
    ['leads elsewhere', 'Invalid', 'OAUTH_RESPONSE_IS_NOT_CONFORM', instead('/token', 307, '')],
    ['has trouble', 'Away', 'answer 503', instead('/token', 503, 'trouble', 'text/plain')],
    ['has trouble with its keys', 'Away', 'answer 500', instead('/jwks', 500, '{}')],
    ['does not say what it is', 'Away', 'answer 502', instead('/.well-known/openid-configuration', 502, '')],
    ['says nothing about itself', 'Away', 'timeout', silent('/.well-known/openid-configuration')],
    ['says nothing', 'Away', 'timeout', silent('/token')],
    ['stops in the middle', 'Away', 'timeout', stuck('/token')],
    ['stops in the middle of its keys', 'Away', 'timeout', stuck('/jwks')],
    ['hangs up', 'Away', 'UND_ERR_SOCKET', broken('/userinfo')],
  ])('is refused when it %s', async (_what, outcome, reason, change) => {
    change(provider.answers);
    const answered = await signIn({}, back(), reason === 'timeout' ? 0.4 : 10);
    expect(answered).toEqual([`session.provider${outcome}`, reason]);
  });

  it('is refused by an answer of another one, or of none', async () => {
    for (const query of [back().replace(/iss=.*/, 'iss=https://evil.example'), back().replace(/&iss=.*/, '')]) {
      expect(await signIn({}, query)).toEqual(['session.providerInvalid', 'OAUTH_INVALID_RESPONSE']);
    }
  });

  it('gets the secret as it takes it, or as it was chosen', async () => {
    const seen: (string | undefined)[] = [];
    const look = () => {
      provider.answers.instead['/token'] = (response) => {
        seen.push(response.req.headers.authorization?.split(' ')[0]);
        response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"invalid_client"}');
      };
    };
    look();
    await signIn();
    await signIn({ clientAuth: 'post' });
    await signIn({ clientSecret: null });
    discovered({ token_endpoint_auth_methods_supported: ['client_secret_post'] })(provider.answers);
    await signIn();
    expect(seen).toEqual(['Basic', undefined, undefined, undefined]);
  });

  it('is asked again about itself after it was away', async () => {
    const asked = new IdentityProvider(config);
    broken('/.well-known/openid-configuration')(provider.answers);
    await expect(asked.addressToSignIn(CHECKS)).rejects.toThrow();
    provider.reset(CHECKS.nonce);
    expect((await asked.addressToSignIn(CHECKS)).origin).toBe(provider.issuer);
  });

  it('can be told to ask also who is signed in there already', async () => {
    const asked = new IdentityProvider({ ...config, prompt: 'login' });
    expect((await asked.addressToSignIn(CHECKS)).searchParams.get('prompt')).toBe('login');
  });
});
