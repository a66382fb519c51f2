import { spawn } from 'node:child_process';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { connectDatabase, type Database } from '../../../server/database/connect.ts';
import { registerInstance } from '../../../server/database/instance.ts';
import { ensureInstallation, makeResendMark, readResendMark } from '../../../server/messages/resend-mark.ts';
import { readOperation } from '../../../server/operations/operation-queries.ts';
import { planOperation } from '../../../server/operations/planner.ts';
import { DEFAULT_SETTINGS } from '../../../server/settings/settings-store.ts';
import { countRestored, InstancesAliveError, markRestored } from '../../../server/restore/mark-restored.ts';
import { copyDatabase } from '../../support/copy-database.ts';
import { openDeadQueue } from '../../support/dead-queue.ts';
import { openIntakeBench } from '../../support/intake.ts';
import { openRawPeer } from '../../support/raw-peer.ts';
import { ACTOR, openOperationDesk, type OperationDesk } from '../../support/operations.ts';
import { createTestDatabase, waitFor, type TestDatabase } from '../../support/services.ts';
import { silentLogger } from '../../support/wire.ts';

let desk: OperationDesk;
/** What the restored database is. */
let copy: TestDatabase;
let restored: Database;

beforeEach(async () => {
  desk = await openOperationDesk();
  copy = await createTestDatabase();
  restored = connectDatabase({ url: copy.url, poolSize: 4 });
});

afterEach(async () => {
  await restored.destroy();
  await copy.drop();
  await desk.close();
});

async function statusesOf(database: Database, ids: readonly string[]): Promise<string[]> {
  return await database('failed_messages').whereIn('id', ids).orderBy('id').pluck<string[]>('status');
}

/** Runs the command as an operator does, on the restored database. */
async function command(...args: string[]): Promise<{ code: number | null; output: string }> {
  const entry = path.resolve(import.meta.dirname, '../../../server/restored.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', entry, ...args], {
    env: { PATH: process.env['PATH'], DATABASE_URL: copy.url },
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('exit', resolve));
  return { code, output };
}

describe('A database that was restored from a backup', () => {
  it('calls unknown what was waiting or being sent, and stops what had not ended; the sums still hold', async () => {
    const ids = await desk.seed([{}, {}, {}, {}, { status: 'handled' }, { status: 'deleted' }, { status: 'resent' }]);
    const [one = '', two = '', three = '', four = ''] = ids;
    const resend = await desk.plan({ action: 'resend', selection: { ids: [one, two] } });
    const removal = await desk.plan({ action: 'delete', selection: { ids: [three] } });
    // In the middle of it: one is being published when the backup is made.
    await desk.database('operation_items').where({ message_id: one }).update({ state: 'publishing' });
    await desk.database('failed_messages').where({ id: one }).update({ status: 'resending', version: 2 });
    await desk.database('sessions').insert({
      token_hash: Buffer.alloc(32, 1),
      user_id: 1,
      created_at: new Date(),
      last_seen_at: new Date(),
      expires_at: new Date(Date.now() + 3_600_000),
    });
    await copyDatabase(desk.database, restored);

    expect(await countRestored(restored)).toEqual({ messages: 4, operations: 2, epoch: 1 });
    expect(await statusesOf(restored, [one, four])).toEqual(['resending', 'pending']);
    expect(await markRestored(restored)).toEqual({ messages: 4, operations: 2, epoch: 2 });

    expect(await statusesOf(restored, ids)).toEqual([
      ...['unknown', 'unknown', 'unknown', 'unknown'],
      ...['handled', 'deleted', 'resent'],
    ]);
    const operations = await restored('operations').whereIn('id', [resend.id, removal.id]).orderBy('id');
    expect(operations).toMatchObject([
      { status: 'stopped', total: '2', unknown: '2', skipped: '0', lease_token: null },
      { status: 'stopped', total: '1', unknown: '0', skipped: '1', lease_token: null },
    ]);
    for (const operation of operations as { stopped_because: string; finished_at: Date | null }[]) {
      expect(JSON.parse(operation.stopped_because)).toEqual({ code: 'restored', params: {} });
      expect(operation.finished_at).not.toBeNull();
    }
    const items = await restored('operation_items').orderBy(['operation_id', 'message_id']);
    expect(items).toMatchObject([
      { state: 'done', outcome: 'unknown', error_code: 'item.restored' },
      { state: 'done', outcome: 'unknown', error_code: 'item.restored' },
      { state: 'done', outcome: 'skipped', error_code: 'item.restored' },
    ]);
    const events = await restored('audit_events')
      .whereIn('kind', ['message.restored', 'installation.restored'])
      .orderByRaw('message_id IS NULL, message_id');
    expect(events.map((event: { kind: string; message_id: string | null }) => [event.kind, event.message_id])).toEqual([
      ...[one, two, three, four].map((id) => ['message.restored', id]),
      ['installation.restored', null],
    ]);
    expect(await restored('sessions')).toEqual([]);
  });

  it('gives no id again that was given since the backup, and tells old marks from new ones', async () => {
    const [id = ''] = await desk.seed([{}]);
    const before = await ensureInstallation(desk.database);
    await copyDatabase(desk.database, restored);
    const [after = ''] = await desk.seed([{}]);
    await markRestored(restored);
    const installation = await ensureInstallation(restored);
    expect(readResendMark(installation, makeResendMark(before, id, 3))).toMatchObject({ currentEpoch: false });
    const [next] = await restored('id_sequences').where({ name: 'arrivals' }).pluck<string[]>('next_id');
    expect(BigInt(next ?? 0)).toBeGreaterThan(BigInt(after) + 1_000_000n);
  });

  it('can be marked again, also after it broke off: nothing more happens to messages', async () => {
    const ids = await desk.seed([{}, {}]);
    await copyDatabase(desk.database, restored);
    await markRestored(restored);
    const first = await restored('failed_messages').orderBy('id').select('id', 'status', 'version');
    expect(await markRestored(restored)).toEqual({ messages: 0, operations: 0, epoch: 3 });
    expect(await restored('failed_messages').orderBy('id').select('id', 'status', 'version')).toEqual(first);
    expect(await statusesOf(restored, ids)).toEqual(['unknown', 'unknown']);
  });

  it('sends nothing by itself when the office runs on it again', async () => {
    const dead = await openDeadQueue();
    const worker = await dead.destination();
    try {
      const ids = await desk.seed([
        { exchange: worker.exchange, routingKey: worker.routingKey, queue: worker.queue },
        { exchange: worker.exchange, routingKey: worker.routingKey, queue: worker.queue },
      ]);
      const [, second = ''] = ids;
      const { id } = await desk.plan({ action: 'resend', selection: { ids } });
      await copyDatabase(desk.database, restored);
      await markRestored(restored);
      const instance = desk.instance({ databaseUrl: copy.url });
      // Older operations have their turn first: once this one has ended, the other had every chance.
      const again = await planOperation(
        restored,
        {
          request: { action: 'resend', selection: { ids: [second] } },
          actor: ACTOR,
          requestId: 'test',
          idempotencyKey: null,
        },
        DEFAULT_SETTINGS,
      );
      instance.runner.nudge();
      await waitFor(async () => (await readOperation(restored, again.id, null)).status === 'finished', {
        describe: 'what somebody sent anew',
      });
      expect(await statusesOf(restored, ids)).toEqual(['unknown', 'resent']);
      expect(worker.arrived).toHaveLength(1);
      const [operation] = (await restored('operations').where({ id })) as unknown[];
      expect(operation).toMatchObject({ status: 'stopped', unknown: '2' });
      await instance.stop();
    } finally {
      await dead.remove();
    }
  });

  it('is left alone while an instance of the office runs on it', async () => {
    const ids = await desk.seed([{}]);
    await copyDatabase(desk.database, restored);
    const instance = await registerInstance({ database: restored, logger: silentLogger });
    try {
      await expect(markRestored(restored)).rejects.toThrow(InstancesAliveError);
      expect(await statusesOf(restored, ids)).toEqual(['pending']);
      const { code, output } = await command('--yes');
      expect([code, output]).toEqual([1, expect.stringContaining(`process ${process.pid}`)]);
    } finally {
      await instance.stop();
    }
  });

  it('is asked about first: the command changes nothing without --yes', async () => {
    const ids = await desk.seed([{}, {}]);
    await copyDatabase(desk.database, restored);
    const asked = await command();
    expect([asked.code, asked.output]).toEqual([0, expect.stringContaining('2 pending or resending messages')]);
    expect(await statusesOf(restored, ids)).toEqual(['pending', 'pending']);
    const done = await command('--yes');
    expect([done.code, done.output]).toEqual([0, expect.stringContaining('2 messages are unknown now')]);
    expect(await statusesOf(restored, ids)).toEqual(['unknown', 'unknown']);
    expect((await command('--force')).code).toBe(2);
  });
});

describe('Taking in after a restore', () => {
  it('loses no twin to what the backup knows, and marks what may be the same', async () => {
    const bench = await openIntakeBench();
    const dead = await openDeadQueue();
    try {
      const twin = { body: '{"orderId":"ORD-TWIN"}' };
      await dead.bury(twin);
      const before = await bench.start({ deadQueues: [dead.name] });
      await bench.messages(1);
      await before.kill();
      await copyDatabase(bench.database, restored);
      // Its ack had not been processed, as far as the backup knows; the queue may hold it, or a twin of it, or both.
      await restored('intake_batches').update({ state: 'lost' });
      await restored('instances').update({ stopped_at: new Date() });
      await dead.bury(twin);
      const holder = await openRawPeer();
      expect(await holder.get(dead.name, { ack: true })).not.toBeNull();
      await holder.close();
      await markRestored(restored);

      const after = await bench.start({ deadQueues: [dead.name], databaseUrl: copy.url });
      const stored = await waitFor(
        async () => {
          const rows = await restored('failed_messages').orderBy('id').select('id', 'possible_duplicate_of');
          return rows.length >= 2 ? rows : null;
        },
        { describe: 'what was in the queue is taken in' },
      );
      await after.stop();
      const [known, ...others] = stored as { id: string; possible_duplicate_of: string | null }[];
      expect(others.length).toBeGreaterThan(0);
      expect(others[0]?.possible_duplicate_of).toBe(known?.id);
    } finally {
      await bench.remove();
      await dead.remove();
    }
  });
});
