import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { may, PERMISSIONS, ROLES, type Permission, type Role } from '../../server/contract/access.ts';
import { connectDatabase } from '../../server/database/connect.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { signInAs } from '../support/sign-in.ts';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const documented = z.object({
  paths: z.record(
    z.string(),
    z.partialRecord(
      z.enum(METHODS),
      z.object({ 'x-permission': z.string(), security: z.array(z.record(z.string(), z.array(z.string()))) }),
    ),
  ),
});

/** What is asked: a route of the document, with an id that nothing has. */
interface Asked {
  name: string;
  method: (typeof METHODS)[number];
  path: string;
  permission: string;
  /** Whether the document says that a token will do. */
  isForTokens: boolean;
}

const WHO = [...ROLES, 'scoped admin', 'nobody'] as const;
type Who = (typeof WHO)[number];

let office: TestOffice;
let routes: Asked[];
const cookies = new Map<Who, string>();
const tokens = new Map<Role, string>();

beforeAll(async () => {
  office = await startOffice();
  const database = connectDatabase({ url: office.databaseUrl });
  try {
    for (const role of ROLES) await signInAs(office, database, { username: `the ${role}`, role });
    await signInAs(office, database, { username: 'the scoped admin', role: 'admin', scope: ['orders.*'] });
  } finally {
    await database.destroy();
  }
  for (const who of WHO) cookies.set(who, who === 'nobody' ? '' : await cookieOf(`the ${who}`));
  for (const role of ROLES) {
    const answer = await fetch(`${office.url}/api/tokens`, {
      method: 'POST',
      headers: { cookie: cookies.get(role) ?? '', 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'walk', role }),
    });
    tokens.set(role, z.object({ token: z.string() }).parse(await answer.json()).token);
  }
  const { paths } = documented.parse(await (await fetch(`${office.url}/api/openapi.json`)).json());
  routes = Object.entries(paths).flatMap(([path, methods]) =>
    METHODS.flatMap((method) => {
      const found = methods[method];
      if (found === undefined) return [];
      const isForTokens = found.security.some((one) => Object.hasOwn(one, 'token'));
      const asked = { name: `${method} ${path}`, method, path: path.replace(/\{\w+\}/g, '999999999999') };
      return [{ ...asked, permission: found['x-permission'], isForTokens }];
    }),
  );
});
afterAll(async () => {
  await office.remove();
});

async function cookieOf(username: string): Promise<string> {
  const answer = await fetch(`${office.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify({ username, password: 'correct horse' }),
  });
  expect(answer.status).toBe(201);
  return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

/** The status of an empty call. Streams are not read. */
async function statusFor(credential: Record<string, string>, { method, path }: Asked): Promise<number> {
  const asking = new AbortController();
  const answer = await fetch(office.url + path, {
    method: method.toUpperCase(),
    headers: {
      ...credential,
      ...(method === 'get' ? {} : { 'content-type': 'application/json' }),
    },
    ...(method === 'get' ? {} : { body: '{}' }),
    signal: asking.signal,
  });
  asking.abort();
  return answer.status;
}

function isPermission(name: string): name is Permission {
  return Object.hasOwn(PERMISSIONS, name);
}

function isAllowed(who: Who, permission: string): boolean {
  if (permission === 'public') return true;
  if (who === 'nobody') return false;
  if (!isPermission(permission)) return permission === 'signedIn';
  const role: Role = who === 'scoped admin' ? 'admin' : who;
  return may({ role, scope: who === 'scoped admin' ? [] : null }, permission);
}

describe('The table of permissions', () => {
  it('is what every route asks for, in every role and without one', async () => {
    expect(routes.length).toBeGreaterThan(50);
    const wrong: string[] = [];
    for (const asked of routes) {
      // Signing in and out by itself is told of in session.test.ts; here it would end the sessions of the others.
      if (asked.path === '/api/session' && asked.method !== 'get') continue;
      for (const who of WHO) {
        const status = await statusFor({ cookie: cookies.get(who) ?? '', 'sec-fetch-site': 'same-origin' }, asked);
        const refused = who === 'nobody' ? 401 : 403;
        const isRight = isAllowed(who, asked.permission) ? status !== 401 && status !== 403 : status === refused;
        if (!isRight || status >= 500) wrong.push(`${who}: ${asked.name} (${asked.permission}) → ${status}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('holds for API tokens of each role, but for what takes a person', async () => {
    const wrong: string[] = [];
    for (const asked of routes) {
      // A token means nothing where nobody has to say who they are.
      if (asked.permission === 'public' && asked.method === 'get') continue;
      for (const [role, token] of tokens) {
        const status = await statusFor({ authorization: `Bearer ${token}` }, asked);
        const isAllowedHere = asked.isForTokens && isAllowed(role, asked.permission);
        const isRight = isAllowedHere ? status !== 401 && status !== 403 : status === 403;
        if (!isRight || status >= 500)
          wrong.push(`token of the ${role}: ${asked.name} (${asked.permission}) → ${status}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('lets each role do more than the one before may do more than the one before', () => {
    const allowed = ROLES.map((role) =>
      Object.keys(PERMISSIONS).filter((name) => isPermission(name) && may({ role, scope: null }, name)),
    );
    for (const [index, names] of allowed.entries()) {
      if (index > 0) expect(names.length).toBeGreaterThan(allowed[index - 1]?.length ?? 0);
    }
  });
});
