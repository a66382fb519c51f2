import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Operation } from '../../../server/contract/schemas/operations.ts';
import { changeRate, commandOperation, type Command } from '../../../server/operations/commands.ts';
import { readOperation } from '../../../server/operations/operation-queries.ts';
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

const failed = (count: number) =>
  desk.seed(Array.from({ length: count }, () => ({ exchange: '', routingKey: queue, queue })));
const by = { actor: ACTOR, requestId: 'test' };
const tell = (id: string, command: Command) => commandOperation(desk.database, id, command, by);
const until = async (id: string, wanted: (operation: Operation) => boolean) => {
  let last: Operation | null = null;
  return await waitFor(
    async () => {
      last = await readOperation(desk.database, id, null);
      return wanted(last) ? last : null;
    },
    { describe: () => `the operation to be so: ${JSON.stringify(last)}` },
  );
};
/** As the intake does when a resend comes back. */
const comeBack = (operationId: string, count: number) =>
  desk.database('operations').where('id', operationId).increment('came_back', count);
const depth = async () => (await wire.channel.checkQueue(queue)).messageCount;

describe('A canary', () => {
  it('sends the first, waits, and asks; the rest goes when somebody says so', async () => {
    const ids = await failed(20);
    desk.instance();
    const { id } = await desk.plan({
      action: 'resend',
      selection: { ids },
      canary: { first: 3, waitSeconds: 1, then: 'ask' },
    });
    const waiting = await until(id, ({ hold }) => hold?.code === 'canaryWaits');
    expect(waiting).toMatchObject({ status: 'waiting', outcomes: { confirmed: 3 } });
    const asking = await until(id, ({ status }) => status === 'paused');
    expect(asking.hold).toEqual({ code: 'canaryAsks', params: { sent: 3, cameBack: 0, notDelivered: 0 } });
    expect(await depth()).toBe(3);
    await tell(id, 'resume');
    expect(await desk.ended(id)).toMatchObject({ status: 'finished', hold: null, outcomes: { confirmed: 20 } });
    expect(await depth()).toBe(20);
  });

  it('goes on by itself when all were delivered and none came back', async () => {
    const ids = await failed(10);
    desk.instance();
    const canary = { first: 2, waitSeconds: 0, then: 'continue' as const };
    const { id } = await desk.plan({ action: 'resend', selection: { ids }, canary });
    expect(await desk.ended(id)).toMatchObject({ status: 'finished', outcomes: { confirmed: 10 } });
  });

  it('asks all the same when one came back, or was not delivered', async () => {
    const canary = { first: 2, waitSeconds: 1, then: 'continue' as const };
    const back = await desk.plan({ action: 'resend', selection: { ids: await failed(10) }, canary });
    const lost = await desk.plan({
      action: 'resend',
      selection: {
        ids: await desk.seed(Array.from({ length: 5 }, () => ({ exchange: 'amq.direct', routingKey: queue }))),
      },
      canary,
    });
    desk.instance();
    await until(back.id, ({ hold }) => hold?.code === 'canaryWaits');
    await comeBack(back.id, 1);
    expect((await until(back.id, ({ status }) => status === 'paused')).hold).toEqual({
      code: 'canaryAsks',
      params: { sent: 2, cameBack: 1, notDelivered: 0 },
    });
    expect((await until(lost.id, ({ status }) => status === 'paused')).hold?.params).toMatchObject({ notDelivered: 2 });
    await tell(lost.id, 'cancel');
    expect(await desk.ended(lost.id)).toMatchObject({ outcomes: { unroutable: 2, skipped: 3 } });
  });

  it('is kept by whoever takes the operation over', async () => {
    const ids = await failed(10);
    const first = desk.instance();
    const canary = { first: 4, waitSeconds: 2, then: 'ask' as const };
    const { id } = await desk.plan({ action: 'resend', selection: { ids }, canary });
    await until(id, ({ hold }) => hold?.code === 'canaryWaits');
    await first.stop();
    desk.instance();
    await until(id, ({ hold }) => hold?.code === 'canaryAsks');
    expect(await depth()).toBe(4);
    await tell(id, 'resume');
    await desk.ended(id);
    expect(await depth()).toBe(10);
  });
});

describe('A stop rule', () => {
  it('ends the operation when more came back than it allows; the rest is skipped and untouched', async () => {
    const ids = await failed(400);
    desk.instance();
    const { id } = await desk.plan({
      action: 'resend',
      selection: { ids },
      ratePerSecond: 100,
      stopWhenCameBack: 5,
    });
    await until(id, ({ outcomes }) => outcomes.confirmed > 0);
    await comeBack(id, 5);
    const { outcomes } = await until(id, (now) => now.outcomes.confirmed > 60);
    expect(outcomes.skipped).toBe(0);
    await comeBack(id, 1);
    const stopped = await desk.ended(id);
    expect(stopped).toMatchObject({
      status: 'stopped',
      stoppedBecause: { code: 'cameBack', params: { allowed: 5, cameBack: 6 } },
    });
    expect(stopped.outcomes.confirmed + stopped.outcomes.skipped).toBe(400);
    expect(stopped.outcomes.skipped).toBeGreaterThan(0);
    expect(await depth()).toBe(stopped.outcomes.confirmed);
    const statuses = (await desk.messages(ids)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 'pending')).toHaveLength(stopped.outcomes.skipped);
  });
});

describe('While resends are frozen', () => {
  it('nothing leaves, and every operation says why; then it goes on by itself', async () => {
    const ids = await failed(300);
    desk.instance();
    const { id } = await desk.plan({ action: 'resend', selection: { ids }, ratePerSecond: 100 });
    await until(id, ({ outcomes }) => outcomes.confirmed > 10);
    desk.settings.now = {
      ...desk.settings.now,
      resendsFrozen: { reason: 'the order API is down', by: 'kim', since: '2026-11-24T03:00:00.000Z' },
    };
    const frozen = await until(id, ({ hold }) => hold?.code === 'resendsFrozen');
    expect(frozen).toMatchObject({
      status: 'waiting',
      hold: { params: { by: 'kim', reason: 'the order API is down' } },
    });
    const still = await depth();
    // Another action is no resend.
    const deletion = await desk.plan({ action: 'delete', selection: { ids: await failed(2) } });
    expect(await desk.ended(deletion.id)).toMatchObject({ outcomes: { confirmed: 2 } });
    const another = await desk.plan({ action: 'resend', selection: { ids: await failed(2) } });
    await until(another.id, ({ hold }) => hold?.code === 'resendsFrozen');
    expect(await depth()).toBe(still);
    desk.settings.now = { ...desk.settings.now, resendsFrozen: null };
    expect(await desk.ended(id)).toMatchObject({ status: 'finished', outcomes: { confirmed: 300 } });
    await desk.ended(another.id);
    expect(await depth()).toBe(302);
  });
});

describe('An operation that is scheduled', () => {
  it('is frozen at once, and waits for its time', async () => {
    const ids = await failed(3);
    desk.instance();
    const startAt = new Date(Date.now() + 1_500).toISOString();
    const planned = await desk.plan({ action: 'resend', selection: { ids }, startAt });
    expect(planned).toMatchObject({ status: 'scheduled', startAt, total: 3 });
    const ended = await desk.ended(planned.id);
    expect(ended).toMatchObject({ status: 'finished', outcomes: { confirmed: 3 } });
    expect(Date.parse(ended.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(startAt));
  });

  it('by filter is prepared at once; it can be cancelled before its time', async () => {
    await failed(3);
    desk.instance();
    const filter = { queue: [queue] };
    const { upToId } = await desk.preview({ action: 'resend', selection: { filter } });
    const { id } = await desk.plan({
      action: 'resend',
      selection: { filter, upToId: upToId ?? '', expectedCount: 3 },
      startAt: new Date(Date.now() + 3_600_000).toISOString(),
    });
    expect(await until(id, ({ status }) => status === 'scheduled')).toMatchObject({ total: 3 });
    await tell(id, 'cancel');
    expect(await desk.ended(id)).toMatchObject({ status: 'cancelled', outcomes: { skipped: 3 } });
    expect(await depth()).toBe(0);
  });
});

describe('The pace of a resend', () => {
  it('can be changed while it runs', async () => {
    const ids = await failed(400);
    desk.instance();
    const { id } = await desk.plan({ action: 'resend', selection: { ids }, ratePerSecond: 20 });
    await until(id, ({ outcomes }) => outcomes.confirmed > 0);
    const changed = await changeRate(desk.database, id, null, by);
    expect(changed.ratePerSecond).toBeNull();
    // At the old pace it would take twenty seconds.
    await desk.ended(id, 10_000);
    await expect(changeRate(desk.database, id, 5, by)).rejects.toMatchObject({ code: 'operation.ended' });
    const deletion = await desk.plan({
      action: 'delete',
      selection: { ids: await failed(1) },
      startAt: '2099-01-01T00:00:00Z',
    });
    await expect(changeRate(desk.database, deletion.id, 5, by)).rejects.toMatchObject({ code: 'operation.notPaced' });
  });
});
