import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { consoleAddress, screenOf } from '../../../server/access/oidc/console-address.ts';
import { personOf } from '../../../server/access/oidc/person.ts';
import { parseRoleRules, standingOf, type RoleRule } from '../../../server/access/oidc/role-mapping.ts';
import { ConfigError, readConfig, type Config } from '../../../server/config.ts';

const basics = { AMQP_URL: 'amqp://u:p@broker/vhost', DATABASE_URL: 'mysql://u:p@db/office' };
const needed = {
  ...basics,
  OIDC_ISSUER: 'https://sso.example.com/realms/shop',
  OIDC_CLIENT_ID: 'desk',
  OIDC_CLIENT_SECRET: 'a secret',
  OIDC_ROLES: 'desk-admins=admin; orders-team=operator:orders.*, payments.*',
  PUBLIC_URL: 'https://desk.example.com/',
};

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

function singleSignOn(env: Record<string, string> = needed): NonNullable<Config['singleSignOn']> {
  const { singleSignOn: config } = readConfig(env);
  if (config === null) throw new Error('not set up');
  return config;
}

describe('The configuration of single sign-on', () => {
  it('is off unless it is set up', () => {
    expect(readConfig(basics)).toMatchObject({ singleSignOn: null, localSignIn: true });
  });

  it('has defaults for what most leave as it is', () => {
    expect(singleSignOn()).toEqual({
      issuer: new URL(needed.OIDC_ISSUER),
      clientId: 'desk',
      clientSecret: 'a secret',
      clientAuth: null,
      scopes: 'openid profile email',
      prompt: null,
      publicUrl: 'https://desk.example.com',
      usernameClaim: 'preferred_username',
      groupsClaim: 'groups',
      roles: [
        { group: 'desk-admins', role: 'admin', scope: null },
        { group: 'orders-team', role: 'operator', scope: ['orders.*', 'payments.*'] },
      ],
      name: null,
    });
  });

  it('names everything that is missing or wrong at once, and no secret', () => {
    const problems = problemsOf({
      ...basics,
      OIDC_ISSUER: 'http://sso.example.com',
      OIDC_CLIENT_SECRET: 'a secret',
      OIDC_SCOPES: 'profile',
      OIDC_ROLES: 'desk-admins=boss;orders-team=operator:',
      PUBLIC_URL: 'https://desk.example.com/under/a/path',
      LOCAL_SIGN_IN: 'no',
    });
    expect(problems).toEqual([
      'OIDC_CLIENT_ID is missing, which OIDC_ISSUER needs.',
      'OIDC_ISSUER: must begin with https:, or OIDC_ALLOW_HTTP=on says that the network is trusted.',
      'PUBLIC_URL: must be an origin alone, such as https://dead-letters.example.com.',
      'OIDC_SCOPES: must contain openid, such as openid profile email.',
      'OIDC_ROLES: "desk-admins=boss" must be group=role or group=role:queues, with one of the roles viewer, operator, lead, admin.',
      'OIDC_ROLES: "orders-team=operator:" must name dead queues after the colon, such as orders.*, separated by commas.',
      'LOCAL_SIGN_IN: must be on or off.',
    ]);
    expect(problemsOf({ ...basics, OIDC_CLIENT_ID: 'desk', LOCAL_SIGN_IN: 'off' })).toEqual([
      'OIDC_ISSUER is missing, without which OIDC_CLIENT_ID would do nothing.',
      'LOCAL_SIGN_IN: off without OIDC_ISSUER leaves no way to sign in.',
    ]);
  });

  it('wants a provider that cannot be listened to, and one of whom it is known whose it is', () => {
    const withIssuer = (issuer: string, over = {}) => problemsOf({ ...needed, OIDC_ISSUER: issuer, ...over });
    for (const issuer of ['http://localhost:8080', 'http://127.0.0.1:1/realms/shop', 'http://[::1]:1']) {
      expect(withIssuer(issuer)).toEqual([]);
    }
    for (const issuer of ['http://localhost.evil.example', 'http://10.0.0.1', 'http://127.0.0.1.evil.example']) {
      expect(withIssuer(issuer)).toHaveLength(1);
      expect(withIssuer(issuer, { OIDC_ALLOW_HTTP: 'on' })).toEqual([]);
    }
    for (const issuer of [
      'ftp://sso',
      'sso',
      'https://u:p@sso',
      'https://sso?a',
      'https://login.microsoftonline.com/common/v2.0',
    ]) {
      expect(withIssuer(issuer)).toHaveLength(1);
    }
    expect(withIssuer(`${needed.OIDC_ISSUER}/.well-known/openid-configuration`)).toHaveLength(1);
  });
});

describe('Groups', () => {
  const rulesOf = (text: string): RoleRule[] => {
    const parsed = parseRoleRules(text);
    if (!parsed.ok) throw new Error(parsed.problems.join());
    return parsed.rules;
  };

  it('may have names as a directory gives them', () => {
    expect(rulesOf('cn=admins,ou=groups=admin; /shop/night shift=viewer:a=b*')).toEqual([
      { group: 'cn=admins,ou=groups', role: 'admin', scope: null },
      { group: '/shop/night shift', role: 'viewer', scope: ['a=b*'] },
    ]);
  });

  const rules = rulesOf(
    'admins=admin;orders=operator:orders.*;pay=operator:payments.*,orders.*;ops=operator;all=viewer;leads=lead:orders.*',
  );

  it.each<[string[], ReturnType<typeof standingOf>]>([
    [[], null],
    [['Admins', 'admin', ''], null],
    [['all'], { role: 'viewer', scope: null }],
    [['orders'], { role: 'operator', scope: ['orders.*'] }],
    [['pay', 'orders'], { role: 'operator', scope: ['orders.*', 'payments.*'] }],
    [['orders', 'ops'], { role: 'operator', scope: null }],
    [['orders', 'all'], { role: 'operator', scope: ['orders.*'] }],
    [['leads', 'ops'], { role: 'lead', scope: ['orders.*'] }],
    [['leads', 'admins', 'orders'], { role: 'admin', scope: null }],
  ])('%j give %j', (groups, standing) => {
    expect(standingOf(groups, rules)).toEqual(standing);
  });
});

describe('Claims', () => {
  const claims = { iss: needed.OIDC_ISSUER, sub: 'f:1:kim', preferred_username: ' kim ', groups: ['desk-admins'] };

  it('become somebody with a name that can be read', () => {
    expect(personOf(claims, singleSignOn())).toEqual({
      issuer: needed.OIDC_ISSUER,
      subject: 'f:1:kim',
      username: 'kim',
      standing: { role: 'admin', scope: null },
    });
  });

  it('may lie deeper, have a name like an address, or be one group', () => {
    for (const [name, over] of [
      ['realm_access.roles', { realm_access: { roles: ['desk-admins'] } }],
      ['https://example.com/groups', { 'https://example.com/groups': 'desk-admins' }],
    ] as const) {
      const config = singleSignOn({ ...needed, OIDC_GROUPS_CLAIM: name });
      expect(personOf({ ...claims, groups: [], ...over }, config).standing?.role).toBe('admin');
    }
  });

  it('of an odd shape give no role', () => {
    for (const groups of [undefined, null, 7, {}, [['desk-admins']], [7], { 'desk-admins': true }]) {
      expect(personOf({ ...claims, groups }, singleSignOn()).standing).toBeNull();
    }
    const config = singleSignOn({ ...needed, OIDC_GROUPS_CLAIM: 'constructor.name' });
    expect(personOf(claims, config).standing).toBeNull();
  });

  it('without a name, with one that nobody can read or an address that nobody proved, are refused', () => {
    for (const name of [undefined, null, 7, '', '  ', 'x'.repeat(65), 'kim\u0000', 'kim\u200b', 'mik\u202e', 'a\nb']) {
      expect(() => personOf({ ...claims, preferred_username: name }, singleSignOn())).toThrow('username');
    }
    const config = singleSignOn({ ...needed, OIDC_USERNAME_CLAIM: 'email' });
    const mail = { ...claims, email: 'kim@example.com' };
    expect(personOf({ ...mail, email_verified: true }, config).username).toBe('kim@example.com');
    expect(() => personOf({ ...mail, email_verified: false }, config)).toThrow('email');
  });
});

describe('The address afterwards', () => {
  it('is a screen of the console, whatever was asked for', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string().map((text) => `/${text}`),
        ),
        (wanted) => {
          const address = consoleAddress(screenOf(wanted));
          const url = new URL(address, 'https://desk.example.com');
          expect(address).toMatch(/^\/#\/[\x21-\x7e]*$/);
          expect([url.origin, url.pathname, url.search]).toEqual(['https://desk.example.com', '/', '']);
        },
      ),
    );
  });
});
