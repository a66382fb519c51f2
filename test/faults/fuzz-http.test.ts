import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { z } from 'zod';

import { createSession } from '../../server/access/sessions-store.ts';
import { may, PERMISSIONS, ROLES, type Permission } from '../../server/contract/access.ts';
import { idColumn } from '../../server/database/columns.ts';
import { connectDatabase, type Database } from '../../server/database/connect.ts';
import { openDeadQueue, type TestDeadQueue } from '../support/dead-queue.ts';
import { FuzzRandom, fuzzSeed } from '../support/fuzz-random.ts';
import { FuzzRequests, type FuzzRequest, type OpenApi } from '../support/fuzz-requests.ts';
import { deskOf } from '../support/office-desk.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { signInAs } from '../support/sign-in.ts';

/** How many requests; `npm run fuzz` makes it 20 000. */
const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 1500);
const AT_ONCE = 8;
/** An answer takes this long at most, in ms: on a machine with other work. */
const ANSWER_WITHIN_MS = 15_000;
const MESSAGES = 12;
const UNNAMED = 5_000_000;

let office: TestOffice;
let dead: TestDeadQueue;
let database: Database;
let requests: FuzzRequests;
/** Who asks: all routes have their turn with each of them. */
const WHO = ['lead', 'operator', 'viewer', 'elsewhere', 'nobody'] as const;
type Who = 'admin' | (typeof WHO)[number];
/** In each body; nobody who is limited to other dead queues may ever be answered with it. */
const MARKER = 'only-for-those-who-see-it';
const cookies = new Map<Who, string>();
/** For those who sign out. */
let leaving = '';
/** Tables that requests of administrators change, as they were: so that later requests find everybody there. */
const kept = new Map<string, Record<string, unknown>[]>();

function whoOf(round: number): Who {
  // Every other round is an administrator's: they get furthest.
  return round % 2 === 0 ? 'admin' : (WHO[((round - 1) / 2) % WHO.length] ?? 'nobody');
}

async function signIn(username: string): Promise<string> {
  const user: unknown = await database('users').where({ username }).first('id');
  const { id } = z.object({ id: idColumn }).parse(user);
  const token = await database.transaction((transaction) =>
    createSession(
      transaction,
      id,
      { address: null, userAgent: null },
      { idleMs: 24 * 3_600_000, longestMs: 24 * 3_600_000 },
    ),
  );
  await unname('sessions');
  return `dead_letter_office_session=${token}`;
}

/** Puts rows under ids that no request names: what is asked for would change or end them. */
async function unname(table: 'users' | 'sessions'): Promise<void> {
  await database(table)
    .where('id', '<', UNNAMED)
    .update({ id: database.raw('id + ?', [UNNAMED]) });
}

async function signInEverybody(): Promise<void> {
  for (const who of ['admin', ...WHO] as const) cookies.set(who, who === 'nobody' ? '' : await signIn(`the ${who}`));
  leaving = await signIn('the admin');
}

beforeAll(async () => {
  dead = await openDeadQueue();
  office = await startOffice({ deadQueues: [dead.name] });
  database = connectDatabase({ url: office.databaseUrl, poolSize: 2 });
  for (let number = 0; number < MESSAGES; number += 1) {
    await dead.bury({ body: JSON.stringify({ orderId: `ORD-${number}`, note: MARKER }), headers: { number } });
  }
  const messages = await deskOf(office).failed(dead.name, MESSAGES);
  await deskOf(office).resend(messages.slice(0, 2).map(({ id }) => id));
  for (const role of ROLES) await signInAs(office, database, { username: `the ${role}`, role });
  await signInAs(office, database, { username: 'the elsewhere', role: 'lead', scope: ['elsewhere.*'] });
  await unname('users');
  for (const table of ['users', 'masking_rules'])
    kept.set(table, await database(table).select<Record<string, unknown>[]>('*'));
  await signInEverybody();
  const document = (await office.api.get('/api/openapi.json').expect(200)).body as OpenApi;
  requests = new FuzzRequests({
    document,
    ids: ['1', '2', '999999999', ...messages.map(({ id }) => id)],
    orderIds: ['ORD-1', 'ORD-2', 'ORD-unknown'],
    names: [dead.name, 'pending', 'deleted', 'name', 'orderId:ORD-1', 'a reason'],
    cookie: (round, method, path) =>
      method === 'DELETE' && path === '/api/session' ? leaving : (cookies.get(whoOf(round)) ?? ''),
  });
}, 120_000);

afterAll(async () => {
  await database.destroy();
  await office.remove();
  await dead.remove();
});

interface Answer {
  status: number;
  contentType: string;
  body: Buffer;
}

/** Sends it as it is and reads the answer; of a stream only its head. */
function send(agent: Agent, { method, target, headers, body }: FuzzRequest): Promise<Answer> {
  const { hostname, port } = new URL(office.url);
  return new Promise((resolve, reject) => {
    const flat = headers.flat();
    if (body.length > 0) flat.push('Content-Length', String(body.length));
    const outgoing = httpRequest(
      { hostname, port, method, path: target, headers: [...flat, 'Host', `${hostname}:${port}`], agent },
      (incoming: IncomingMessage) => {
        const contentType = incoming.headers['content-type'] ?? '';
        const status = incoming.statusCode ?? 0;
        if (contentType.startsWith('text/event-stream')) {
          incoming.destroy();
          resolve({ status, contentType, body: Buffer.alloc(0) });
          return;
        }
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () => {
          resolve({ status, contentType, body: Buffer.concat(chunks) });
        });
        incoming.on('error', reject);
      },
    );
    outgoing.setTimeout(ANSWER_WITHIN_MS, () => {
      outgoing.destroy(new Error(`No answer within ${ANSWER_WITHIN_MS} ms`));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function isAllowed(who: Who, permission: string): boolean {
  if (permission === 'public') return true;
  if (who === 'nobody') return false;
  const known = Object.keys(PERMISSIONS).find((one): one is Permission => one === permission);
  if (known === undefined) return permission === 'signedIn';
  return who === 'elsewhere' ? may({ role: 'lead', scope: [] }, known) : may({ role: who, scope: null }, known);
}

/** What is wrong with an answer, or null. */
function complaint(request: FuzzRequest, { status, contentType, body }: Answer): string | null {
  const { method, target, permission } = request;
  const who = whoOf(request.round);
  if (status < 400 && permission !== null && !isAllowed(who, permission)) return `answered ${status} to ${who}`;
  if ((who === 'elsewhere' || who === 'nobody') && body.includes(MARKER)) return `told ${who} of a message`;
  if (status >= 500) return `answered ${status}: ${body.toString('utf8', 0, 300)}`;
  if (status < 200) return `answered ${status}`;
  if (status >= 400 && method !== 'HEAD' && target.startsWith('/api/') && status !== 431 && status !== 414) {
    if (!contentType.startsWith('application/problem+json')) return `answered ${status} as ${contentType}`;
    const { code } = JSON.parse(body.toString('utf8')) as { code?: unknown };
    if (typeof code !== 'string') return `answered ${status} without a code`;
  }
  return null;
}

/** Of one request, short enough to read and enough to see. */
function summaryOf({ method, target, headers, body }: FuzzRequest): string {
  const shown = headers.filter(([name]) => name !== 'Cookie').map(([name, value]) => `${name}: ${value.slice(0, 80)}`);
  return `${method} ${target.slice(0, 300)} [${shown.join(', ')}] ${body.toString('utf8', 0, 300)} (${body.length} bytes)`;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes that JavaScript holds after everything else has been let go. */
function heldBytes(): number {
  for (let times = 0; times < 3; times += 1) collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** What generated requests leave: dead queues to watch, and settings that would change what later ones do. */
async function tidy(): Promise<void> {
  await database('dead_queues')
    .whereNot('name', Buffer.from(dead.name))
    .update({
      watched: 0,
      removed_at: database.raw('UTC_TIMESTAMP(3)'),
    });
  await database('settings').delete();
  for (const [table, rows] of kept) {
    await database(table).delete();
    await database(table).insert(rows);
  }
  await database('sessions').delete();
  await signInEverybody();
}

it(
  `answers ${REQUESTS} generated requests over every route, of everybody, without a fault of its own, tells nobody what is not theirs, and holds no more memory after`,
  async () => {
    const seed = fuzzSeed();
    process.stdout.write(`HTTP fuzz: seed ${seed} (FUZZ_SEED repeats it), ${REQUESTS} requests\n`);
    const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
    const wrong: string[] = [];
    const tally = new Map<number, number>();
    const reached = new Set<string>();
    let slowest = 0;

    const one = async (number: number): Promise<void> => {
      const request = requests.make(new FuzzRandom(seed + number * 7919), number);
      const started = performance.now();
      try {
        const answer = await send(agent, request);
        tally.set(answer.status, (tally.get(answer.status) ?? 0) + 1);
        if (answer.status < 300) reached.add(request.route);
        const said = complaint(request, answer);
        if (said !== null) wrong.push(`#${number} ${summaryOf(request)}\n   ${said}`);
        if (request.method === 'DELETE' && answer.status === 204) leaving = await signIn('the admin');
      } catch (error) {
        wrong.push(`#${number} ${summaryOf(request)}\n   ${String(error)}`);
      }
      slowest = Math.max(slowest, performance.now() - started);
    };

    let next = 0;
    const upTo = async (end: number): Promise<void> => {
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          while (next < end && wrong.length < 10) await one(next++);
        }),
      );
      await tidy();
    };
    // Half of it warms up: what is compiled and cached once is no growth.
    const early = Math.floor(REQUESTS / 2);
    for (let end = Math.min(500, early); end < early; end += 500) await upTo(end);
    await upTo(early);
    const before = heldBytes();
    for (let end = early + 500; end < REQUESTS; end += 500) await upTo(end);
    await upTo(REQUESTS);
    const after = heldBytes();
    agent.destroy();

    const megabytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
    process.stdout.write(
      `HTTP fuzz: ${[...tally]
        .sort(([a], [b]) => a - b)
        .map(([status, count]) => `${status}: ${count}`)
        .join(', ')}; slowest ${Math.round(slowest)} ms; held ${megabytes(before)} → ${megabytes(after)} MiB\n`,
    );
    expect(wrong).toEqual([]);
    // Not only refusals: the requests reach what lies behind the checks.
    expect([...reached].length).toBeGreaterThan(requests.routes.length / 3);
    expect(after).toBeLessThan(before * 1.15 + 10 * 2 ** 20);
    await office.api.get('/health/ready').expect(200);
    await database('sessions').delete();
  },
  30_000 + REQUESTS * 60,
);

const NOT_HTTP = [
  'GARBAGE\r\n\r\n',
  'GET /api/messages HTTP/9.9\r\nHost: x\r\n\r\n',
  'GET /api/messages\r\n\r\n',
  'GET /api/messages HTTP/1.1\r\n\r\n',
  'GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n',
  `GET /${'a'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  `GET /api/messages HTTP/1.1\r\nHost: x\r\n${'X-A: b\r\n'.repeat(5000)}\r\n`,
  'POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
  'POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef',
  'POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'POST /api/session HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n',
  'POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"a":',
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
];

it('survives what is no HTTP, and requests that end in the middle', async () => {
  const { hostname, port } = new URL(office.url);
  for (const text of NOT_HTTP) {
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname);
      let said = '';
      socket.on('data', (chunk) => (said += chunk.toString('latin1')));
      socket.on('close', () => {
        resolve(said);
      });
      // A reset is an answer, too.
      socket.on('error', () => {
        resolve(said);
      });
      socket.setTimeout(ANSWER_WITHIN_MS, () => {
        reject(new Error(`The office keeps a connection open that said ${JSON.stringify(text.slice(0, 60))}`));
      });
      socket.end(Buffer.from(text, 'latin1'));
    });
    expect(answer).not.toMatch(/^HTTP\/1\.1 5/);
  }
  await office.api.get('/health/ready').expect(200);
});
