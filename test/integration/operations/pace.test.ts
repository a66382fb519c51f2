import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { changeRate, commandOperation, type Command } from '../../../server/operations/commands.ts';
import { readOperation } from '../../../server/operations/operation-queries.ts';
import { LEASE_TIMES } from '../../../server/operations/lease.ts';
import { DEFAULT_SETTINGS } from '../../../server/settings/settings-store.ts';
import { ACTOR, openOperationDesk, type OperationDesk } from '../../support/operations.ts';
import { seedInPortions } from '../../support/seed-in-portions.ts';
import { waitFor } from '../../support/services.ts';
import { openWire, type Wire } from '../../support/wire.ts';

let desk: OperationDesk;
let wire: Wire;
let queue: string;
/** When each message arrived at the destination, in ms. */
let arrivals: number[];
beforeEach(async () => {
  desk = await openOperationDesk();
  wire = await openWire();
  queue = await wire.queue();
  arrivals = [];
  await wire.channel.consume(queue, () => arrivals.push(performance.now()), { noAck: true });
});
afterEach(async () => {
  await wire.close();
  await desk.close();
});

const by = { actor: ACTOR, requestId: 'test' };
const tell = (id: string, command: Command) => commandOperation(desk.database, id, command, by);
const setRate = (id: string, ratePerSecond: number | null) => changeRate(desk.database, id, ratePerSecond, by);

async function resendPaced(count: number, ratePerSecond: number): Promise<string> {
  const ids = await seedInPortions(desk, count, () => ({ exchange: '', routingKey: queue }));
  desk.instance({ times: LEASE_TIMES });
  return (await desk.plan({ action: 'resend', selection: { ids }, ratePerSecond })).id;
}

const arrived = (least: number, deadlineMs = 20_000) =>
  waitFor(() => arrivals.length >= least, {
    deadlineMs,
    describe: () => `${least} messages to arrive; ${arrivals.length} did`,
  });
const clockReaches = (time: number) => waitFor(() => performance.now() >= time, { deadlineMs: 20_000 });
const countBetween = (from: number, to: number) => arrivals.filter((at) => at >= from && at < to).length;
/** How long each run of so many messages took, from the first one to the one behind the last one, in ms. */
const timesOf = (count: number) => arrivals.slice(count).map((at, index) => at - (arrivals[index] ?? 0));

/** What leaves at once: a quarter of a second's worth. */
const portion = (rate: number) => rate / 4;

describe('A paced operation', () => {
  it('holds its rate at the destination: over no ten seconds more than five percent above it, nor below', async () => {
    const rate = 200;
    const id = await resendPaced(2_600, rate);
    await desk.ended(id, 40_000);
    await arrived(2_600);
    const times = timesOf(10 * rate);
    expect(Math.min(...times)).toBeGreaterThan(9_500);
    // A machine that stands still for a while is late, and what it missed is not made up for; but that is not always.
    expect(Math.min(...times)).toBeLessThan(10_500);
  }, 60_000);

  it('goes at another rate within about a second, faster and slower', async () => {
    const id = await resendPaced(4_000, 100);
    await arrived(100);
    const faster = performance.now();
    await setRate(id, 400);
    await clockReaches(faster + 3_500);
    const fast = countBetween(faster + 1_500, faster + 3_500);
    // Twice what it was, on the busiest machine.
    expect(fast).toBeGreaterThan(400);
    expect(fast).toBeLessThanOrEqual(800 * 1.05 + portion(400));
    const slower = performance.now();
    await setRate(id, 40);
    await clockReaches(slower + 5_500);
    const slow = countBetween(slower + 1_500, slower + 5_500);
    expect(slow).toBeGreaterThan(80);
    expect(slow).toBeLessThanOrEqual(160 * 1.05 + portion(40));
    await tell(id, 'cancel');
    await desk.ended(id);
  });

  it('that was fast and becomes slow goes slowly from then on, and hears the next command within about a second', async () => {
    const id = await resendPaced(8_000, 2_000);
    await arrived(600);
    const slower = performance.now();
    await setRate(id, 5);
    await clockReaches(slower + 5_500);
    const slow = countBetween(slower + 1_500, slower + 5_500);
    expect(slow).toBeGreaterThan(10);
    expect(slow).toBeLessThanOrEqual(22);
    const cancelled = performance.now();
    await tell(id, 'cancel');
    // It hears of it by itself, and then the rest is skipped.
    await waitFor(async () => (await readOperation(desk.database, id, null)).outcomes.skipped > 0);
    expect(performance.now() - cancelled).toBeLessThan(2_500);
    await desk.ended(id);
  });

  it('does not make up for the time of a pause', async () => {
    const rate = 200;
    const id = await resendPaced(1_600, rate);
    await arrived(rate);
    await tell(id, 'pause');
    // What was under way has arrived when the lease is given back.
    await waitFor(async () => {
      const row: unknown = await desk.database('operations').where({ id, lease_token: null }).first('id');
      return row !== undefined;
    });
    const before = arrivals.length;
    await clockReaches(performance.now() + 2_000);
    expect(arrivals.length).toBe(before);
    const resumed = performance.now();
    await tell(id, 'resume');
    await clockReaches(resumed + 3_000);
    expect(countBetween(resumed, resumed + 3_000)).toBeLessThanOrEqual(3 * rate * 1.05 + portion(rate));
    expect(countBetween(resumed, resumed + 3_000)).toBeGreaterThan(rate);
    await tell(id, 'cancel');
    await desk.ended(id);
  });

  it('does not make up for the time in which all resends were frozen', async () => {
    const rate = 200;
    const id = await resendPaced(1_600, rate);
    await arrived(rate);
    desk.settings.now = {
      ...DEFAULT_SETTINGS,
      resendsFrozen: { reason: 'a test', by: 'tester', since: new Date().toISOString() },
    };
    await waitFor(async () => (await readOperation(desk.database, id, null)).status === 'waiting');
    const before = arrivals.length;
    await clockReaches(performance.now() + 2_000);
    expect(arrivals.length - before).toBeLessThanOrEqual(portion(rate));
    const thawed = performance.now();
    desk.settings.now = DEFAULT_SETTINGS;
    await clockReaches(thawed + 3_000);
    // One portion is caught up at most.
    expect(countBetween(thawed, thawed + 3_000)).toBeLessThanOrEqual(3 * rate * 1.05 + 2 * portion(rate));
    expect(countBetween(thawed, thawed + 3_000)).toBeGreaterThan(rate);
    await tell(id, 'cancel');
    await desk.ended(id);
  });
});
