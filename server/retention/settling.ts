import type { Logger } from 'pino';
import { z } from 'zod';

import type { Connection } from '../amqp/connection.ts';
import { askQueue } from '../amqp/topology.ts';
import type { Database } from '../database/connect.ts';
import { databaseNow } from '../database/database-now.ts';
import { giveBackLease, holdLease } from '../database/lease.ts';
import { Loop } from '../database/loop.ts';
import { readWatches } from '../dead-queues/watch-store.ts';
import {
  readQuietClocks,
  removeUnneededQuietClocks,
  writeQuietClock,
  type QuietPlace,
} from '../messages/quiet-clock-store.ts';
import { forgetUnmarkedResends } from '../messages/unmarked-resends.ts';

import { afterLook, settledUpTo, STOPPED_CLOCK, withoutOldSpans, type QuietClock } from './quiet-clock.ts';
import { oldestResent, readResent, settleMessages, type ResentCursor } from './resent-messages.ts';

export interface SettlingOptions {
  database: Database;
  /** For questions about queues; asking changes nothing. */
  connection: Connection;
  instanceId: string;
  /** In ms. */
  quietPeriodMs: number;
  logger: Logger;
}

const LEASE = 'settling';
/** A look at every queue is taken so many times in a quiet period, at least at the second of these intervals (ms). */
const LOOKS = 20;
const LOOK_EVERY = { shortest: 100, longest: 15_000 };
/** What an instance reported of a dead queue is believed for so long, in ms. */
const REPORT_HOLDS_MS = 15_000;
const QUEUES_AT_ONCE = 8;
/** Messages read by one statement and settled by one transaction, and how often in one round. */
const PORTION = 1_000;
const PORTIONS = 50;

const writtenClock = z.object({
  spans: z.array(z.object({ from: z.number(), to: z.number() })),
  running: z.boolean(),
});

/**
 * Settles what was resent and did not come back within the quiet period. The quiet period of a message runs only while
 * nothing could come back unseen: its dead queue is consumed and drained, and the queue that it went to has a consumer
 * and is empty. What is known of that is in `quiet_clocks`, so it survives restarts and goes over to another instance.
 *
 * One instance at a time looks, under a lease. Two at once would do no harm: whoever settles a message does it once.
 */
export class Settling {
  readonly #options: SettlingOptions;
  readonly #everyMs: number;
  readonly #loop: Loop;
  /** Where the last round ended that did not come to the end. */
  #from: ResentCursor | null = null;

  constructor(options: SettlingOptions) {
    this.#options = options;
    const { shortest, longest } = LOOK_EVERY;
    this.#everyMs = Math.min(longest, Math.max(shortest, options.quietPeriodMs / LOOKS));
    this.#loop = new Loop({
      everyMs: this.#everyMs,
      work: () => this.#round(),
      logger: options.logger,
      failed: 'Could not look which resent messages have settled; trying again.',
    });
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
    const { database, instanceId } = this.#options;
    // Without it the lease runs out by itself.
    await giveBackLease(database, LEASE, instanceId).catch(() => undefined);
  }

  async #round(): Promise<void> {
    const { database, instanceId } = this.#options;
    if (!(await holdLease(database, { name: LEASE, instanceId, ms: 3 * this.#everyMs + 5_000 }))) return;
    await forgetUnmarkedResends(database);
    const oldest = await oldestResent(database);
    await removeUnneededQuietClocks(database, oldest);
    if (oldest === null) return;
    await this.#settle(await this.#look());
  }

  /** @returns for each place the time up to which what was resent there has settled. */
  async #look(): Promise<Map<string, Date>> {
    const { database, quietPeriodMs } = this.#options;
    const clocks = await readQuietClocks(database);
    const now = (await databaseNow(database)).getTime();
    const drained = await this.#drained(new Set(clocks.map(({ deadQueueId }) => deadQueueId)), now);
    const settled = new Map<string, Date>();
    for (let from = 0; from < clocks.length; from += QUEUES_AT_ONCE) {
      await Promise.all(
        clocks.slice(from, from + QUEUES_AT_ONCE).map(async (place) => {
          const quiet = drained.has(place.deadQueueId) && (await this.#isRead(place.queue));
          const clock = withoutOldSpans(
            afterLook(readClock(place.spans), { now, quiet, longestGapMs: Math.max(2_000, 3 * this.#everyMs) }),
            quietPeriodMs,
          );
          const spans = JSON.stringify(clock);
          if (spans !== place.spans) await writeQuietClock(database, place, spans);
          const upTo = settledUpTo(clock, quietPeriodMs);
          if (upTo !== null) settled.set(keyOf(place), new Date(upTo));
        }),
      );
    }
    return settled;
  }

  /** The dead queues that an instance consumes and has just seen empty. */
  async #drained(deadQueueIds: ReadonlySet<string>, now: number): Promise<Set<string>> {
    const watches = await readWatches(this.#options.database, [...deadQueueIds]);
    return new Set(
      watches
        .filter(({ state, depth, reportedAt }) => {
          return state === 'consuming' && depth === 0 && Math.abs(now - reportedAt.getTime()) <= REPORT_HOLDS_MS;
        })
        .map(({ deadQueueId }) => deadQueueId),
    );
  }

  /** Whether somebody reads this queue and nothing waits in it. */
  async #isRead(queue: string): Promise<boolean> {
    const facts = await askQueue(this.#options.connection, queue);
    return facts.state === 'present' && facts.consumers > 0 && facts.messages === 0;
  }

  async #settle(settled: ReadonlyMap<string, Date>): Promise<void> {
    if (settled.size === 0) return;
    const { database } = this.#options;
    const upTo = new Date(Math.max(...[...settled.values()].map(Number)));
    for (let portion = 0; portion < PORTIONS; portion += 1) {
      const messages = await readResent(database, { after: this.#from, upTo, limit: PORTION });
      await settleMessages(
        database,
        messages.filter(({ deadQueueId, queue, resentAt }) => {
          const before = queue === null ? undefined : settled.get(keyOf({ deadQueueId, queue }));
          return before !== undefined && resentAt <= before;
        }),
      );
      this.#from = messages.at(-1) ?? null;
      if (messages.length < PORTION) {
        this.#from = null;
        return;
      }
    }
  }
}

function keyOf({ deadQueueId, queue }: QuietPlace): string {
  return `${deadQueueId}/${queue}`;
}

/** What is not readable is as good as nothing: then the quiet period begins again. */
function readClock(written: string): QuietClock {
  if (written === '') return STOPPED_CLOCK;
  return writtenClock.safeParse(JSON.parse(written)).data ?? STOPPED_CLOCK;
}
