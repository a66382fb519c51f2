import type { Connection } from './amqp/connection.ts';
import { readiness, type Readiness } from './contract/schemas/system.ts';
import type { DatabaseWatch } from './database/database-watch.ts';
import { route, type Route } from './web/route.ts';

export interface HealthParts {
  database: DatabaseWatch;
  broker: Connection;
  /** Whether the schema is up to date, as the start-up found. */
  migrated: () => boolean;
}

/** `/health/live`: the process answers. `/health/ready`: it can do its work; `degraded` when only the broker is away. */
export function healthRoutes(parts: HealthParts): Route[] {
  return [
    route({
      method: 'get',
      path: '/health/live',
      summary: 'Whether the process answers',
      access: 'public',
      withoutDatabase: true,
      responses: { 200: { description: 'It does.' } },
      handle: () => ({ status: 200, body: { status: 'live' } }),
    }),
    route({
      method: 'get',
      path: '/health/ready',
      summary: 'Whether the office can do its work',
      access: 'public',
      withoutDatabase: true,
      responses: {
        200: { description: '`ready`, or `degraded` when only the broker is away.', schema: readiness },
        503: { description: 'The database or its schema is not there.', schema: readiness },
      },
      handle: async () => {
        const body = await check(parts);
        return { status: body.status === 'unavailable' ? 503 : 200, body };
      },
    }),
  ];
}

async function check({ database, broker, migrated }: HealthParts): Promise<Readiness> {
  const checks = {
    database: await database.state(),
    broker: {
      ok: broker.state.status === 'connected',
      since: broker.state.since.toISOString(),
      ...(broker.state.lastError === null || broker.state.status === 'connected'
        ? {}
        : { detail: broker.state.lastError }),
    },
    migrations: { ok: migrated() },
  };
  const usable = checks.database.ok && checks.migrations.ok;
  return { status: usable ? (checks.broker.ok ? 'ready' : 'degraded') : 'unavailable', checks };
}
