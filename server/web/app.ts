import express, { type Express, type RequestHandler } from 'express';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';

import { boundedJson } from './bounded-json.ts';
import { serveConsole } from './console-files.ts';
import { noSuchRoute, problemResponses } from './problem.ts';
import { mountRoutes, type Authenticate, type DuringDatabase, type Route } from './route.ts';
import { sameOriginOnly } from './same-origin.ts';
import { PUBLIC_ORIGIN, securityHeaders } from './security-headers.ts';

export interface AppOptions {
  logger: Logger;
  routes: readonly Route[];
  authenticate: Authenticate;
  /** Default: without a watch over the database. */
  duringDatabase?: DuringDatabase;
  /** Where the built console is. Without it only the API is served. */
  clientDir: string | null;
  /** Proxies in front whose word is taken for who asks, and how: so many of them, or their addresses. Default: none. */
  trustProxy?: number | readonly string[] | null;
  /** The origin under which browsers reach the office, where that is another one than it sees itself. */
  publicOrigin?: string | null;
}

/** Largest JSON request: 10 000 ids fit well. */
const MAX_JSON = '2mb';

/** The HTTP application: security headers, request log, the API, the console. */
export function createApp(options: AppOptions): Express {
  const { logger, routes, authenticate, clientDir } = options;
  const app = express();
  app.disable('x-powered-by');
  // Else anybody could write any address into X-Forwarded-For, and the sign-in limit counts by it.
  app.set('trust proxy', options.trustProxy ?? false);
  app.set(PUBLIC_ORIGIN, options.publicOrigin ?? null);
  app.use(requestLog(logger), ...securityHeaders(), sameOriginOnly);
  app.use('/api', (_request, response, next) => {
    // Answers hold somebody's personal data: no cache keeps them.
    response.set('Cache-Control', 'no-store');
    next();
  });
  app.use(express.json({ limit: MAX_JSON, strict: true }), boundedJson);
  mountRoutes(app, routes, { authenticate, duringDatabase: options.duringDatabase ?? ((work) => work()) });
  app.use(['/api', '/health', '/metrics'], noSuchRoute);
  if (clientDir !== null) serveConsole(app, clientDir);
  app.use(noSuchRoute);
  app.use(problemResponses(logger));
  return app;
}

/**
 * One line a request, without its address: paths and queries hold order IDs. Expected answers are `debug`, so that a
 * healthy office is quiet.
 */
function requestLog(logger: Logger): RequestHandler {
  return pinoHttp({
    logger,
    genReqId: () => crypto.randomUUID(),
    serializers: {
      req: (request: { id: unknown; method: unknown }) => ({ id: request.id, method: request.method }),
      res: (response: { statusCode: unknown }) => ({ statusCode: response.statusCode }),
      // What went wrong is logged where it is handled.
      err: () => undefined,
    },
    customProps: (request) => {
      const route: unknown = Reflect.get(request, 'route');
      const path: unknown = typeof route === 'object' && route !== null ? Reflect.get(route, 'path') : undefined;
      return { route: path };
    },
    // "Not ready" is an expected answer, too.
    customLogLevel: (request, response) =>
      response.statusCode >= 500 && !request.url.startsWith('/health/') ? 'warn' : 'debug',
  });
}
