import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Operation } from '../../../server/contract/schemas/operations.ts';
import { commandOperation, type Command } from '../../../server/operations/commands.ts';
import { OperationFeed } from '../../../server/operations/operation-feed.ts';
import { readOperation } from '../../../server/operations/operation-queries.ts';
import { ACTOR, openOperationDesk, type OperationDesk } from '../../support/operations.ts';
import { waitFor } from '../../support/services.ts';
import { openTcpProxy } from '../../support/tcp-proxy.ts';
import { openWire, silentLogger, type Wire } from '../../support/wire.ts';

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

const seedMany = (count: number) =>
  desk.seed(Array.from({ length: count }, () => ({ exchange: '', routingKey: queue })));
const resendSlowly = (ids: string[], ratePerSecond: number) =>
  desk.plan({ action: 'resend', selection: { ids }, ratePerSecond });
const tell = (id: string, command: Command) =>
  commandOperation(desk.database, id, command, { actor: ACTOR, requestId: 'test' });
const sumOf = ({ outcomes }: Operation) => Object.values(outcomes).reduce((sum, count) => sum + count, 0);
const progressed = (id: string, least: number) =>
  waitFor(async () => (await readOperation(desk.database, id, null)).outcomes.confirmed >= least);
const statuses = async (ids: string[]) => {
  const counts: Record<string, number> = {};
  for (const { status } of await desk.messages(ids)) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

describe('An operation that is cancelled', () => {
  it('finishes what is in flight; the rest is skipped, and its messages are as they were', async () => {
    const ids = await seedMany(600);
    const { runner } = desk.instance();
    const { id } = await resendSlowly(ids, 200);
    await progressed(id, 100);
    await tell(id, 'cancel');
    runner.nudge();
    const operation = await desk.ended(id);
    expect(operation.status).toBe('cancelled');
    expect(sumOf(operation)).toBe(600);
    const { confirmed, skipped } = operation.outcomes;
    expect(confirmed + skipped).toBe(600);
    expect(skipped).toBeGreaterThan(0);
    expect(await wire.drain(queue)).toHaveLength(confirmed);
    expect(await statuses(ids)).toEqual({ resent: confirmed, pending: skipped });
    const items = [...(await desk.items(id)).values()].filter(({ outcome }) => outcome === 'skipped');
    expect(new Set(items.map(({ error }) => error?.code))).toEqual(new Set(['item.operationEnded']));
    await expect(tell(id, 'resume')).rejects.toMatchObject({ code: 'operation.ended' });
  });

  it('before anybody runs it ends all the same', async () => {
    const ids = await seedMany(3);
    const { id } = await resendSlowly(ids, 1);
    await tell(id, 'cancel');
    desk.instance();
    expect(await desk.ended(id)).toMatchObject({ status: 'cancelled', outcomes: { skipped: 3 } });
  });
});

describe('An operation that is paused', () => {
  it('sends nothing more and holds no message, until it is resumed; then each is sent once', async () => {
    const ids = await seedMany(400);
    desk.instance();
    const { id } = await resendSlowly(ids, 200);
    await progressed(id, 50);
    await tell(id, 'pause');
    const released = () =>
      waitFor(async () => {
        const row: unknown = await desk.database('operations').where('id', id).first('lease_token');
        return (row as { lease_token: unknown }).lease_token === null;
      });
    await released();
    const paused = await readOperation(desk.database, id, null);
    expect(paused.status).toBe('paused');
    const { confirmed } = paused.outcomes;
    expect(confirmed).toBeLessThan(400);
    expect(await statuses(ids)).toEqual({ resent: confirmed, pending: 400 - confirmed });
    expect(await wire.drain(queue)).toHaveLength(confirmed);
    await tell(id, 'resume');
    expect(await desk.ended(id)).toMatchObject({ status: 'finished', outcomes: { confirmed: 400 } });
    expect(await wire.drain(queue)).toHaveLength(400 - confirmed);
  });
});

describe('A rate', () => {
  it('is not exceeded by more than five percent, and used', async () => {
    const ids = await seedMany(250);
    desk.instance();
    const { id } = await resendSlowly(ids, 50);
    await desk.ended(id);
    const times = [...(await desk.items(id)).values()].map(({ at }) => Date.parse(at ?? '')).sort((a, b) => a - b);
    const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1_000;
    // All but the last portion (a quarter of a second's worth) have had their time.
    expect(seconds).toBeGreaterThan((238 / 50) * 0.95);
    // A busy machine may be late; what it missed is not caught up.
    expect(seconds).toBeLessThan((238 / 50) * 2);
  });
});

describe('A process that stops', () => {
  it('comes to a message boundary; another one goes on, and each message is sent once', async () => {
    const ids = await seedMany(600);
    const first = desk.instance();
    const { id } = await resendSlowly(ids, 300);
    await progressed(id, 100);
    await first.stop();
    const { outcomes } = await readOperation(desk.database, id, null);
    expect(outcomes.unknown).toBe(0);
    expect((await statuses(ids))['resending']).toBeUndefined();
    desk.instance();
    expect(await desk.ended(id)).toMatchObject({ status: 'finished', outcomes: { confirmed: 600 } });
    expect(await wire.drain(queue)).toHaveLength(600);
  });

  it('while the broker is away leaves nothing in doubt', async () => {
    const proxy = await openTcpProxy(wire.url);
    const ids = await seedMany(500);
    const first = desk.instance({ amqpUrl: proxy.through(wire.url) });
    const { id } = await resendSlowly(ids, 500);
    await progressed(id, 50);
    await proxy.refuse();
    proxy.cut();
    await waitFor(async () => (await readOperation(desk.database, id, null)).status === 'waiting');
    await first.stop();
    const { outcomes } = await readOperation(desk.database, id, null);
    // In doubt is only what was on the wire when it was cut.
    expect(await wire.drain(queue)).toHaveLength(outcomes.confirmed + outcomes.unknown);
    expect((await statuses(ids))['resending']).toBeUndefined();
    await proxy.close();
  });
});

describe('Whoever listens', () => {
  it('is told of every operation of any instance, and of its end', async () => {
    const feed = new OperationFeed(desk.database, silentLogger);
    const told: Operation[] = [];
    const forget = feed.listen({ tell: (operation) => told.push(operation), sight: () => ACTOR });
    const ids = await seedMany(100);
    desk.instance();
    const slow = await resendSlowly(ids, 100);
    const quick = await desk.plan({ action: 'delete', selection: { ids: await seedMany(1) } });
    await waitFor(() => told.some((one) => one.id === quick.id && one.finishedAt !== null));
    await waitFor(() => told.some((one) => one.id === slow.id && one.finishedAt !== null));
    expect(told.filter(({ id, finishedAt }) => id === slow.id && finishedAt === null).length).toBeGreaterThan(0);
    forget();
  });
});
