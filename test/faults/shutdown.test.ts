import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import type { Operation } from '../../server/contract/schemas/operations.ts';
import { connectDatabase, type Database } from '../../server/database/connect.ts';
import { amqplib } from '../../server/amqp/typed-codec.ts';
import { openDeadQueue, type TestDeadQueue, type TestDestination } from '../support/dead-queue.ts';
import { startOfficeProcess, type OfficeProcess } from '../support/office-process.ts';
import { createTestDatabase, testServices, waitFor } from '../support/services.ts';
import { openTcpProxy } from '../support/tcp-proxy.ts';

/** What a stop may take, in ms. */
const STOPS_WITHIN_MS = 10_000;
const BACKLOG = 4_000;
const RESENT = 1_000;
const LOGIN = { username: 'operator', password: 'correct horse battery' };

const cleanUp: (() => unknown)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function startReady(env: Record<string, string>): Promise<OfficeProcess & { at: string }> {
  const office = await startOfficeProcess({
    AMQP_URL: testServices().amqpUrl,
    ADMIN_USERNAME: LOGIN.username,
    ADMIN_PASSWORD: LOGIN.password,
    ...env,
  });
  cleanUp.push(office.remove);
  const at = await waitFor(() => office.url(), { describe: office.output, deadlineMs: 30_000 });
  await waitFor(async () => (await fetch(`${at}/health/ready`)).ok, { describe: office.output, deadlineMs: 30_000 });
  return { ...office, at };
}

/** Signed in: a call of the API as JSON. */
async function signIn(at: string): Promise<<T>(method: string, path: string, body?: unknown) => Promise<T>> {
  const json = { 'content-type': 'application/json' };
  const answer = await fetch(`${at}/api/session`, { method: 'POST', headers: json, body: JSON.stringify(LOGIN) });
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  return async <T>(method: string, path: string, body?: unknown) => {
    const response = await fetch(at + path, {
      method,
      headers: { ...json, cookie },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  };
}

/** Those who keep connections: event streams that are read, one that is not, a request that does not end. */
async function holdConnections(at: string): Promise<void> {
  const { hostname, port } = new URL(at);
  const login = await fetch(`${at}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(LOGIN),
  });
  const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
  for (let client = 0; client < 5; client += 1) {
    await new Promise<void>((resolve) => {
      const stream = httpRequest({ hostname, port, path: '/api/events', headers: { cookie } }, (answer) => {
        if (client > 0) answer.resume();
        else answer.pause();
        answer.on('error', () => undefined);
        resolve();
      });
      stream.on('error', () => undefined);
      stream.end();
      cleanUp.push(() => stream.destroy());
    });
  }
  const slow = connect(Number(port), hostname);
  slow.on('error', () => undefined);
  slow.write(
    'POST /api/session HTTP/1.1\r\nHost: office\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
  );
  cleanUp.push(() => slow.destroy());
}

async function stop(office: OfficeProcess): Promise<{ code: number | null; ms: number }> {
  const started = performance.now();
  office.signal('SIGTERM');
  const code = await office.exit;
  return { code, ms: performance.now() - started };
}

/** Fills the dead queue; each body has its number. */
async function buryMany(dead: TestDeadQueue, worker: TestDestination, from: number, to: number): Promise<void> {
  const connection = await amqplib.connect(testServices().amqpUrl);
  const channel = await connection.createConfirmChannel();
  for (let number = from; number < to; number += 1) {
    channel.sendToQueue(dead.name, Buffer.from(JSON.stringify({ number })), {
      persistent: true,
      headers: {
        'x-failure-reason': 'error',
        'x-failure-exchange': worker.exchange,
        'x-failure-routing-key': worker.routingKey,
        'x-failure-queue': worker.queue,
      },
    });
  }
  await channel.waitForConfirms();
  await connection.close();
}

const countOf = async (database: Database, table: string): Promise<number> => {
  const [row] = await database(table).count<{ n: string }[]>('* AS n');
  return Number(row?.n);
};

describe('A stop by SIGTERM', () => {
  it('under full load takes less than 10 s, leaves nothing half-done, and the next start finishes the rest', async () => {
    const made = await createTestDatabase();
    cleanUp.push(made.drop);
    const database = connectDatabase({ url: made.url, poolSize: 2 });
    cleanUp.push(() => database.destroy());
    const dead = await openDeadQueue();
    cleanUp.push(dead.remove);
    const worker = await dead.destination();
    await buryMany(dead, worker, 0, RESENT);
    const env = { DATABASE_URL: made.url, DEAD_QUEUES: dead.name };
    const first = await startReady(env);
    const call = await signIn(first.at);
    await waitFor(async () => (await countOf(database, 'failed_messages')) === RESENT, { deadlineMs: 60_000 });

    const ids = (await database('failed_messages').pluck('id')).map(String);
    await buryMany(dead, worker, RESENT, RESENT + BACKLOG);
    const { id } = await call<Operation>('POST', '/api/operations', {
      action: 'resend',
      selection: { ids },
      reason: 'the worker is mended',
    });
    await holdConnections(first.at);
    // In the middle of both.
    await waitFor(
      async () => worker.arrived.length > 100 && (await countOf(database, 'failed_messages')) > RESENT + 200,
      { deadlineMs: 60_000, describe: () => `load; ${worker.arrived.length} have arrived` },
    );

    const { code, ms } = await stop(first);
    expect([code, first.output()]).toEqual([0, expect.not.stringContaining('forced')]);
    expect(ms).toBeLessThan(STOPS_WITHIN_MS);
    const open: unknown[] = await database('operation_items').where('state', 'publishing').pluck('message_id');
    expect(open).toEqual([]);
    const [operation] = (await database('operations').where({ id })) as unknown[];
    expect(operation).toMatchObject({ lease_token: null, unknown: '0' });
    const alive: unknown[] = await database('instances').whereNull('stopped_at').pluck('id');
    expect(alive).toEqual([]);

    await startReady(env);
    await waitFor(async () => (await countOf(database, 'deaths')) === RESENT + BACKLOG, {
      deadlineMs: 60_000,
      describe: 'the rest of the backlog',
    });
    await waitFor(
      async () => (await database('operations').where({ id }).whereNotNull('finished_at').pluck('id')).length > 0,
      {
        deadlineMs: 60_000,
        describe: 'the end of the operation',
      },
    );
    const [ended] = (await database('operations').where({ id })) as unknown[];
    expect(ended).toMatchObject({ confirmed: String(RESENT), unknown: '0', failed: '0' });
    const numbers = worker.arrived.map(({ body }) => (JSON.parse(body.toString()) as { number: number }).number);
    expect(new Set(numbers).size).toBe(RESENT);
    expect(numbers).toHaveLength(RESENT);
    expect(await database('failed_messages').whereNotNull('possible_duplicate_of').pluck('id')).toEqual([]);
    expect(await countOf(database, 'deaths')).toBe(RESENT + BACKLOG);
  }, 240_000);

  for (const away of ['the broker', 'the database'] as const) {
    it(`takes less than 10 s when ${away} hangs`, async () => {
      const made = await createTestDatabase();
      cleanUp.push(made.drop);
      const { amqpUrl } = testServices();
      const proxy = await openTcpProxy(away === 'the broker' ? amqpUrl : made.url);
      cleanUp.push(() => proxy.close());
      const dead = await openDeadQueue();
      cleanUp.push(dead.remove);
      const office = await startReady({
        DATABASE_URL: away === 'the database' ? proxy.through(made.url) : made.url,
        AMQP_URL: away === 'the broker' ? proxy.through(amqpUrl) : amqpUrl,
        DEAD_QUEUES: dead.name,
      });
      proxy.stall();
      const { ms } = await stop(office);
      expect(ms).toBeLessThan(STOPS_WITHIN_MS + 500);
    }, 60_000);
  }

  it('is forced by a second signal', async () => {
    const made = await createTestDatabase();
    cleanUp.push(made.drop);
    const proxy = await openTcpProxy(testServices().amqpUrl);
    cleanUp.push(() => proxy.close());
    const office = await startReady({ DATABASE_URL: made.url, AMQP_URL: proxy.through(testServices().amqpUrl) });
    proxy.stall();
    office.signal('SIGTERM');
    await waitFor(() => office.output().includes('A second signal forces'), { describe: office.output });
    const { code, ms } = await stop(office);
    expect(code).toBe(1);
    expect(ms).toBeLessThan(500);
  }, 60_000);
});
