import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { connectDatabase, type Database } from '../../../server/database/connect.ts';
import { registerInstance, type Instance } from '../../../server/database/instance.ts';
import { migrate } from '../../../server/database/migrate.ts';
import { writeWatches } from '../../../server/dead-queues/watch-store.ts';
import { FenceClosing, type ClosingLimits } from '../../../server/intake/fence-closing.ts';
import type { BatchState } from '../../../server/intake/fence-store.ts';
import { Fence } from '../../../server/intake/fence.ts';
import { createTestDatabase, waitFor, type TestDatabase } from '../../support/services.ts';

const DEAD_QUEUE = '7';
let made: TestDatabase;
let database: Database;
let instance: Instance;

beforeEach(async () => {
  made = await createTestDatabase();
  database = connectDatabase({ url: made.url });
  await migrate(database);
  instance = await registerInstance({ database, logger: pino({ level: 'silent' }) });
});
afterEach(async () => {
  await instance.stop();
  await database.destroy();
  await made.drop();
});

async function batch(id: number, state: BatchState, { hoursAgo = 0, messages = 2 } = {}): Promise<void> {
  await database('intake_batches').insert({
    id,
    dead_queue_id: DEAD_QUEUE,
    instance_id: instance.id,
    channel: 'x/1',
    state,
    message_count: messages,
    committed_at: new Date(Date.now() - hoursAgo * 3_600_000),
  });
  for (let message = 0; message < messages; message += 1) {
    await database('recent_arrivals').insert({
      dead_queue_id: DEAD_QUEUE,
      content_hash: Buffer.alloc(16, message),
      death_id: id * 1000 + message,
      batch_id: id,
    });
  }
}

function closing(limits: Partial<ClosingLimits> = {}) {
  const fence = new Fence({ database, deadQueueId: DEAD_QUEUE, instanceId: instance.id });
  return new FenceClosing({ database, deadQueueId: DEAD_QUEUE, fence, limits });
}

const states = async () =>
  Object.fromEntries(
    (await database('intake_batches').orderBy('id').select<{ id: string; state: string }[]>('id', 'state')).map(
      (row) => [row.id, row.state],
    ),
  );
const remembered = async () =>
  (await database('recent_arrivals').distinct().orderBy('batch_id').pluck<string[]>('batch_id')).map(Number);

async function seeEmpty(): Promise<void> {
  const sight = { deadQueueId: DEAD_QUEUE, state: 'consuming' as const, since: new Date(), consumers: 1, depth: 0 };
  await writeWatches(database, instance.id, [{ ...sight, lastError: null, lastMessageAt: null }]);
}

describe('fenced batches', () => {
  test('are kept for a day, and then leave the look-up', async () => {
    await batch(1, 'fenced', { hoursAgo: 25 });
    await batch(2, 'fenced', { hoursAgo: 23 });
    await closing().run(0);
    expect(await states()).toEqual({ 1: 'closed', 2: 'fenced' });
    expect(await remembered()).toEqual([2]);
  });

  test('are kept up to so many messages, and so many batches, the newest', async () => {
    for (let id = 1; id <= 6; id += 1) await batch(id, 'fenced', { messages: 3 });
    await closing({ fencedMessages: 12 }).run(0);
    expect(await remembered()).toEqual([2, 3, 4, 5, 6]);
    await closing({ fencedBatches: 2 }).run(0);
    expect(await remembered()).toEqual([5, 6]);
  });
});

describe('lost batches', () => {
  test('are kept until their queue was seen empty, long enough after', async () => {
    await batch(1, 'lost');
    const patient = closing();
    await seeEmpty();
    await patient.run(0);
    await seeEmpty();
    await patient.run(0);
    expect(await states()).toEqual({ 1: 'lost' });

    const quick = closing({ returnGraceMs: 5 });
    await quick.run(0);
    expect(await states()).toEqual({ 1: 'lost' });
    await waitFor(async () => {
      await seeEmpty();
      await quick.run(0);
      return (await states())['1'] === 'closed';
    });
    expect(await remembered()).toEqual([]);
  });

  test('are closed after a day, whatever the queue does', async () => {
    await batch(1, 'lost', { hoursAgo: 25 });
    await closing().run(0);
    expect(await states()).toEqual({ 1: 'closed' });
  });

  test('of an instance that is dead are inherited', async () => {
    await batch(1, 'committed');
    await closing().run(0);
    expect(await states()).toEqual({ 1: 'committed' });
    await database('instances')
      .where({ id: instance.id })
      .update({ last_seen_at: new Date(Date.now() - 60_000) });
    await closing().run(0);
    expect(await states()).toEqual({ 1: 'lost' });
    expect(await remembered()).toEqual([1]);
  });
});
