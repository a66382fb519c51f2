import { afterEach, describe, expect, it } from 'vitest';

import type { Readiness } from '../../server/contract/schemas/system.ts';
import { connectDatabase } from '../../server/database/connect.ts';
import { migrate } from '../../server/database/migrate.ts';
import { openDeadQueue } from '../support/dead-queue.ts';
import { startOfficeProcess, type OfficeProcess } from '../support/office-process.ts';
import { startOffice } from '../support/office.ts';
import { createTestDatabase, testServices, waitFor } from '../support/services.ts';
import { openTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { reveal } from '../support/reveal.ts';

const cleanUp: (() => unknown)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

/** The office as a process of its own, stopped after the test. */
async function startProcess(env: Record<string, string>): Promise<OfficeProcess> {
  const started = await startOfficeProcess(env);
  cleanUp.push(started.remove);
  return started;
}

async function readiness(url: string): Promise<{ status: number; body: Readiness }> {
  const response = await fetch(`${url}/health/ready`);
  return { status: response.status, body: (await response.json()) as Readiness };
}

describe('starting', () => {
  it('with a wrong configuration lists every problem, without a stack trace, and ends with 1', async () => {
    const { exit, output } = await startProcess({
      AMQP_URL: 'amqp://u:secret@',
      HTTP_PORT: 'http',
      QUIET_PERIOD: 'soon',
    });
    expect(await exit).toBe(1);
    for (const variable of ['AMQP_URL', 'DATABASE_URL', 'HTTP_PORT', 'QUIET_PERIOD'])
      expect(output()).toContain(variable);
    expect(output()).not.toMatch(/^\s+at /m);
    expect(output()).not.toContain('secret');
  });

  it('with a database of a newer version says so and ends with 1, changing nothing', async () => {
    const database = await createTestDatabase();
    cleanUp.push(database.drop);
    const connection = connectDatabase({ url: database.url });
    await migrate(connection);
    await connection('schema_migrations').insert({ name: '9999-from-the-future', batch: 1 });
    await connection.destroy();
    const { exit, output } = await startProcess({ AMQP_URL: testServices().amqpUrl, DATABASE_URL: database.url });
    expect(await exit).toBe(1);
    expect(output()).toContain('newer version');
    expect(output()).toContain('9999-from-the-future');
  });

  it('while the database is away keeps trying, says so, and is ready when it comes', async () => {
    const database = await createTestDatabase();
    cleanUp.push(database.drop);
    const proxy = await openTcpProxy(database.url);
    cleanUp.push(() => proxy.close());
    await proxy.refuse();
    const office = await startProcess({ AMQP_URL: testServices().amqpUrl, DATABASE_URL: proxy.through(database.url) });
    const url = await waitFor(() => office.url(), { describe: office.output, deadlineMs: 20_000 });
    await waitFor(() => office.output().includes('The database is away'), { describe: office.output });
    expect(await readiness(url)).toMatchObject({
      status: 503,
      body: { status: 'unavailable', checks: { database: { ok: false }, migrations: { ok: false } } },
    });
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    const problem = await fetch(`${url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"username":"admin","password":"password"}',
    });
    expect([problem.status, problem.headers.get('retry-after')]).toEqual([503, '5']);

    await proxy.accept();
    await waitFor(async () => (await readiness(url)).body.status === 'ready', {
      describe: office.output,
      deadlineMs: 30_000,
    });
  });
});

describe('running', () => {
  it('without the broker is degraded: the console works, and says what waits for it', async () => {
    const proxy = await openTcpProxy(testServices().amqpUrl);
    cleanUp.push(() => proxy.close());
    const dead = await openDeadQueue();
    cleanUp.push(dead.remove);
    await dead.bury({ body: '{"orderId":"ORD-1"}' });
    const office = await startOffice({ amqpUrl: proxy.through(testServices().amqpUrl), deadQueues: [dead.name] });
    cleanUp.push(office.remove);
    const listed = async () => ((await office.api.get('/api/messages').expect(200)).body as { total: number }).total;
    await waitFor(async () => (await listed()) === 1);

    await proxy.refuse();
    proxy.cut();
    await waitFor(async () => (await readiness(office.url)).body.status === 'degraded');
    expect(await listed()).toBe(1);
    const { data: messages } = (await office.api.get('/api/messages').expect(200)).body as { data: { id: string }[] };
    const [message] = messages;
    await office.api.get(`/api/messages/${message?.id}`).expect(200);
    await reveal(office.api, message?.id ?? '');
    await office.api.get(`/api/messages/${message?.id}/body`).expect(200);
    await office.api.get(`/api/messages/${message?.id}/timeline`).expect(200);
    const handled = await office.api
      .post('/api/operations')
      .send({ action: 'handle', selection: { ids: [message?.id] }, reason: 'by telephone' })
      .expect(202);
    const { id } = handled.body as { id: string };
    await waitFor(
      async () => {
        const answer = await office.api.get(`/api/operations/${id}`).expect(200);
        return (answer.body as { status: string }).status === 'finished';
      },
      { describe: 'what needs no broker goes on' },
    );
    const exported = await office.api.get(`/api/operations/${id}/items/export`).expect(200);
    expect(exported.text).toContain('confirmed');
    await waitFor(async () => {
      const { data } = (await office.api.get('/api/dead-queues').expect(200)).body as { data: { state: string }[] };
      return data[0]?.state === 'away';
    });

    await dead.bury({ body: '{"orderId":"ORD-2"}' });
    await proxy.accept();
    await waitFor(async () => (await listed()) === 2, { deadlineMs: 30_000 });
    expect((await readiness(office.url)).body.status).toBe('ready');
  });

  it('starts without the broker, too', async () => {
    const proxy = await openTcpProxy(testServices().amqpUrl);
    cleanUp.push(() => proxy.close());
    await proxy.refuse();
    const office = await startOffice({ amqpUrl: proxy.through(testServices().amqpUrl) });
    cleanUp.push(office.remove);
    expect((await readiness(office.url)).body.status).toBe('degraded');
    await office.api.get('/api/messages').expect(200);
  });
});

/** Waits for an answer, and says how long it took. */
async function timed(work: () => PromiseLike<{ status: number }>): Promise<{ status: number; ms: number }> {
  const started = performance.now();
  const { status } = await work();
  return { status, ms: performance.now() - started };
}

const SCREENS = [
  '/api/session',
  '/api/messages',
  '/api/messages/1',
  '/api/operations',
  '/api/dead-queues',
  '/api/audit-events',
  '/api/settings',
  '/api/orders/ORD-1',
];

describe('a database that is away', () => {
  const trouble = {
    'refuses and resets': {
      begin: async (proxy: TcpProxy) => {
        await proxy.refuse();
        proxy.cut();
      },
      end: (proxy: TcpProxy) => proxy.accept(),
    },
    'hangs without closing': {
      begin: (proxy: TcpProxy) => {
        proxy.stall();
      },
      end: (proxy: TcpProxy) => {
        proxy.flow();
      },
    },
  };

  for (const [how, { begin, end }] of Object.entries(trouble)) {
    it(`is said within two seconds by every screen's call when it ${how}, and all comes back by itself`, async () => {
      const database = await createTestDatabase();
      cleanUp.push(database.drop);
      const proxy = await openTcpProxy(database.url);
      cleanUp.push(() => proxy.close());
      const office = await startOffice({ databaseUrl: proxy.through(database.url) });
      cleanUp.push(office.remove);
      const { api } = office;
      const running = SCREENS.map((screen) => timed(() => api.get(screen)));
      await Promise.all(running);

      await begin(proxy);
      const first = await Promise.all(SCREENS.map((screen) => timed(() => api.get(screen))));
      const later = await Promise.all(SCREENS.map((screen) => timed(() => api.get(screen))));
      for (const { status, ms } of [...first, ...later]) {
        expect(status).toBe(503);
        expect(ms).toBeLessThan(2_000);
      }
      expect((await readiness(office.url)).body).toMatchObject({ checks: { database: { ok: false } } });
      const metrics = await (await fetch(`${office.url}/metrics`)).text();
      expect(metrics).toContain('office_database_up 0');

      await end(proxy);
      await waitFor(async () => (await readiness(office.url)).body.checks.database.ok, { deadlineMs: 5_000 });
      const back = await Promise.all(SCREENS.slice(0, 2).map((screen) => timed(() => api.get(screen))));
      expect(back.map(({ status }) => status)).toEqual([200, 200]);
    });
  }

  it('that is slow is not away: nearly a second a query is waited for', async () => {
    const database = await createTestDatabase();
    cleanUp.push(database.drop);
    const proxy = await openTcpProxy(database.url);
    cleanUp.push(() => proxy.close());
    const office = await startOffice({ databaseUrl: proxy.through(database.url) });
    cleanUp.push(office.remove);
    proxy.slow(400);
    for (let round = 0; round < 3; round += 1) {
      expect((await timed(() => office.api.get('/api/session'))).status).toBe(200);
      expect((await readiness(office.url)).body.checks.database.ok).toBe(true);
    }
    proxy.slow(0);
  });
});

describe('the metrics', () => {
  it('tell of the process and of what it needs, without a session and without the database', async () => {
    const office = await startOffice();
    cleanUp.push(office.remove);
    const response = await fetch(`${office.url}/metrics`);
    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    const text = await response.text();
    for (const name of [
      'office_event_loop_delay_seconds{quantile="0.99"}',
      'office_database_up',
      'office_database_connections_used{pool="asked"}',
      'office_broker_up{connection="intake"}',
      'office_intake_storing',
      'process_resident_memory_bytes',
    ]) {
      expect(text).toMatch(new RegExp(`^${name.replace(/[{}.]/g, '\\$&')} [\\d.e-]+$`, 'm'));
    }
  });
});
