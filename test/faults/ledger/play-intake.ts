import { setTimeout as pause } from 'node:timers/promises';

import { waitFor } from '../../support/services.ts';

import type { Entry } from './book.ts';
import type { Fault } from './fault.ts';
import { journalCopies } from './journal-copies.ts';
import type { LedgerRow } from './ledger-row.ts';
import { numberOf } from './book.ts';
import { Stage, type StageOptions } from './stage.ts';
import { tally } from './tally.ts';

const RECOVERS_WITHIN_MS = 90_000;
/** Published at once, and the pause between: about a thousand a second, so that the fault comes in between. */
const PORTION = 25;
const PAUSE_MS = 25;
/** What every answer of the database takes longer, in ms each way: the intake is then not over before the fault comes. */
const DISTANCE_MS = 1;

/** Publishes dead letters, causes the fault while they are taken in, and counts where they are. */
export async function playIntake(fault: Fault, options: StageOptions): Promise<LedgerRow> {
  const stage = await Stage.open(options);
  try {
    return await play(stage, fault);
  } catch (error) {
    throw new Error(`${fault.name}, intake, ${options.queueType}: ${String(error)}\n${stage.said()}`, { cause: error });
  } finally {
    await stage.close();
  }
}

async function play(stage: Stage, fault: Fault): Promise<LedgerRow> {
  const { messages, queueType } = stage.options;
  await fault.prepare?.(stage);
  stage.storage.slow(DISTANCE_MS);
  const publishing = new Publishing(stage);
  if (fault.flow === 'before') await publishing.all(0);
  for (let instance = 0; instance < (fault.instances ?? 1); instance += 1) stage.start();
  await Promise.all(stage.offices.map((office) => office.ready()));
  const published = fault.flow === 'before' ? Promise.resolve() : publishing.all(PAUSE_MS);
  // Its end is waited for below.
  published.catch(() => undefined);

  await stage.progress(Math.floor(messages * (0.05 + Math.random() * 0.2)));
  await stage.anyMoment();
  const note = await fault.cause(stage);
  stage.storage.slow(0);
  const mended = performance.now();
  await published;
  const seconds = await untilSettled(stage, fault.recoversWithinMs ?? RECOVERS_WITHIN_MS, mended);
  const said = seconds === null ? stage.said() : '';
  await stage.stopOffices();

  const found = await waitFor(() => stage.store.found(), { deadlineMs: 20_000, describe: 'the database to be read' });
  const inJournal = await journalCopies(stage.journalDir);
  const left = await stage.topology.drain(stage.topology.deadQueue);
  const inQueue = left.map(({ body }) => ({ number: numberOf(body), marked: false }));
  const { details, ...counts } = tally(stage.book, [...found, ...inJournal, ...inQueue]);
  const remarks = [
    ...(note === undefined ? [] : [note]),
    ...(left.length > 0 ? [`${left.length} left in the dead queue`] : []),
    ...(inJournal.length > 0 ? [`${inJournal.length} left in the journal`] : []),
    ...details,
    ...(said === '' ? [] : [said]),
  ];
  return { fault: fault.name, side: 'intake', queueType, ...counts, unknown: 0, seconds, note: remarks.join('; ') };
}

/** Everything that was published is stored, and neither the dead queue nor the journal holds any more of it. */
async function untilSettled(stage: Stage, deadlineMs: number, since: number): Promise<number | null> {
  try {
    await waitFor(
      async () => {
        if ((await stage.store.stored()) < stage.book.messages) return false;
        if ((await stage.topology.depth(stage.topology.deadQueue)) > 0) return false;
        return (await journalCopies(stage.journalDir)).length === 0;
      },
      { deadlineMs },
    );
    return (performance.now() - since) / 1000;
  } catch {
    return null;
  }
}

/** Publishes what the stage asks for, half of it by way of a worker that rejects it. */
class Publishing {
  readonly #stage: Stage;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  async all(pauseMs: number): Promise<void> {
    const { topology, book, options } = this.#stage;
    const isSteady = pauseMs > 0;
    // What the broker dead-letters by itself it may lose when it crashes, with the office far away: not then.
    if (isSteady) await topology.startRejecting();
    while (book.messages < options.messages) {
      const entries: Entry[] = Array.from({ length: PORTION }, () => book.next());
      const twins = entries.filter(({ copies }) => copies > 1);
      const others = entries.filter(({ copies }) => copies === 1);
      const rejected = isSteady ? others.filter((_, index) => index % 2 === 0) : [];
      await topology.publish(rejected, 'rejected');
      await topology.publish([...twins, ...others.filter((one) => !rejected.includes(one))], 'direct');
      if (isSteady) await pause(pauseMs);
    }
    if (isSteady) {
      await waitFor(async () => (await topology.depth(topology.workQueue)) === 0, {
        deadlineMs: 20_000,
        describe: 'the work queue to be empty',
      });
      await topology.stopRejecting();
    }
  }
}
