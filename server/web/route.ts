import type { Request, Response, Router } from 'express';
import type {} from 'pino-http';
import type { z } from 'zod';

import { may, NOT_BY_TOKEN, PERMISSIONS, roleReaches, type Permission, type Role } from '../contract/access.ts';
import type { FieldError } from '../contract/errors.ts';

import { AppError } from './app-error.ts';
import { bearerOf } from './bearer.ts';

/** Who is asking. */
export interface Principal {
  userId: string;
  username: string;
  role: Role;
  scope: Scope;
  /** The address of the client that asked; see `addressOf`. */
  address: string;
  credential: Credential;
  /** By which they are signed in; undefined without a session. */
  sessionId?: string;
  /** They set a password of their own before they may do anything else. */
  mustChangePassword?: boolean;
}

/** What somebody shows to be let in: the session of a browser, or the API token of a script. */
export type Credential = { kind: 'session' } | { kind: 'token'; id: string; name: string };

/** Ids of the dead queues whose messages somebody sees; null: of all. */
export type Scope = readonly string[] | null;

/** Whose eyes something is read with. Null: the office's own, which see everything. */
export type Sight = Pick<Principal, 'userId' | 'scope'> | null;

/** What a route's handler gets: parsed, checked, and with a name on it. */
export interface RouteRequest<Params, Query, Body> {
  params: Params;
  query: Query;
  body: Body;
  /** Of routes with `access: 'public'` it may be absent at run time; they do not read it. */
  principal: Principal;
  requestId: string;
  /** For what the schemas do not cover: headers, streaming, cookies. */
  request: Request;
  response: Response;
}

/** What a handler answers with. `undefined` means that it has written the response itself. */
export type RouteAnswer = { status: number; body?: unknown; headers?: Record<string, string> } | undefined;

/** One endpoint: its check, its documentation and its work, in one place. */
export interface Route {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As in Express: `/api/messages/:id`. */
  path: string;
  summary: string;
  /** `public`, `signedIn` for everybody who is, or what it takes. */
  access: 'public' | 'signedIn' | Permission;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** Also for those who have to change their password first. */
  beforePasswordChange?: true;
  /** It answers while the database is away, too. */
  withoutDatabase?: true;
  /** Takes a stream of this type instead of JSON; the handler reads `request` itself. */
  upload?: { contentType: string; description: string };
  /** Successful answers, for the OpenAPI document. Errors are the same everywhere. */
  responses: Record<number, { description: string; schema?: z.ZodType; contentType?: string }>;
  handle: (request: RouteRequest<unknown, unknown, unknown>) => Promise<RouteAnswer> | RouteAnswer;
}

type Parsed<T> = T extends z.ZodType ? z.infer<T> : undefined;

/** Declares a route so that its handler sees the types of its schemas. */
export function route<
  Params extends z.ZodObject | undefined = undefined,
  Query extends z.ZodObject | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
>(
  definition: Omit<Route, 'params' | 'query' | 'body' | 'handle'> & {
    params?: Params;
    query?: Query;
    body?: Body;
    handle: (request: RouteRequest<Parsed<Params>, Parsed<Query>, Parsed<Body>>) => Promise<RouteAnswer> | RouteAnswer;
  },
): Route {
  return definition as unknown as Route;
}

/** Finds out who is asking; null for nobody. From where they ask is added to it. */
export type Authenticate = (request: Request) => Promise<Omit<Principal, 'address'> | null>;

/** Does something that needs the database, and gives up as soon as that is away. */
export type DuringDatabase = <T>(work: () => Promise<T>) => Promise<T>;

/** Mounts routes: authentication, role, schemas, then the handler. Unknown parameters and fields are an error. */
export function mountRoutes(
  router: Router,
  routes: readonly Route[],
  { authenticate, duringDatabase }: { authenticate: Authenticate; duringDatabase: DuringDatabase },
): void {
  for (const definition of routes) {
    const answerTo = async (request: Request, response: Response): Promise<RouteAnswer> => {
      const principal = await admit(definition, request, authenticate);
      return await definition.handle({
        params: parse(definition.params, request.params, 'message.notFound'),
        query: parse(definition.query, request.query, 'request.malformed', definition.query === undefined),
        body:
          definition.body === undefined ? undefined : parse(definition.body, request.body ?? {}, 'request.malformed'),
        principal: principal ?? NOBODY,
        requestId: requestIdOf(request),
        request,
        response,
      });
    };
    router[definition.method](definition.path, async (request, response) => {
      const answer =
        definition.withoutDatabase === true
          ? await answerTo(request, response)
          : await duringDatabase(() => answerTo(request, response));
      if (answer === undefined) return;
      response.status(answer.status).set(answer.headers ?? {});
      if (answer.body === undefined) response.end();
      else response.json(answer.body);
    });
  }
}

const NOBODY: Principal = {
  userId: '0',
  username: '',
  role: 'viewer',
  scope: [],
  address: '',
  credential: { kind: 'session' },
};

async function admit(definition: Route, request: Request, authenticate: Authenticate): Promise<Principal | null> {
  if (definition.access === 'public') {
    // Signing in and out is for browsers.
    if (definition.method !== 'get' && bearerOf(request) !== null) throw new AppError('token.notForThis');
    return null;
  }
  const caller = await authenticate(request);
  if (caller === null) throw new AppError('session.missing');
  if (caller.credential.kind === 'token' && !isForTokens(definition)) throw new AppError('token.notForThis');
  if (caller.mustChangePassword === true && definition.beforePasswordChange !== true) {
    throw new AppError('password.mustChange');
  }
  const principal = { ...caller, address: addressOf(request) };
  if (definition.access !== 'signedIn') mustBeAllowed(principal, definition.access);
  return principal;
}

/** Whether a route is for API tokens, too. What everybody who signed in may do concerns their own account. */
export function isForTokens({ access }: Pick<Route, 'access'>): boolean {
  return access !== 'public' && access !== 'signedIn' && !NOT_BY_TOKEN.includes(access);
}

/**
 * For what a route lets only some of its callers do.
 *
 * @throws AppError `access.denied`; `access.outOfScope` where the role would do, and their sight is limited.
 */
export function mustBeAllowed(principal: Principal, permission: Permission): void {
  if (principal.credential.kind === 'token' && NOT_BY_TOKEN.includes(permission)) {
    throw new AppError('token.notForThis');
  }
  if (may(principal, permission)) return;
  const role = PERMISSIONS[permission];
  throw roleReaches(principal.role, role)
    ? new AppError('access.outOfScope')
    : new AppError('access.denied', { params: { role } });
}

function parse(
  schema: z.ZodType | undefined,
  given: unknown,
  code: 'request.malformed' | 'message.notFound',
  mustBeEmpty = false,
): unknown {
  if (schema === undefined) {
    if (mustBeEmpty && Object.keys(given as object).length > 0) {
      throw malformed(Object.fromEntries(Object.keys(given as object).map((name) => [name, 'field.unknown'])));
    }
    return undefined;
  }
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  if (code !== 'request.malformed') throw new AppError('request.notFound');
  throw malformed(fieldErrors(result.error.issues));
}

function malformed(errors: Record<string, FieldError>): AppError {
  const names = Object.keys(errors);
  return new AppError('request.malformed', {
    errors,
    detail: `These fields are wrong: ${names.slice(0, 20).join(', ')}.`,
  });
}

function fieldErrors(issues: readonly z.core.$ZodIssue[]): Record<string, FieldError> {
  const errors: Record<string, FieldError> = {};
  for (const issue of issues) {
    const path = issue.path.map(String);
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) errors[[...path, key].join('.')] = 'field.unknown';
    } else {
      const missing = issue.code === 'invalid_type' && issue.input === undefined;
      errors[path.join('.') || 'body'] ??= missing ? 'field.missing' : 'field.invalid';
    }
  }
  return errors;
}

/** The id that pino-http gave the request: in every error answer and every log line. */
export function requestIdOf(request: Request): string {
  return typeof request.id === 'object' ? '' : String(request.id);
}

/** The address of the client, as far as proxies are trusted to tell it: `10.0.0.7`, also where the socket speaks IPv6. */
export function addressOf(request: Request): string {
  return (request.ip ?? '')
    .replace(/^::ffff:(?=[\d.]+$)/, '')
    .replace(/%.*$/, '')
    .slice(0, 64);
}
