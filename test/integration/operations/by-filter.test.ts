import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { NewOperation } from '../../../server/contract/schemas/operations.ts';
import { commandOperation } from '../../../server/operations/commands.ts';
import { readOperation } from '../../../server/operations/operation-queries.ts';
import { planOperation } from '../../../server/operations/planner.ts';
import { ACTOR, openOperationDesk, type OperationDesk } from '../../support/operations.ts';
import { waitFor } from '../../support/services.ts';
import { openWire, type Wire } from '../../support/wire.ts';

let desk: OperationDesk;
let wire: Wire;
let queue: string;
beforeEach(async () => {
  desk = await openOperationDesk();
  wire = await openWire();
  queue = await wire.queue();
});
afterEach(async () => {
  await wire.close();
  await desk.close();
});

const failed = (count: number, more: object = {}) =>
  desk.seed(Array.from({ length: count }, () => ({ exchange: '', routingKey: queue, queue, ...more })));

/** What the dialog does: it looks, and starts what was shown. */
async function resendShown(filter: object, more: Partial<NewOperation> = {}) {
  const preview = await desk.preview({ action: 'resend', selection: { filter }, ...more });
  const request: NewOperation = {
    action: 'resend',
    ...more,
    selection: { filter, upToId: preview.upToId ?? '', expectedCount: preview.count ?? preview.countAtLeast },
  };
  return { preview, request };
}

const statusesOf = async (ids: readonly string[]) => (await desk.messages(ids)).map(({ status }) => status);

describe('A selection by filter', () => {
  it('is what was shown: all that match, in the states that the action takes, and no newcomers', async () => {
    const pending = await failed(30);
    const others = await failed(3, { status: 'handled' });
    const elsewhere = await desk.seed([{ exchange: '', routingKey: queue, queue: 'another' }]);
    const { preview, request } = await resendShown({ queue: [queue] });
    expect(preview).toMatchObject({ count: 30, byStatus: { pending: 30 }, notResendable: [] });
    expect(preview.targets).toMatchObject([{ exchange: '', routingKey: queue, count: 30, exists: true }]);
    expect(preview.sample).toHaveLength(5);

    const { id, status } = await desk.plan(request);
    expect(status).toBe('preparing');
    const newcomers = await failed(5);
    desk.instance();
    expect(await desk.ended(id)).toMatchObject({ status: 'finished', total: 30, outcomes: { confirmed: 30 } });
    expect(new Set(await statusesOf(pending))).toEqual(new Set(['resent']));
    expect(new Set(await statusesOf([...newcomers, ...elsewhere]))).toEqual(new Set(['pending']));
    expect(new Set(await statusesOf(others))).toEqual(new Set(['handled']));
    expect(await wire.drain(queue)).toHaveLength(30);
  });

  it('that changed since it was shown is not started, and the answer says how many there are now', async () => {
    const ids = await failed(4);
    const { request } = await resendShown({ queue: [queue] });
    await desk.database('failed_messages').where('id', ids[0]).update({ status: 'handled', shelf: 'sent' });
    await expect(desk.plan(request)).rejects.toMatchObject({
      code: 'operation.selectionDrifted',
      options: { params: { expected: 4, count: 3 } },
    });
    expect(await desk.database('operations').count({ n: '*' }).first()).toMatchObject({ n: '0' });
  });

  it('that was shown as "at least" asks before it begins when there are more', async () => {
    await failed(4);
    const { request } = await resendShown({ queue: [queue] });
    const shownLess = { ...request.selection, expectedCount: 3, atLeast: true } as NewOperation['selection'];
    desk.instance();
    const { id } = await desk.plan({ ...request, selection: shownLess });
    const asking = await waitFor(async () => {
      const operation = await readOperation(desk.database, id, null);
      return operation.status === 'paused' ? operation : null;
    });
    expect(asking).toMatchObject({ total: 4, hold: { code: 'selectionGrew', params: { count: 4, shown: 3 } } });
    expect(await wire.drain(queue)).toHaveLength(0);
    await commandOperation(desk.database, id, 'resume', { actor: ACTOR, requestId: 'test' });
    expect(await desk.ended(id)).toMatchObject({ status: 'finished', outcomes: { confirmed: 4 } });
  });

  it('leaves out possible duplicates unless they are included, and tells so before', async () => {
    const [first] = await failed(1);
    await failed(2, { possibleDuplicateOf: first });
    const { preview, request } = await resendShown({ queue: [queue] });
    expect(preview).toMatchObject({ count: 3, notResendable: [{ code: 'item.possibleDuplicate', count: 2 }] });
    desk.instance();
    const left = await desk.ended((await desk.plan(request)).id);
    expect(left).toMatchObject({ total: 3, outcomes: { confirmed: 1, skipped: 2 } });
    const all = await resendShown({ queue: [queue] }, { includePossibleDuplicates: true });
    expect(all.preview).toMatchObject({ count: 2, notResendable: [] });
    expect(await desk.ended((await desk.plan(all.request)).id)).toMatchObject({ outcomes: { confirmed: 2 } });
  });

  it('counts what cannot be resent by the reason, and where the rest goes', async () => {
    await failed(3);
    await failed(2, { exchange: null });
    const gone = await wire.exchange();
    await wire.channel.deleteExchange(gone);
    await failed(4, { exchange: gone, routingKey: 'k' });
    const { preview } = await resendShown({ queue: [queue] });
    expect(preview.notResendable).toEqual([{ code: 'item.originUnknown', count: 2 }]);
    expect(preview.targets).toMatchObject([
      { exchange: gone, routingKey: 'k', count: 4, exists: false, failedIn: [queue] },
      { exchange: '', routingKey: queue, count: 3, exists: true, queues: [queue], alsoReaches: [] },
    ]);
  });

  it('takes resent messages again only where the filter names that state', async () => {
    await failed(2, { status: 'resent' });
    expect((await resendShown({ queue: [queue] })).preview.count).toBe(0);
    expect((await resendShown({ queue: [queue], status: ['resent', 'pending'] })).preview.count).toBe(2);
    await expect(desk.plan((await resendShown({ queue: [queue] })).request)).rejects.toMatchObject({
      code: 'operation.nothingSelected',
    });
  });

  it('by an operation and an outcome takes just those: the twelve that were unroutable', async () => {
    const good = await failed(20);
    const lost = await desk.seed(
      Array.from({ length: 12 }, () => ({ exchange: 'amq.direct', routingKey: `nowhere-${queue}`, queue })),
    );
    desk.instance();
    const { id } = await desk.plan({ action: 'resend', selection: { ids: [...good, ...lost] } });
    expect(await desk.ended(id)).toMatchObject({ outcomes: { confirmed: 20, unroutable: 12 } });
    await wire.channel.bindQueue(queue, 'amq.direct', `nowhere-${queue}`);
    const again = await resendShown({ operationId: id, outcome: ['unroutable'] });
    expect(again.preview.count).toBe(12);
    expect(await desk.ended((await desk.plan(again.request)).id)).toMatchObject({
      total: 12,
      outcomes: { confirmed: 12 },
    });
    expect(await wire.drain(queue)).toHaveLength(32);
  });

  it('works for every action, and by every way that leads to messages', async () => {
    const ids = await failed(3);
    desk.instance();
    const run = async (action: NewOperation['action'], filter: object, reason?: string) => {
      const preview = await desk.preview({ action, selection: { filter }, ...(reason ? { reason } : {}) });
      const { id } = await desk.plan({
        action,
        ...(reason ? { reason } : {}),
        selection: { filter, upToId: preview.upToId ?? '', expectedCount: preview.count ?? 0 },
      });
      return (await desk.ended(id)).outcomes.confirmed;
    };
    expect(await run('delete', { id: ids })).toBe(3);
    expect(await run('restore', { status: ['deleted'], deadQueue: ['seeded.dead'] })).toBe(3);
    expect(await run('handle', { reason: ['rejected'], framework: ['rabbitmq'] }, 'done by hand')).toBe(3);
    expect(await run('restore', { status: ['handled'], failedAfter: '2020-01-01T00:00:00.000Z' })).toBe(3);
    await desk.database('failed_messages').update({ status: 'unknown' });
    expect(await run('markResent', { queue: [queue] })).toBe(3);
  });

  it('with a limit takes the first of them', async () => {
    const ids = await failed(10);
    const { request } = await resendShown({ queue: [queue] });
    desk.instance();
    const operation = await desk.ended((await desk.plan({ ...request, limit: 4 })).id);
    expect(operation).toMatchObject({ total: 4, limit: 4, outcomes: { confirmed: 4 } });
    expect(await statusesOf(ids)).toEqual(ids.map((_id, index) => (index < 4 ? 'resent' : 'pending')));
  });
});

it('A reason is required from the number on that the settings name', async () => {
  const ids = await failed(3);
  const plan = (request: NewOperation) =>
    planOperation(
      desk.database,
      { request, actor: ACTOR, requestId: 'test', idempotencyKey: null },
      { reasonRequiredFrom: 3 },
    );
  await expect(plan({ action: 'resend', selection: { ids } })).rejects.toMatchObject({
    code: 'operation.reasonRequired',
  });
  const { request } = await resendShown({ queue: [queue] });
  await expect(plan(request)).rejects.toMatchObject({ code: 'operation.reasonRequired' });
  await plan({ action: 'resend', selection: { ids: ids.slice(1) } });
  expect(await plan({ ...request, reason: 'deploy 4711' })).toMatchObject({ reason: 'deploy 4711' });
});
