import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';

import { problem } from '../contract/schemas/system.ts';

import { isForTokens, type Route } from './route.ts';

/**
 * The OpenAPI 3.1 document of these routes, made from the very schemas that check the calls.
 *
 * @param sessionCookie the name of the cookie that a session is in.
 */
export function openApiDocument(routes: readonly Route[], version: string, sessionCookie: string): object {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: sessionCookie,
  });
  registry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'dlo_…',
    description: 'An API token of a user. Sent with a cookie, the token counts; one that is wrong or expired is 401.',
  });
  for (const route of routes) registerRoute(registry, route);
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Dead Letter Office',
      version,
      description: 'The failure desk for RabbitMQ: failed messages, operations on them, orders and audit.',
    },
  });
}

function registerRoute(registry: OpenAPIRegistry, route: Route): void {
  registry.registerPath({
    method: route.method,
    path: route.path.replace(/:(\w+)/g, '{$1}'),
    summary: route.summary,
    security: route.access === 'public' ? [] : [{ session: [] }, ...(isForTokens(route) ? [{ token: [] }] : [])],
    'x-permission': route.access,
    request: {
      ...(route.params === undefined ? {} : { params: route.params }),
      ...(route.query === undefined ? {} : { query: route.query }),
      ...(route.body === undefined
        ? {}
        : { body: { required: true, content: { 'application/json': { schema: route.body } } } }),
      ...(route.upload === undefined
        ? {}
        : {
            body: {
              required: true,
              description: route.upload.description,
              content: { [route.upload.contentType]: { schema: z.string() } },
            },
          }),
    },
    responses: {
      ...Object.fromEntries(
        Object.entries(route.responses).map(([status, { description, schema, contentType = 'application/json' }]) => [
          status,
          { description, ...(schema === undefined ? {} : { content: { [contentType]: { schema } } }) },
        ]),
      ),
      default: {
        description: 'What went wrong, as problem details (RFC 9457).',
        content: { 'application/problem+json': { schema: problem } },
      },
    },
  });
}
