import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { OFFICE_HEADER } from '../../../server/amqp/publisher.ts';
import type { MessageStatus } from '../../../server/contract/messages.ts';
import { ensureInstallation, makeResendMark, type Installation } from '../../../server/messages/resend-mark.ts';
import { openDeadQueue, type TestDeadQueue } from '../../support/dead-queue.ts';
import { openIntakeBench, type IntakeBench } from '../../support/intake.ts';
import { waitFor } from '../../support/services.ts';

let bench: IntakeBench;
let dead: TestDeadQueue;
let installation: Installation;

beforeEach(async () => {
  bench = await openIntakeBench();
  dead = await openDeadQueue();
  installation = await ensureInstallation(bench.database);
  await bench.start({ deadQueues: [dead.name], settings: { batchMs: 200 } });
});
afterEach(async () => {
  await bench.remove();
  await dead.remove();
});

const failure = (queue: string, error = 'Timeout') => ({
  'x-failure-reason': 'error',
  'x-failure-type': error,
  'x-failure-queue': queue,
  'x-failure-exchange': 'orders',
  'x-failure-routing-key': 'order.cancel',
});

const bury = (headers: Record<string, unknown>, body = '{"orderId":"A-1"}') => dead.bury({ body, headers });
const marked = (messageId: string, resend: number) => ({
  [OFFICE_HEADER]: makeResendMark(installation, messageId, resend),
});

/** An operation that has resent this message, for the `resend`th time. */
async function resent(messageId: string, resend: number, status: MessageStatus = 'resent'): Promise<string> {
  const now = new Date();
  const [operation] = (await bench.database('operations').insert({
    action: 'resend',
    status: 'finished',
    version: 1,
    actor_name: 'kim',
    request: '{}',
    request_hash: Buffer.alloc(32),
    total: 1,
    confirmed: 1,
    created_at: now,
  })) as [number];
  await bench.database('operation_items').insert({
    operation_id: operation,
    message_id: messageId,
    message_version: 1,
    message_status: 'pending',
    state: 'done',
    resend_number: resend,
    outcome: 'confirmed',
    at: now,
  });
  const shelf = status === 'deleted' ? 'deleted' : status === 'resending' ? 'desk' : 'sent';
  await bench
    .database('failed_messages')
    .where({ id: messageId })
    .update({ status, shelf, resend_count: resend, version: 5 });
  return String(operation);
}

const message = async (id: string) =>
  await bench
    .database('failed_messages')
    .where({ id })
    .first<Record<string, unknown>>('status', 'shelf', 'version', 'failure_count', 'last_death_id', 'copy_of');
const deathsOf = async (id: string) =>
  await bench.database('deaths').where({ message_id: id }).orderBy('id').pluck<(string | null)[]>('operation_id');

async function firstFailure(): Promise<string> {
  await bury(failure('orders.work'));
  const [first] = await bench.messages(1);
  return first?.id ?? '';
}

describe('a resent message that fails again is the same record', () => {
  test.each<MessageStatus>(['resent', 'settled', 'handled', 'deleted', 'resending'])('from %s', async (status) => {
    const id = await firstFailure();
    const operation = await resent(id, 1, status);
    await bury({ ...failure('orders.work', 'Refused'), ...marked(id, 1) }, '{"orderId":"A-2"}');
    await waitFor(async () => (await deathsOf(id)).length === 2, { describe: 'a second death' });
    expect(await message(id)).toMatchObject({ status: 'pending', shelf: 'desk', version: 6, failure_count: 2 });
    expect((await bench.messages(1)).length).toBe(1);
    expect((await bench.messages(1))[0]).toMatchObject({ error_type: 'Refused' });
    expect(await deathsOf(id)).toEqual([null, operation]);
    const item = await bench.database('operation_items').first<{ came_back_at: Date | null }>('came_back_at');
    expect(item.came_back_at).not.toBeNull();
    expect(Number((await bench.database('operations').first<{ n: string }>('came_back AS n')).n)).toBe(1);
    const counts = await bench
      .database('failure_counts')
      .sum<{ a: string; b: string }[]>({ a: 'arrived', b: 'came_back' });
    expect(counts.map(({ a, b }) => [Number(a), Number(b)])).toEqual([[1, 1]]);
    const keys = await bench.database('business_keys').where({ message_id: id }).pluck<Buffer[]>('value');
    expect(keys.map(String).sort()).toEqual(['A-1', 'A-2']);
  });

  test('time after time', async () => {
    const id = await firstFailure();
    for (const resend of [1, 2, 3]) {
      await resent(id, resend);
      await bury({ ...failure('orders.work'), ...marked(id, resend) });
      await waitFor(async () => (await deathsOf(id)).length === resend + 1);
    }
    expect(await message(id)).toMatchObject({ status: 'pending', failure_count: 4 });
    expect((await bench.messages(1)).length).toBe(1);
  });
});

describe('what bears a mark and is not the message itself is a new record', () => {
  test('from another queue: a fan-out', async () => {
    const id = await firstFailure();
    await resent(id, 1);
    await bury({ ...failure('mails.work'), ...marked(id, 1) });
    const [, copy] = await bench.messages(2);
    expect(await message(copy?.id ?? '')).toMatchObject({ status: 'pending', copy_of: id });
    expect(await message(id)).toMatchObject({ status: 'resent', failure_count: 1 });
  });

  test('a second time: a worker that copies headers, also within one batch', async () => {
    const id = await firstFailure();
    await resent(id, 1);
    for (const order of ['B-1', 'B-2', 'B-3']) {
      await bury({ ...failure('orders.work'), ...marked(id, 1) }, `{"orderId":"${order}"}`);
    }
    const messages = await bench.messages(3);
    expect(await message(id)).toMatchObject({ status: 'pending', failure_count: 2, copy_of: null });
    for (const copy of messages.slice(1)) expect(await message(copy.id)).toMatchObject({ copy_of: id });
  });

  test('a mark that is not ours, or of another epoch, is just a header', async () => {
    const id = await firstFailure();
    await resent(id, 1);
    const forged = makeResendMark({ ...installation, macKey: Buffer.alloc(32) }, id, 1);
    const old = makeResendMark({ ...installation, epoch: installation.epoch + 1 }, id, 1);
    for (const mark of [forged, old, 'nonsense', 7, null])
      await bury({ ...failure('orders.work'), [OFFICE_HEADER]: mark });
    const messages = await bench.messages(6);
    for (const other of messages.slice(1)) expect(await message(other.id)).toMatchObject({ copy_of: null });
    expect(await message(id)).toMatchObject({ status: 'resent', failure_count: 1 });
  });
});
