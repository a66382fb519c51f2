import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import type { NewOperation, Operation } from '../../server/contract/schemas/operations.ts';
import { countColumn } from '../../server/database/columns.ts';
import { commandOperation, type Command } from '../../server/operations/commands.ts';
import { readOperation } from '../../server/operations/operation-queries.ts';
import { cloneMessages } from '../support/clone-messages.ts';
import { startOperationsProcess, type OperationsProcess } from '../support/operations-process.ts';
import { ACTOR, openOperationDesk, SHORT_LEASE, type OperationDesk } from '../support/operations.ts';
import { waitFor } from '../support/services.ts';

/** More than are counted before the start. */
const MESSAGES = 100_050;
const SHOWN = 100_000;
/** Frozen by one transaction. */
const PAGE = 5_000;

let desk: OperationDesk;
let started: OperationsProcess[] = [];
beforeAll(async () => {
  desk = await openOperationDesk();
  await desk.seed(Array.from({ length: 1_000 }, () => ({ exchange: '', routingKey: 'k', queue: 'shop.orders' })));
  await cloneMessages(desk.database, MESSAGES);
});
afterEach(async () => {
  await Promise.all(started.map((one) => one.end()));
  started = [];
});
afterAll(() => desk.close());

const start = async (instanceId: string) => {
  const one = await startOperationsProcess({ databaseUrl: desk.databaseUrl, instanceId, times: SHORT_LEASE });
  started.push(one);
  return one;
};
const tell = (id: string, command: Command) =>
  commandOperation(desk.database, id, command, { actor: ACTOR, requestId: 'test' });
const until = async (id: string, isSo: (operation: Operation) => boolean) => {
  let last: Operation | null = null;
  return await waitFor(
    async () => {
      last = await readOperation(desk.database, id, null);
      return isSo(last) ? last : null;
    },
    { deadlineMs: 60_000, describe: () => JSON.stringify(last) },
  );
};
const isHalfFrozen = ({ status, total }: Operation) => status === 'preparing' && total >= PAGE;
const sumOf = ({ outcomes }: Operation) => Object.values(outcomes).reduce((sum, count) => sum + count, 0);
const countRow = z.object({ count: countColumn });
const countItems = async (operationId: string) =>
  countRow.parse(
    await desk.database('operation_items').where('operation_id', operationId).count({ count: '*' }).first(),
  ).count;
const countUntouched = async () =>
  countRow.parse(
    await desk.database('failed_messages').where({ status: 'pending', version: 1 }).count({ count: '*' }).first(),
  ).count;

/** What somebody starts who was shown as many as are counted. */
async function deleteAll(): Promise<Operation> {
  const filter = { queue: ['shop.orders'] };
  const newest: unknown[] = await desk
    .database('failed_messages')
    .orderBy('id', 'desc')
    .limit(1)
    .pluck('last_death_id');
  const request: NewOperation = {
    action: 'delete',
    selection: { filter, upToId: newest.map(String).join(), expectedCount: SHOWN },
  };
  return await desk.plan(request);
}

describe('An operation on more messages than anybody was shown', () => {
  it('cancelled while it is being prepared touches nothing, and every item that it had is skipped', async () => {
    await start('1');
    const { id } = await deleteAll();
    await until(id, isHalfFrozen);
    await tell(id, 'cancel');
    const ended = await desk.ended(id, 60_000);
    expect(ended.status).toBe('cancelled');
    expect(ended.total).toBeGreaterThanOrEqual(PAGE);
    expect(ended.total).toBeLessThan(MESSAGES);
    expect(ended.outcomes.skipped).toBe(ended.total);
    expect(sumOf(ended)).toBe(ended.total);
    expect(await countItems(id)).toBe(ended.total);
    expect(await countUntouched()).toBe(MESSAGES);
  }, 90_000);

  it('is frozen as a whole though the process died in the middle, asks before it begins, and goes on when told', async () => {
    const first = await start('2');
    const { id } = await deleteAll();
    const half = await until(id, isHalfFrozen);
    await first.kill();
    expect((await readOperation(desk.database, id, null)).status).toBe('preparing');
    // Whoever looked at the message after that page was read froze another moment: it is done again from the start.
    const changed: unknown[] = await desk.database('failed_messages').orderBy('id').limit(1).pluck('id');
    await desk
      .database('failed_messages')
      .whereIn('id', changed.map(String))
      .update({ status: 'handled', shelf: 'sent' });

    await start('3');
    const asking = await until(id, ({ status }) => status !== 'preparing');
    expect(half.total).toBeLessThan(MESSAGES);
    expect(asking).toMatchObject({
      status: 'paused',
      total: MESSAGES - 1,
      hold: { code: 'selectionGrew', params: { count: MESSAGES - 1, shown: SHOWN } },
    });
    expect(sumOf(asking)).toBe(0);
    expect(await countItems(id)).toBe(MESSAGES - 1);
    expect(await countUntouched()).toBe(MESSAGES - 1);

    await tell(id, 'resume');
    await until(id, ({ outcomes }) => outcomes.confirmed > 0);
    await tell(id, 'cancel');
    const ended = await desk.ended(id, 60_000);
    expect(ended).toMatchObject({ status: 'cancelled', hold: null, total: MESSAGES - 1 });
    const { confirmed, skipped } = ended.outcomes;
    expect(confirmed + skipped).toBe(MESSAGES - 1);
    expect(await countUntouched()).toBe(skipped);
  }, 120_000);
});
