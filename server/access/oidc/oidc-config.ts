import { z } from 'zod';

import { parseRoleRules, type RoleRule } from './role-mapping.ts';

/** How people sign in by the identity provider of their company, by OpenID Connect. */
export interface SingleSignOnConfig {
  issuer: URL;
  clientId: string;
  /** Null for a public client, which PKCE alone protects. */
  clientSecret: string | null;
  /** How the secret is handed over; null: as the provider prefers. */
  clientAuth: 'basic' | 'post' | null;
  scopes: string;
  /** What the provider asks also somebody who is signed in there already; null: what it sees fit. */
  prompt: 'login' | 'select_account' | null;
  /** Where browsers reach the console, without a slash at its end. */
  publicUrl: string;
  usernameClaim: string;
  groupsClaim: string;
  roles: RoleRule[];
  /** What the button says after "Sign in with"; null: single sign-on. */
  name: string | null;
}

const onOff = z.enum(['on', 'off'], 'must be on or off').transform((value) => value === 'on');

const webUrl = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.search === '' && url.hash === '')
    return url;
  context.addIssue('must be a web address without a user, ? and #, such as https://sso.example.com/realms/shop');
  return z.NEVER;
});

/** A claim by its name, or the way to it: `realm_access.roles`. */
const claimName = z.string().max(128, 'must have at most 128 characters');

/** The variables, to be spread into the schema of the whole environment. */
export const singleSignOnVariables = {
  OIDC_ISSUER: webUrl.optional(),
  OIDC_ALLOW_HTTP: onOff.default(false),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  OIDC_CLIENT_AUTH: z.enum(['basic', 'post'], 'must be basic or post').optional(),
  OIDC_SCOPES: z
    .string()
    .refine((text) => text.split(/\s+/).includes('openid'), 'must contain openid, such as openid profile email')
    .default('openid profile email'),
  OIDC_PROMPT: z.enum(['login', 'select_account'], 'must be login or select_account').optional(),
  OIDC_USERNAME_CLAIM: claimName.default('preferred_username'),
  OIDC_GROUPS_CLAIM: claimName.default('groups'),
  OIDC_ROLES: z
    .string()
    .transform((text, context) => {
      const parsed = parseRoleRules(text);
      if (parsed.ok) return parsed.rules;
      for (const problem of parsed.problems) context.addIssue(problem);
      return z.NEVER;
    })
    .optional(),
  OIDC_NAME: z.string().max(40, 'must have at most 40 characters').optional(),
  LOCAL_SIGN_IN: onOff.default(true),
};

/** Whatever tenant somebody is of: everybody who has an account there could sign in. */
const ANY_TENANT = /^https:\/\/login\.microsoftonline\.com\/(?:common|organizations|consumers)\b/;

const NEEDED = ['OIDC_CLIENT_ID', 'OIDC_ROLES', 'PUBLIC_URL'] as const;

/** What is wrong with the variables together, as sentences: what each needs of the others. */
export function singleSignOnProblems(given: Readonly<Record<string, string | undefined>>): string[] {
  const issuer = given['OIDC_ISSUER'];
  if (issuer === undefined) {
    const others = Object.keys(given).filter((name) => name.startsWith('OIDC_') && name in singleSignOnVariables);
    return [
      ...(others.length > 0 ? [`OIDC_ISSUER is missing, without which ${others.join(', ')} would do nothing.`] : []),
      ...(given['LOCAL_SIGN_IN'] === 'off' ? ['LOCAL_SIGN_IN: off without OIDC_ISSUER leaves no way to sign in.'] : []),
    ];
  }
  const problems = NEEDED.filter((name) => given[name] === undefined).map(
    (name) => `${name} is missing, which OIDC_ISSUER needs.`,
  );
  if (issuer.includes('/.well-known/')) {
    problems.push('OIDC_ISSUER: must be the address before /.well-known/, as the provider gives it for "issuer".');
  }
  if (ANY_TENANT.test(issuer)) problems.push('OIDC_ISSUER: must name your own tenant.');
  if (URL.canParse(issuer)) {
    const { protocol, hostname } = new URL(issuer);
    if (protocol === 'http:' && !isLoopback(hostname) && given['OIDC_ALLOW_HTTP'] !== 'on') {
      problems.push('OIDC_ISSUER: must begin with https:, or OIDC_ALLOW_HTTP=on says that the network is trusted.');
    }
  }
  return problems;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** Puts the checked variables together; null where single sign-on is not set up. */
export function singleSignOnOf(
  values: z.output<z.ZodObject<typeof singleSignOnVariables>> & { PUBLIC_URL?: string | undefined },
): SingleSignOnConfig | null {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_ROLES: roles, PUBLIC_URL: publicUrl } = values;
  if (issuer === undefined || clientId === undefined || roles === undefined || publicUrl === undefined) return null;
  return {
    issuer,
    clientId,
    clientSecret: values.OIDC_CLIENT_SECRET ?? null,
    clientAuth: values.OIDC_CLIENT_AUTH ?? null,
    scopes: values.OIDC_SCOPES,
    prompt: values.OIDC_PROMPT ?? null,
    publicUrl,
    usernameClaim: values.OIDC_USERNAME_CLAIM,
    groupsClaim: values.OIDC_GROUPS_CLAIM,
    roles,
    name: values.OIDC_NAME ?? null,
  };
}
