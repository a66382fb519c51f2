import type { Logger } from 'pino';

import { purgeChanges } from '../database/changes.ts';
import type { Database } from '../database/connect.ts';
import { giveBackLease, holdLease } from '../database/lease.ts';
import { Loop } from '../database/loop.ts';
import type { CurrentSettings } from '../settings/current-settings.ts';

import { readExpired, readStretch, type ExpiredMessage, type RetentionTerms } from './expired-messages.ts';
import { closeRound, openWalk, sameTerms, stepOn, type PurgeWalk } from './purge-walk.ts';
import { removeExpired } from './remove-expired.ts';

export interface PurgingOptions {
  database: Database;
  instanceId: string;
  /** The terms are followed as they change. */
  settings: Pick<CurrentSettings, 'now'>;
  logger: Logger;
  /** In ms; how often a round is made. Default 10 seconds. */
  everyMs?: number;
}

const LEASE = { name: 'purging', ms: 60_000 };
const EVERY_MS = 10_000;
/** A round works so long, in ms, then leaves the database to others until the next one. */
const ROUND_MS = 2_000;
/** Messages looked at by one statement. */
const STRETCH = 500;
/** Messages removed by one transaction, and the bytes of their bodies; one message always goes. */
const PORTION = { messages: 100, bytes: 32 * 1024 * 1024 };

/**
 * Removes what is past its term: contents first, records where a term for them is set. It walks through all messages by
 * id once a day, in rounds; where it is lies in `purge_walks`, so a restart or another instance goes on from there. What the
 * event streams have told goes at each round.
 *
 * One instance at a time walks, under a lease. Should two do so at once, one finds the walk moved on and stops.
 */
export class Purging {
  readonly #options: PurgingOptions;
  readonly #loop: Loop;
  #stopping = false;

  constructor(options: PurgingOptions) {
    this.#options = options;
    this.#loop = new Loop({
      everyMs: options.everyMs ?? EVERY_MS,
      work: () => this.#round(),
      logger: options.logger,
      failed: 'Could not remove what is past its retention term; trying again.',
    });
  }

  /** Comes to an end after the transaction that is under way. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#loop.stop();
    const { database, instanceId } = this.#options;
    // Without it the lease runs out by itself.
    await giveBackLease(database, LEASE.name, instanceId).catch(() => undefined);
  }

  get #terms(): RetentionTerms {
    const { contentsKeptDays, recordsKeptDays } = this.#options.settings.now;
    return { contentsKeptDays, recordsKeptDays };
  }

  async #round(): Promise<void> {
    const { database, instanceId } = this.#options;
    if (!(await holdLease(database, { ...LEASE, instanceId }))) return;
    while ((await purgeChanges(database)) > 0 && !this.#stopping);
    let walk = await openWalk(database, this.#terms);
    if (walk === null) return;
    let after = walk.after;
    let ended = false;
    const until = performance.now() + ROUND_MS;
    while (!ended && this.#goesOn(walk) && performance.now() < until) {
      const { ids, last } = await readStretch(database, { after, upTo: walk.upTo }, { limit: STRETCH, from: 'oldest' });
      for (const portion of inPortions(await readExpired(database, ids, walk.terms))) {
        if (!this.#goesOn(walk)) break;
        walk = await this.#remove(walk, portion);
        if (walk === null) return;
        after = walk.after;
      }
      if (!this.#goesOn(walk)) break;
      ended = last === null;
      after = last ?? after;
    }
    await closeRound(database, walk, { after, ended });
  }

  /** Terms that somebody has changed meanwhile remove nothing more. */
  #goesOn(walk: PurgeWalk): boolean {
    return !this.#stopping && sameTerms(walk.terms, this.#terms);
  }

  async #remove(walk: PurgeWalk, portion: readonly ExpiredMessage[]): Promise<PurgeWalk | null> {
    const last = portion.at(-1);
    if (last === undefined) return walk;
    return await stepOn(this.#options.database, walk, last.id, (transaction) =>
      removeExpired(transaction, portion, walk.terms),
    );
  }
}

function inPortions(expired: readonly ExpiredMessage[]): ExpiredMessage[][] {
  const portions: ExpiredMessage[][] = [];
  let bytes = 0;
  for (const message of expired) {
    const open = portions.at(-1);
    bytes += message.bytes;
    if (open === undefined || open.length >= PORTION.messages || bytes > PORTION.bytes) {
      portions.push([message]);
      bytes = message.bytes;
    } else {
      open.push(message);
    }
  }
  return portions;
}
