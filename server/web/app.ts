import { existsSync } from 'node:fs';
import { join } from 'node:path';

import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';

import { noSuchRoute, problemResponses } from './problem.ts';
import { mountRoutes, type Authenticate, type DuringDatabase, type Route } from './route.ts';
import { sameOriginOnly } from './same-origin.ts';

export interface AppOptions {
  logger: Logger;
  routes: readonly Route[];
  authenticate: Authenticate;
  /** Default: without a watch over the database. */
  duringDatabase?: DuringDatabase;
  /** Where the built console is. Without it only the API is served. */
  clientDir: string | null;
}

/** Largest JSON request: 10 000 ids fit well. */
const MAX_JSON = '2mb';

/** The HTTP application: security headers, request log, the API, the console. */
export function createApp(options: AppOptions): Express {
  const { logger, routes, authenticate, clientDir } = options;
  const app = express();
  app.disable('x-powered-by');
  // Nothing in front is trusted: addresses for the sign-in limit are those of the connections.
  app.set('trust proxy', false);
  app.use(requestLog(logger), securityHeaders(), sameOriginOnly);
  app.use('/api', (_request, response, next) => {
    // Answers hold somebody's personal data: no cache keeps them.
    response.set('Cache-Control', 'no-store');
    next();
  });
  app.use(express.json({ limit: MAX_JSON, strict: true }));
  mountRoutes(app, routes, { authenticate, duringDatabase: options.duringDatabase ?? ((work) => work()) });
  app.use(['/api', '/health', '/metrics'], noSuchRoute);
  if (clientDir !== null) serveClient(app, clientDir);
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

function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        // The component library writes its styles at run time.
        styleSrc: ["'self'", "'unsafe-inline'"],
        // A body that is an image is drawn from its bytes, never from an address.
        imgSrc: ["'self'", 'data:', 'blob:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // Whether this host is served by TLS only is for whoever puts TLS in front to say.
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'no-referrer' },
  });
}

/** The console: hashed files are kept for ever by browsers, its page is asked for each time. */
function serveClient(app: Express, clientDir: string): void {
  const page = join(clientDir, 'index.html');
  if (!existsSync(page)) return;
  app.use('/assets', express.static(join(clientDir, 'assets'), { immutable: true, maxAge: '365d', index: false }));
  app.use(express.static(clientDir, { index: false, maxAge: '1h' }));
  app.get('/{*path}', (_request, response) => {
    response.set('Cache-Control', 'no-cache').sendFile(page);
  });
}
