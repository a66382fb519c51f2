import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { pino, type Logger } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { recordAuditEvent, type NewAuditEvent } from '../../../server/audit/audit-store.ts';
import { Sealing, type SealingOptions } from '../../../server/audit/sealing.ts';
import { newestSeal } from '../../../server/audit/seal-store.ts';
import { streamTarget } from '../../../server/audit/stream-target.ts';
import { AuditStreaming } from '../../../server/audit/streaming.ts';
import { connectDatabase, type Database, type Transaction } from '../../../server/database/connect.ts';
import { migrate } from '../../../server/database/migrate.ts';
import { verifyRecord, type GivenSeal } from '../../../server/verify/verify-record.ts';
import { createTestDatabase, waitFor, type TestDatabase } from '../../support/services.ts';
import { silentLogger } from '../../support/wire.ts';

const KEY = { id: '1', key: randomBytes(32) };
const KEY_TEXT = KEY.key.toString('base64');

let place: TestDatabase;
let database: Database;
let folder: string;
const sealers: Sealing[] = [];

beforeAll(async () => {
  place = await createTestDatabase();
  database = connectDatabase({ url: place.url });
  await migrate(database);
  folder = await mkdtemp(path.join(tmpdir(), 'office-audit-'));
});
beforeEach(async () => {
  for (const table of ['audit_seals', 'audit_events', 'audit_stream_positions', 'leases']) {
    await database(table).truncate();
  }
});
afterEach(async () => {
  await Promise.all(sealers.splice(0).map((one) => one.stop()));
});
afterAll(async () => {
  await database.destroy();
  await place.drop();
  await rm(folder, { recursive: true, force: true });
});

function seal(options: Partial<SealingOptions> = {}): Sealing {
  const one = new Sealing({ database, instanceId: '1', key: KEY, logger: silentLogger, everyMs: 50, ...options });
  sealers.push(one);
  return one;
}

async function act(where: Database | Transaction = database, event: Partial<NewAuditEvent<'session.created'>> = {}) {
  await recordAuditEvent(where, {
    actor: { userId: '1', username: 'kim', address: '10.0.0.7' },
    kind: 'session.created',
    ...event,
  });
}

const sealedIds = async () => (await database('audit_seals').orderBy('seq').pluck<string[]>('event_id')).map(String);
const newest = async (): Promise<GivenSeal> => {
  const seal = await newestSeal(database);
  return { seq: seal?.seq ?? '', hmac: seal?.hmac.toString('hex') ?? '' };
};

/** What verifying finds wrong. */
async function faults(given: GivenSeal[] = [], keys = [KEY]): Promise<string[]> {
  const found: string[] = [];
  await verifyRecord(database, {
    keys,
    given,
    onFinding: ({ fault, text }) => {
      if (fault) found.push(text);
    },
    sealedWithinMs: 500,
  });
  return found;
}

async function sealAll(count: number): Promise<void> {
  for (let one = 1; one <= count; one += 1) await act(database, { requestId: `request ${one}` });
  const sealing = seal();
  await waitFor(async () => (await sealedIds()).length === count, { describe: 'all to be sealed' });
  await sealing.stop();
}

describe('Sealing', () => {
  it('seals each event within two seconds after it became visible, in that order', async () => {
    seal();
    await act();
    await waitFor(async () => (await sealedIds()).length === 1, { deadlineMs: 2_000 });
    const slow = await database.transaction();
    await act(slow);
    await act();
    await waitFor(async () => (await sealedIds()).length === 2, { deadlineMs: 2_000 });
    await slow.commit();
    await waitFor(async () => (await sealedIds()).length === 3, { deadlineMs: 2_000 });
    expect(await sealedIds()).toEqual(['1', '3', '2']);
    expect(await faults()).toEqual([]);
  });

  it('misses no event that became visible later than anybody looks back', async () => {
    seal({ lookBack: 2n, sweepEveryMs: 100 });
    const slow = await database.transaction();
    await act(slow);
    for (let one = 0; one < 10; one += 1) await act();
    await waitFor(async () => (await sealedIds()).length === 10);
    await slow.commit();
    await waitFor(async () => (await sealedIds()).at(-1) === '1', { deadlineMs: 2_000 });
    expect(await faults()).toEqual([]);
  });

  it('seals what was there before, and says from when on it can be trusted', async () => {
    for (let one = 0; one < 5; one += 1) await act();
    await database('audit_events').where('id', '<', 4).update({ at: '2026-01-01 00:00:00.000' });
    const notes: string[] = [];
    seal();
    await waitFor(async () => (await sealedIds()).length === 5);
    await verifyRecord(database, { keys: [KEY], given: [], onFinding: ({ text }) => notes.push(text) });
    expect(notes).toEqual([expect.stringMatching(/^3 events, the first of them 1, .*2026-01-01T00:00:00.000Z/)]);
  });

  it('writes the newest seal into the log, at the latest when it stops', async () => {
    const lines: { seal?: string }[] = [];
    const logger: Logger = pino({ level: 'info' }, { write: (line) => void lines.push(JSON.parse(line) as object) });
    await act();
    const sealing = seal({ logger });
    await waitFor(async () => (await sealedIds()).length === 1);
    await act();
    await sealing.stop();
    const { seq, hmac } = await newest();
    expect(lines.at(-1)?.seal).toBe(`${seq}:${hmac}`);
    expect(seq).toBe('2');
  });

  it('keeps the chain one and whole while its lease goes to and fro, and processes are killed', async () => {
    const program = fileURLToPath(new URL('../../support/sealing-process-main.ts', import.meta.url));
    const start = async (id: string) => {
      const child = spawn(process.execPath, ['--import', 'tsx', program, place.url, id, KEY_TEXT], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      return child;
    };
    const end = async (child: ChildProcess, signal: NodeJS.Signals) => {
      child.kill(signal);
      await once(child, 'exit');
    };
    let [one, two] = await Promise.all([start('1'), start('2')]);
    let written = 0;
    for (let turn = 0; turn < 40; turn += 1) {
      await Promise.all(Array.from({ length: 5 }, () => act()));
      written += 5;
      // As if the holder had slept past its lease.
      if (turn % 3 === 0) await database('leases').update({ instance_id: (turn % 2) + 1 });
      if (turn === 10) {
        await end(one, 'SIGKILL');
        one = await start('3');
      }
      if (turn === 25) {
        await end(two, 'SIGKILL');
        two = await start('4');
      }
    }
    await waitFor(async () => (await sealedIds()).length === written, { describe: 'all to be sealed' });
    await Promise.all([end(one, 'SIGKILL'), end(two, 'SIGKILL')]);
    expect(await faults()).toEqual([]);
  });
});

describe('Verifying', () => {
  const CASES: [string, () => Promise<unknown>, RegExp[]][] = [
    [
      'a changed event',
      () => database('audit_events').where('id', 3).update({ actor_name: 'lee' }),
      [/^Event 3 was changed .*seal 3\)/],
    ],
    [
      'a changed time',
      () => database('audit_events').where('id', 3).update({ at: new Date() }),
      [/^Event 3 was changed/],
    ],
    [
      'a value put where there was none',
      () => database('audit_events').where('id', 2).update({ subject: '' }),
      [/^Event 2 was changed/],
    ],
    [
      'an event removed in the middle',
      () => database('audit_events').where('id', 3).delete(),
      [/^Event 3 was removed: its seal 3/],
    ],
    [
      'the last event removed, its seal left',
      () => database('audit_events').where('id', 6).delete(),
      [/^Event 6 was removed/],
    ],
    [
      'the last event changed',
      () => database('audit_events').where('id', 6).update({ actor_name: 'lee' }),
      [/^Event 6 or its seal 6/],
    ],
    [
      'an event removed with its seal in the middle',
      async () => {
        await database('audit_events').where('id', 3).delete();
        await database('audit_seals').where('seq', 3).delete();
      },
      [/^Seal 3 was removed/],
    ],
    [
      'a seal removed',
      () => database('audit_seals').where('seq', 3).delete(),
      [/^Seal 3 was removed/, /^Events without a seal: 3\./],
    ],
    [
      'a forged seal',
      () =>
        database('audit_seals')
          .where('seq', 3)
          .update({ hmac: Buffer.alloc(32, 7) }),
      [/^Seal 3 was changed or forged/],
    ],
    [
      'two events that changed places',
      async () => {
        await database('audit_events').where('id', 3).update({ id: 99 });
        await database('audit_events').where('id', 4).update({ id: 3 });
        await database('audit_events').where('id', 99).update({ id: 4 });
      },
      [/^Event 3 or its seal/, /^Event 4 was changed/],
    ],
    [
      'two seals that changed places',
      async () => {
        await database('audit_seals').where('seq', 3).update({ event_id: 99 });
        await database('audit_seals').where('seq', 4).update({ event_id: 3 });
        await database('audit_seals').where('seq', 99).update({ event_id: 4 });
        await database('audit_seals').where('event_id', 99).update({ event_id: 4 });
      },
      [/^Event 4 or its seal/, /^Event 3 was changed/],
    ],
    ['an event written in', () => act(), [/^Events without a seal: 7\./]],
    [
      'an event written in with a seal',
      async () => {
        await act();
        await database('audit_seals').insert({
          seq: 7,
          event_id: 7,
          key_id: '1',
          at: new Date(),
          hmac: randomBytes(32),
        });
      },
      [/^Event 7 or its seal 7/],
    ],
  ];

  it.each(CASES)('finds %s', async (_what, tamper, expected) => {
    await sealAll(6);
    expect(await faults([await newest()])).toEqual([]);
    await tamper();
    expect(await faults()).toEqual(expected.map((one): unknown => expect.stringMatching(one)));
  });

  it('finds a cut end, and a chain that was made anew, by a seal from the log', async () => {
    await sealAll(6);
    const logged = await newest();
    await database('audit_seals').where('seq', '>', 4).delete();
    await database('audit_events').where('id', '>', 4).delete();
    expect(await faults()).toEqual([]);
    expect(await faults([logged])).toEqual([expect.stringMatching(/^Seal 6, which the log names, is not there/)]);
    await act();
    await act();
    seal();
    await waitFor(async () => (await sealedIds()).length === 6);
    expect(await faults()).toEqual([]);
    expect(await faults([logged])).toEqual([expect.stringMatching(/^Seal 6 is 6:.* the chain was made anew/)]);
  });

  it('says that the key is another one, and takes several', async () => {
    await sealAll(3);
    const other = { id: '1', key: randomBytes(32) };
    expect(await faults([], [other])).toEqual([
      expect.stringMatching(/^None of the 3 seals of key 1 \(1 to 3\) holds/),
    ]);
    const newer = { id: '2027', key: randomBytes(32) };
    expect(await faults([], [newer])).toEqual([expect.stringMatching(/^3 seals were made with the key 1/)]);
    await act();
    seal({ key: newer });
    await waitFor(async () => (await sealedIds()).length === 4);
    expect(await faults([], [newer, KEY])).toEqual([]);
    expect(await database('audit_seals').orderBy('seq').pluck('key_id')).toEqual(['1', '1', '1', '2027']);
  });

  it('is a command that ends with 1, and reads the seals of a log', async () => {
    await sealAll(4);
    const { seq, hmac } = await newest();
    const log = path.join(folder, 'office.log');
    await writeFile(
      log,
      `no JSON\n{"level":30,"seal":"${seq}:${hmac}","msg":"The newest seal of the audit record."}\n`,
    );
    const verify = async (...args: string[]) => {
      const entry = path.resolve(import.meta.dirname, '../../../server/verified.ts');
      const child = spawn(process.execPath, ['--import', 'tsx', entry, ...args], {
        env: { PATH: process.env['PATH'], DATABASE_URL: place.url, AUDIT_SEAL_KEY: KEY_TEXT },
      });
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
      const [code] = (await once(child, 'exit')) as [number | null];
      return { code, output };
    };
    const whole = await verify('--log', log);
    expect(whole.output).toMatch(/4 seals.*1 seals from the log.*The record is whole/s);
    expect(whole.code).toBe(0);
    await database('audit_seals').where('seq', 4).delete();
    await database('audit_events').where('id', 4).delete();
    const cut = await verify('--log', log, '--seal', `1:${'0'.repeat(64)}`);
    expect(cut.output).toMatch(/✗ Seal 1 is 1:.*✗ Seal 4, which.*2 things do not hold/s);
    expect(cut.code).toBe(1);
  });
});

describe('The stream of audit events', () => {
  it('has each event as one line, goes on after a rotation, and waits for a disk that takes nothing', async () => {
    const file = path.join(folder, 'audit.ndjson');
    const streaming = (target: string) =>
      new AuditStreaming({
        database,
        instanceId: '1',
        target: streamTarget({ kind: 'file', path: target }),
        logger: silentLogger,
        everyMs: 20,
      });
    const lines = async (name = file) => (await readFile(name, 'utf8')).split('\n').slice(0, -1);
    seal();
    await act(database, { subject: 'one\nline\u2028 \u202e{"type":"audit"}' });
    // No such folder: it takes nothing.
    const failing = streaming(path.join(folder, 'none', 'audit.ndjson'));
    await waitFor(async () => (await sealedIds()).length === 1);
    await failing.stop();
    // As a process leaves it that died while it wrote.
    await writeFile(file, '{"type":"aud');
    const going = streaming(file);
    await waitFor(async () => (await lines()).length === 2);
    expect(JSON.parse((await lines())[1] ?? '')).toMatchObject({
      type: 'audit',
      id: '1',
      kind: 'session.created',
      actor: 'kim',
      address: '10.0.0.7',
      subject: 'one\nline\u2028 \u202e{"type":"audit"}',
      seal: await newest(),
    });
    // eslint-disable-next-line no-control-regex -- that is what must not be there.
    expect((await lines())[1]).not.toMatch(/[\u0000-\u001f\u2028\u202e]/);
    await rename(file, `${file}.1`);
    await act();
    await waitFor(async () => (await lines()).length === 1);
    await going.stop();
    await act();
    await waitFor(async () => (await sealedIds()).length === 3);
    const again = streaming(file);
    await waitFor(async () => (await lines()).length === 2);
    await again.stop();
    expect((await lines()).map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(['2', '3']);
  });
});
