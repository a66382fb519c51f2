import type { Connection } from './amqp/connection.ts';
import { readiness, type Readiness } from './contract/schemas/system.ts';
import type { Database } from './database/connect.ts';
import { route, type Route } from './web/route.ts';

export interface HealthParts {
  database: Database;
  broker: Connection;
  /** Whether the schema is up to date, as the start-up found. */
  migrated: () => boolean;
}

const ASK_EVERY_MS = 1000;
const DATABASE_TIMEOUT_MS = 3000;

/** `/health/live`: the process answers. `/health/ready`: it can do its work; `degraded` when only the broker is away. */
export function healthRoutes(parts: HealthParts): Route[] {
  const database = new DatabaseCheck(parts.database);
  return [
    route({
      method: 'get',
      path: '/health/live',
      summary: 'Whether the process answers',
      access: 'public',
      responses: { 200: { description: 'It does.' } },
      handle: () => ({ status: 200, body: { status: 'live' } }),
    }),
    route({
      method: 'get',
      path: '/health/ready',
      summary: 'Whether the office can do its work',
      access: 'public',
      responses: {
        200: { description: '`ready`, or `degraded` when only the broker is away.', schema: readiness },
        503: { description: 'The database or its schema is not there.', schema: readiness },
      },
      handle: async () => {
        const body = await check(parts, database);
        return { status: body.status === 'unavailable' ? 503 : 200, body };
      },
    }),
  ];
}

async function check({ broker, migrated }: HealthParts, database: DatabaseCheck): Promise<Readiness> {
  const checks = {
    database: await database.ask(),
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

/** Asks the database at most once a second, however often the question comes, and remembers since when. */
class DatabaseCheck {
  readonly #database: Database;
  #ok: boolean | null = null;
  #since = new Date();
  #askedAt = -Infinity;
  #asking: Promise<void> | null = null;

  constructor(database: Database) {
    this.#database = database;
  }

  async ask(): Promise<{ ok: boolean; since: string }> {
    if (performance.now() - this.#askedAt >= ASK_EVERY_MS) {
      this.#asking ??= this.#look().finally(() => {
        this.#asking = null;
        this.#askedAt = performance.now();
      });
      await this.#asking;
    }
    return { ok: this.#ok === true, since: this.#since.toISOString() };
  }

  async #look(): Promise<void> {
    let ok = true;
    try {
      await this.#database.raw('SELECT 1').timeout(DATABASE_TIMEOUT_MS);
    } catch {
      ok = false;
    }
    if (ok !== this.#ok) this.#since = new Date();
    this.#ok = ok;
  }
}
