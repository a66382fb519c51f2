import { z } from 'zod';

import { Contender } from './contender.ts';
import { fillDeadQueues, firstTaken, untilStored, unwatch, watch } from './dead-letters.ts';
import { contenderRow, median, printTable, whole, type Round } from './round-figures.ts';
import { newDatabase, type Setting } from './setting.ts';
import type { BenchOptions } from './options.ts';

/**
 * Takes in the same dead letters three ways, in turn. The clock runs from the moment when messages begin to leave the
 * dead queue to the last commit (the ack follows it at once; that all were acked is checked after each round).
 */
export async function measureIntake(
  setting: Setting,
  { rounds, intake, naive }: BenchOptions,
  mayGoOn: () => boolean,
): Promise<void> {
  const { services, office, undo } = setting;
  const naiveCount = Math.min(naive, intake);
  const bare = await openBare();
  const single = await openBare();
  const figures: Record<'office' | 'bare' | 'naive', Round[]> = { office: [], bare: [], naive: [] };
  let batches: number[] = [];

  for (let round = 0; round <= rounds && (round < 2 || mayGoOn()); round += 1) {
    const run = `I${round}`;
    const warming = round === 0;
    const count = warming ? Math.min(intake, 5_000) : intake;
    const [forOffice = '', forBare = '', forNaive = ''] = await fillDeadQueues(setting.pipeline, run, count, 3);
    const officeRound = await officeIn(forOffice, count);
    const bareRound = await bareIn(bare, 'bare', forBare, count);
    const naiveRound = await bareIn(single, 'naive', forNaive, Math.min(count, naiveCount));
    // The first round is for the processes and the servers to get warm.
    if (warming) continue;
    figures.office.push(officeRound);
    figures.bare.push(bareRound);
    figures.naive.push(naiveRound);
  }
  await Promise.all([bare.end(), single.end()]);

  const besides = [figures.bare, figures.naive];
  printTable(
    `Intake: rows, bytes and indexes are the same in all three (${figures.office.length} rounds; the office's batches: ${whole(median(batches))} messages in the median)`,
    ['', 'messages', 'per s', 'min … max', '× bare loop', '× naive', 'CPU s / 10 000', 'peak MiB'],
    [
      contenderRow('the office', intake, figures.office, besides),
      contenderRow('bare loop: the same batches, no more', intake, figures.bare, besides),
      contenderRow('naive: a message, its rows one by one, an ack', naiveCount, figures.naive, besides),
    ],
  );

  async function openBare(): Promise<Contender> {
    const process = new Contender(new URL('./contenders/bare-intake.ts', import.meta.url));
    undo(() => process.end());
    const databaseUrl = await newDatabase(undo);
    await process.tell('open', { amqpUrl: services.amqpUrl, databaseUrl, officeDatabaseUrl: office.databaseUrl });
    return process;
  }

  async function officeIn(queue: string, count: number): Promise<Round> {
    await office.process.beginUsage();
    const started = firstTaken(setting.pipeline, queue, count);
    const id = await watch(office, queue);
    await untilStored(office, id, count);
    const ended = performance.now();
    const usage = await office.process.endUsage();
    await unwatch(setting, queue, id);
    batches = await bare.ask('copy', queue, z.array(z.number()));
    await single.tell('copy', queue);
    return { rate: (count * 1000) / (ended - (await started)), ...usage };
  }

  async function bareIn(process: Contender, way: 'bare' | 'naive', queue: string, count: number): Promise<Round> {
    const before = await setting.pipeline.depth(queue);
    await process.beginUsage();
    const started = firstTaken(setting.pipeline, queue, before);
    await process.tell(way, { queue, messages: count });
    const ended = performance.now();
    const usage = await process.endUsage();
    await setting.pipeline.channel.purgeQueue(queue);
    return { rate: (count * 1000) / (ended - (await started)), ...usage };
  }
}
