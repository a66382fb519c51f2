import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openConnection, type ClientTls } from '../../server/amqp/connection.ts';
import type { OperationItem, OperationPreview } from '../../server/contract/schemas/operations.ts';
import { connectDatabase, type DatabaseTls } from '../../server/database/connect.ts';
import { brokerUserWith, literal } from '../support/broker-user.ts';
import { createAuthority, type Authority, type Certificate } from '../support/certificates.ts';
import { openDeadQueue, type TestDeadQueue, type TestDestination } from '../support/dead-queue.ts';
import { deskOf } from '../support/office-desk.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { createTestDatabase, testServices, waitFor, type TestDatabase } from '../support/services.ts';
import { openMysqlTlsProxy, openTlsProxy, type TlsProxy } from '../support/tls-proxy.ts';
import { silentLogger } from '../support/wire.ts';

// An office as a bank would run it: TLS on every line, both ends checked, and a broker user who may do next to nothing.

let authority: Authority;
let other: Authority;
let own: Certificate;
let proxies: { amqp: TlsProxy; management: TlsProxy; database: TlsProxy };
let database: TestDatabase;
let dead: TestDeadQueue;
let unreadable: TestDeadQueue;
let work: TestDestination;
let closed: TestDestination;
let office: TestOffice;
const undo: (() => unknown)[] = [];

beforeAll(async () => {
  authority = createAuthority();
  other = createAuthority();
  own = authority.issue(['office']);
  const server = { ...authority.issue(['localhost']), ca: authority.ca };
  const { amqpUrl, databaseUrl, managementUrl } = testServices();
  proxies = {
    amqp: await openTlsProxy(amqpUrl, { ...server, requestCert: true, rejectUnauthorized: true }),
    management: await openTlsProxy(managementUrl, server),
    database: await openMysqlTlsProxy(databaseUrl, server),
  };
  database = await createTestDatabase();
  dead = await openDeadQueue();
  unreadable = await openDeadQueue();
  work = await dead.destination();
  closed = await dead.destination();
  // As docs/security.md has it.
  const url = await brokerUserWith(
    {
      configure: '^$',
      read: `^${literal(dead.name)}$`,
      write: `^(${literal(work.exchange)}|amq\\.default)$`,
      tags: 'management',
    },
    { undo: (step) => void undo.push(step) },
  );
  const management = new URL(proxies.management.through(managementUrl, 'https'));
  [management.username, management.password] = [new URL(url).username, new URL(url).password];
  office = await startOffice({
    deadQueues: [dead.name, unreadable.name],
    amqpUrl: proxies.amqp.through(url, 'amqps'),
    amqpTls: { ca: authority.ca, cert: own.cert, key: own.key },
    managementUrl: management.href,
    databaseUrl: proxies.database.through(database.url),
    databaseTls: { ca: authority.ca, verified: true },
  });
});
afterAll(async () => {
  await office.remove();
  await database.drop();
  await dead.remove();
  await unreadable.remove();
  for (const step of undo) await step();
  await Promise.all(Object.values(proxies).map((proxy) => proxy.close()));
  authority.remove();
  other.remove();
});

const bury = (orderId: string, to: TestDestination) =>
  dead.bury({
    body: orderId,
    headers: {
      'order-id': orderId,
      'x-failure-exchange': to.exchange,
      'x-failure-routing-key': to.routingKey,
      'x-failure-queue': to.queue,
    },
  });

describe('An office with TLS on every line and a broker user who may do next to nothing', () => {
  it('takes in, looks ahead, and resends to the exchange and to the queue', async () => {
    await bury('ORD-1', work);
    const [message] = await deskOf(office).failed(dead.name, 1);
    const selection = { ids: [message?.id ?? ''] };
    const preview = await office.api.post('/api/operations/preview').send({ action: 'resend', selection }).expect(200);
    expect((preview.body as OperationPreview).targets).toMatchObject([
      { exchange: work.exchange, queues: [work.queue] },
    ]);
    expect((await deskOf(office).resend(selection.ids)).outcomes.confirmed).toBe(1);
    await bury('ORD-2', work);
    const second = (await deskOf(office).failed(dead.name, 2))[1];
    const byQueue = await deskOf(office).resend([second?.id ?? ''], { target: { kind: 'queue' } });
    expect(byQueue.outcomes.confirmed).toBe(1);
    await waitFor(() => work.arrived.length === 2, { describe: 'both are with the worker' });
    expect((await deskOf(office).deadQueue(dead.name)).state).toBe('consuming');
  });

  it('says what it may not do: resend there, watch that one', async () => {
    await bury('ORD-3', closed);
    const third = (await deskOf(office).failed(dead.name, 3))[2];
    const operation = await deskOf(office).resend([third?.id ?? '']);
    expect(operation.outcomes.refused).toBe(1);
    const items = (await office.api.get(`/api/operations/${operation.id}/items`).expect(200)).body as {
      data: OperationItem[];
    };
    expect(items.data[0]?.error?.text).toContain(`exchange '${closed.exchange}' in vhost '/' refused`);
    expect(await deskOf(office).deadQueue(unreadable.name)).toMatchObject({
      state: 'refused',
      lastError: expect.stringContaining(`queue '${unreadable.name}' in vhost '/' refused`) as string,
    });
  });
});

const refusedBy = (error: unknown) => {
  const { message, code } = error as { message: string; code?: string };
  return `${message} ${code ?? ''}`;
};

describe('A server that is not who it should be', () => {
  const WRONG = [
    [
      'of an authority that is not known',
      () => ({ cert: other.issue(['localhost']), says: /self.signed|unable to (get|verify)/i }),
    ],
    ['with another name', () => ({ cert: authority.issue(['elsewhere.example']), says: /altnames|hostname/i })],
    ['whose certificate has run out', () => ({ cert: authority.issue(['localhost'], -1), says: /expired/i })],
  ] as const;

  async function brokerError(tls: ClientTls, url: string): Promise<string> {
    const connection = openConnection({
      url,
      tls,
      name: 'test',
      logger: silentLogger,
      retry: { initialMs: 10_000, maxMs: 10_000 },
    });
    try {
      return await waitFor(() => connection.state.lastError, { describe: 'the refusal' });
    } finally {
      await connection.close();
    }
  }

  async function askDatabase(tls: DatabaseTls, url: string): Promise<string> {
    const asked = connectDatabase({ url, tls, poolSize: 1, waitMs: 3_000 });
    try {
      await asked.raw('SELECT 1');
      return 'it answered';
    } catch (error) {
      return refusedBy(error);
    } finally {
      await asked.destroy();
    }
  }

  it.each(WRONG)('%s is refused, as broker and as database, and no password is said', async (_what, make) => {
    const { cert, says } = make();
    const { amqpUrl, databaseUrl } = testServices();
    const [amqp, sql] = [await openTlsProxy(amqpUrl, cert), await openMysqlTlsProxy(databaseUrl, cert)];
    try {
      const tls = { ca: authority.ca };
      const told = [
        await brokerError(tls, amqp.through(amqpUrl, 'amqps')),
        await askDatabase({ ...tls, verified: true }, sql.through(databaseUrl)),
      ];
      for (const text of told) {
        expect(text).toMatch(says);
        for (const url of [amqpUrl, databaseUrl]) expect(text).not.toContain(new URL(url).password || 'password');
      }
      // Encrypted, to whomever: that is what `required` is.
      expect(await askDatabase({ verified: false }, sql.through(databaseUrl))).toBe('it answered');
    } finally {
      await amqp.close();
      await sql.close();
    }
  });

  it('does not let us in without our certificate, nor with a wrong password, and neither is said', async () => {
    const { amqpUrl } = testServices();
    expect(await brokerError({ ca: authority.ca }, proxies.amqp.through(amqpUrl, 'amqps'))).not.toBe('');
    const wrong = new URL(amqpUrl);
    wrong.password = 'pass-word-0815';
    const told = await brokerError({}, wrong.href);
    expect(told).toMatch(/ACCESS_REFUSED/);
    expect(told).not.toContain('pass-word-0815');
  });
});
