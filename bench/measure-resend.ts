import { setTimeout as pause } from 'node:timers/promises';

import type { RowDataPacket } from 'mysql2';
import { z } from 'zod';

import { OPERATION_STATUSES } from '../server/contract/operations.ts';
import { waitFor } from '../test/support/services.ts';

import { Contender } from './contender.ts';
import { fillDeadQueue, firstTaken, untilStored, unwatch, watch } from './dead-letters.ts';
import type { BenchOptions } from './options.ts';
import { contenderRow, median, printTable, type Round } from './round-figures.ts';
import type { Setting } from './setting.ts';
import { findShovel } from './shovel.ts';

const IN_FLIGHT = 256;
/** Looking costs the office something, too. */
const LOOK_MS = 100;
const RESEND_WITHIN_MS = 300_000;

const created = z.object({ id: z.string() });
const operation = z.object({
  status: z.enum(OPERATION_STATUSES),
  outcomes: z.object({ confirmed: z.number() }),
});

/** Sends messages back to the exchange they came from, in four ways, in turn. */
export async function measureResend(
  setting: Setting,
  { rounds, resend }: BenchOptions,
  mayGoOn: () => boolean,
): Promise<void> {
  const { services, office, pipeline, undo } = setting;
  const shovel = await findShovel(services.managementUrl, services.amqpUrl);
  const bare = new Contender(new URL('./contenders/bare-publish.ts', import.meta.url));
  undo(() => bare.end());
  await bare.tell('open', services.amqpUrl);
  const recorded = new Contender(new URL('./contenders/bare-resend.ts', import.meta.url));
  undo(() => recorded.end());
  await recorded.tell('open', { amqpUrl: services.amqpUrl, databaseUrl: office.databaseUrl });
  const figures: Record<'office' | 'recorded' | 'bare' | 'shovel', Round[]> = {
    office: [],
    recorded: [],
    bare: [],
    shovel: [],
  };
  const planningSeconds: number[] = [];

  for (let round = 0; round <= rounds && (round < 2 || mayGoOn()); round += 1) {
    const warming = round === 0;
    const count = warming ? Math.min(resend, 2_000) : resend;
    const officeRound = await officeSends(count);
    const recordedRound = await bareResend(round, count);
    const bareRound = await barePublishes(`R${round}`, count);
    const shovelRound = typeof shovel === 'string' ? null : await shovelMoves(`S${round}`, count);
    if (warming) continue;
    figures.office.push(officeRound);
    figures.recorded.push(recordedRound);
    figures.bare.push(bareRound);
    if (shovelRound !== null) figures.shovel.push(shovelRound);
  }
  await bare.end();
  await recorded.end();

  const besides = [figures.recorded, figures.bare, ...(typeof shovel === 'string' ? [] : [figures.shovel])];
  const shovelName = 'the broker’s shovel, on-confirm';
  printTable(
    `Resend (${figures.office.length} rounds; the office: from the POST to the last outcome, of which planning took ${median(planningSeconds.slice(1)).toFixed(2)} s in the median)`,
    [
      '',
      'messages',
      'per s',
      'min … max',
      '× bare loop',
      '× bare publishing',
      ...(typeof shovel === 'string' ? [] : ['× shovel']),
      'CPU s / 10 000',
      'peak MiB',
    ],
    [
      contenderRow('the office', resend, figures.office, besides),
      contenderRow('bare loop: the same records, no more', resend, figures.recorded, besides),
      contenderRow(`bare confirm publishing, ${IN_FLIGHT} in flight`, resend, figures.bare, besides),
      ...(typeof shovel === 'string' ? [] : [contenderRow(shovelName, resend, figures.shovel, besides)]),
    ],
  );
  if (typeof shovel === 'string') console.log(`\n${shovel}`);

  async function officeSends(count: number): Promise<Round> {
    const ids = await pendingMessages(setting, count);
    await office.process.beginUsage();
    const started = performance.now();
    const { id } = await office.client.post(
      '/api/operations',
      { action: 'resend', selection: { ids }, reason: 'measuring' },
      created,
    );
    planningSeconds.push((performance.now() - started) / 1000);
    const { outcomes } = await finished(id);
    const ended = performance.now();
    const usage = await office.process.endUsage();
    if (outcomes.confirmed !== count) throw new Error(`Only ${outcomes.confirmed} of ${count} were confirmed.`);
    await arrived(count);
    return { rate: (count * 1000) / (ended - started), ...usage };
  }

  async function finished(id: string): Promise<z.infer<typeof operation>> {
    const deadline = performance.now() + RESEND_WITHIN_MS;
    while (performance.now() < deadline) {
      const now = await office.client.get(`/api/operations/${id}`, operation);
      if (now.status === 'finished') return now;
      await pause(LOOK_MS);
    }
    throw new Error('The operation has not finished in time.');
  }

  /** An operation that only its items know: nobody runs it. */
  async function bareResend(round: number, count: number): Promise<Round> {
    const ids = await pendingMessages(setting, count);
    const given = { exchange: pipeline.exchange, run: `B${round}`, ids, operationId: String(4_000_000_000 + round) };
    await recorded.beginUsage();
    const seconds = await recorded.ask('resend', given, z.number());
    const usage = await recorded.endUsage();
    await arrived(count);
    return { rate: count / seconds, ...usage };
  }

  async function barePublishes(run: string, count: number): Promise<Round> {
    await bare.beginUsage();
    const given = { exchange: pipeline.exchange, run, messages: count, inFlight: IN_FLIGHT };
    const seconds = await bare.ask('publish', given, z.number());
    const usage = await bare.endUsage();
    await arrived(count);
    return { rate: count / seconds, ...usage };
  }

  /** From the moment when it begins to take; the starting of a shovel is not counted. */
  async function shovelMoves(run: string, count: number): Promise<Round | null> {
    if (typeof shovel === 'string') return null;
    const queue = await fillDeadQueue(pipeline, run, count);
    const started = firstTaken(pipeline, queue, count);
    const running = await shovel.start({ queue, exchange: pipeline.exchange });
    const deadline = performance.now() + RESEND_WITHIN_MS;
    while ((await pipeline.depth(pipeline.workQueue)) < count) {
      if (performance.now() > deadline) throw new Error('The shovel has not finished in time.');
      await pause(5);
    }
    const ended = performance.now();
    await running.remove();
    await arrived(count);
    return { rate: (count * 1000) / (ended - (await started)), cpuSeconds: null, peakMiB: null };
  }

  /** All of them are in the worker's queue; they are removed for whoever comes next. */
  async function arrived(count: number): Promise<void> {
    await waitFor(async () => (await pipeline.depth(pipeline.workQueue)) === count, {
      describe: `${count} messages in the worker's queue`,
    });
    await pipeline.channel.purgeQueue(pipeline.workQueue);
  }
}

/** Ids of messages that wait for a decision, the oldest first; as many as lack are taken in before. */
async function pendingMessages(setting: Setting, count: number): Promise<string[]> {
  const { office, pipeline } = setting;
  const read = async () => {
    const [rows] = await office.database.query<RowDataPacket[]>(
      "SELECT CAST(id AS CHAR) AS id FROM failed_messages WHERE status = 'pending' ORDER BY last_death_id LIMIT ?",
      [count],
    );
    return rows.map(({ id }) => String(id));
  };
  const there = await read();
  if (there.length === count) return there;
  const lacking = count - there.length;
  const queue = await fillDeadQueue(pipeline, `P${Date.now()}`, lacking);
  const id = await watch(office, queue);
  await untilStored(office, id, lacking);
  await unwatch(setting, queue, id);
  return await read();
}
