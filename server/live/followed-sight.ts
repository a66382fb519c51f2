import type { ChangeKind } from '../contract/changes.ts';
import type { ChangesEvent } from '../contract/schemas/events.ts';
import type { Database } from '../database/connect.ts';
import type { Principal } from '../web/route.ts';

import { seenChanges } from './seen-changes.ts';

/** What can change what somebody sees. */
const OF_SIGHT: readonly ChangeKind[] = ['users', 'deadQueues'];
/** So often it is asked in any case, in ms: a dead queue of the configuration is told of by nobody. */
const ASKED_EVERY_MS = 30_000;
type Seeing = Pick<Principal, 'userId' | 'scope'>;
const NOTHING: Seeing = { userId: '0', scope: [] };

export interface FollowedSightOptions {
  database: Database;
  principal: Seeing;
  /** Who it is by now; null for nobody any more. */
  authenticate: () => Promise<Seeing | null>;
}

/**
 * What the listener of a stream that stays open sees. It is asked anew when a user or a dead queue is changed, on any
 * instance; whoever sees something else then is told to ask for everything anew.
 */
export class FollowedSight {
  readonly #options: FollowedSightOptions;
  #now: Seeing;
  #askedAt = performance.now();
  /** Events are told in the order in which they came. */
  #last: Promise<void> = Promise.resolve();

  constructor(options: FollowedSightOptions) {
    this.#options = options;
    this.#now = options.principal;
  }

  get now(): Seeing {
    return this.#now;
  }

  /** Tells what of an event the listener may learn. */
  pass(event: ChangesEvent, tell: (event: ChangesEvent) => void): void {
    this.#last = this.#last.then(() => this.#pass(event, tell));
  }

  async #pass(event: ChangesEvent, tell: (event: ChangesEvent) => void): Promise<void> {
    try {
      const isOfSight = event.reset || event.changes.some(({ kind }) => OF_SIGHT.includes(kind));
      const isDue = performance.now() - this.#askedAt >= ASKED_EVERY_MS;
      const reset = ((isOfSight || isDue) && (await this.#ask())) || event.reset;
      const changes = await seenChanges(this.#options.database, event.changes, this.#now);
      if (reset || changes.length > 0 || event.changes.length === 0) tell({ ...event, reset, changes });
    } catch {
      // What cannot be looked up is not told; the listener asks for it, and so does the next event.
      this.#askedAt = -ASKED_EVERY_MS;
      tell({ ...event, reset: true, changes: [] });
    }
  }

  /** @returns whether they see something else than before. */
  async #ask(): Promise<boolean> {
    const before = this.#now;
    this.#askedAt = performance.now();
    this.#now = (await this.#options.authenticate()) ?? NOTHING;
    return JSON.stringify(before.scope) !== JSON.stringify(this.#now.scope);
  }
}
