import type { Server } from 'node:http';
import express from 'express';
import type { NextFunction, Request, Response } from 'express';
import { z } from 'zod';
import { bulkCancellationSchema, cancellationSchema, orderIdSchema } from './cancellation.ts';
import { isFaultName } from './faults.ts';
import type { Faults } from './faults.ts';
import { bulkMessage, cancellationMessage, partnerMessage } from './intake.ts';
import { renderPage, renderState } from './page.ts';
import { PAGE_SCRIPT } from './page-script.ts';
import type { ProcessedLog } from './processed.ts';
import type { Outgoing } from './publisher.ts';
import type { ExampleStatus } from './status.ts';
import type { Names } from './topology.ts';

export interface ApiOptions {
  names: Names;
  faults: Faults;
  processed: ProcessedLog;
  status: () => ExampleStatus;
  /** Rejects while the broker is away. */
  publish: (message: Outgoing) => Promise<void>;
  consoleUrl: string | null;
}

const LOOPBACK_HOSTS = new Set(['127.0.0.1', 'localhost', '[::1]']);
const MAX_PROCESSED = 100;

const processedQuerySchema = z.strictObject({
  orderId: z.string().optional(),
  messageId: z.string().optional(),
  queue: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(MAX_PROCESSED).default(MAX_PROCESSED),
});
const faultBodySchema = z.object({
  broken: z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]),
});

/** The example's HTTP API and page. It listens on the loopback only, and takes orders from its own pages alone. */
export function createApi(options: ApiOptions): express.Express {
  const { names, faults, processed } = options;
  const app = express();
  app.disable('x-powered-by');
  app.use(onlyFromHere);

  const queue = async (message: Outgoing, response: Response) => {
    try {
      await options.publish(message);
    } catch {
      response.status(503).set('retry-after', '5').json({ error: 'the broker is away; nothing was queued' });
      return;
    }
    response.status(202).json({ queued: [message.properties.messageId] });
  };

  app.post('/cancellations', express.json(), async (request, response) => {
    const body: unknown = request.body;
    if (typeof body === 'object' && body !== null && 'orders' in body) {
      const [first, ...rest] = bulkCancellationSchema.parse(body).orders;
      if (first !== undefined) await queue(bulkMessage(names, [first, ...rest]), response);
      return;
    }
    await queue(cancellationMessage(names, cancellationSchema.parse(body)), response);
  });
  app.post('/partner/cancellations', express.text({ type: '*/*' }), async (request, response) => {
    const orderId = orderIdSchema.parse(request.get('order-id'));
    await queue(partnerMessage(names, orderId, z.string().parse(request.body)), response);
  });

  app.get('/processed', (request, response) => {
    const { limit, ...filter } = processedQuerySchema.parse(request.query);
    response.json({ processed: processed.find(filter, limit) });
  });
  app.get('/status', (_request, response) => {
    response.json(options.status());
  });
  app.post('/faults/:name', express.json(), express.urlencoded({ extended: false }), (request, response) => {
    const { broken } = faultBodySchema.parse(request.body);
    const { name } = request.params;
    if (!isFaultName(name)) {
      response.status(404).json({ error: 'no such cause' });
      return;
    }
    faults.set(name, broken);
    if (request.is('urlencoded') !== false) response.redirect(303, '/');
    else response.json({ name, broken });
  });

  app.get('/', (_request, response) => {
    response.set(pageHeaders).type('html').send(renderPage(options.status(), options.consoleUrl));
  });
  app.get('/state', (_request, response) => {
    response.set(pageHeaders).type('html').send(renderState(options.status(), options.consoleUrl));
  });
  app.get('/page.js', (_request, response) => {
    response.type('js').send(PAGE_SCRIPT);
  });

  app.use(answerError);
  return app;
}

const pageHeaders = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  // Not no-referrer: browsers would then send the buttons' forms with no origin to check.
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
};

/** Another site's page can reach the loopback through the visitor's browser: by name tricks, or by posting a form. */
function onlyFromHere(request: Request, response: Response, next: NextFunction): void {
  const host = request.get('host') ?? '';
  const origin = request.get('origin');
  const sameOrigin = origin === undefined || origin === `http://${host}`;
  if (!LOOPBACK_HOSTS.has(host.replace(/:\d+$/, '')) || (request.method !== 'GET' && !sameOrigin)) {
    response.status(403).json({ error: 'only from this machine and this page' });
    return;
  }
  next();
}

function answerError(error: unknown, _request: Request, response: Response, next: NextFunction): void {
  if (response.headersSent) {
    next(error);
    return;
  }
  if (error instanceof z.ZodError) {
    const fields = error.issues.map(({ path, message }) => ({ field: path.join('.'), message }));
    response.status(400).json({ error: 'not a valid request', fields });
    return;
  }
  const status = z.object({ status: z.int().min(400).max(499) }).safeParse(error);
  if (status.success) response.status(status.data.status).json({ error: 'not a valid request' });
  else response.status(500).json({ error: 'internal error' });
}

/** Listens on 127.0.0.1; port 0 takes a free one. Rejects when the port is taken. */
export function listen(app: express.Express, port: number): Promise<{ server: Server; url: string }> {
  return new Promise((resolve, reject) => {
    const server = app.listen(port, '127.0.0.1', (error?: Error) => {
      const address = server.address();
      if (error !== undefined || address === null || typeof address === 'string') {
        reject(error ?? new Error('no address'));
        return;
      }
      resolve({ server, url: `http://127.0.0.1:${address.port}` });
    });
  });
}
