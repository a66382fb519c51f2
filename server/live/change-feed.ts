import type { Logger } from 'pino';

import type { ChangesEvent } from '../contract/schemas/events.ts';
import {
  CHANGES_KEPT_MS,
  CHANGES_LATE_MS,
  readChanges,
  type ReadChanges,
  type RecordedChange,
} from '../database/changes.ts';
import type { Database } from '../database/connect.ts';
import { ListenedLoop } from '../database/listened-loop.ts';

const POLL_MS = 500;
/** A listener learns so often, in ms, how far it is, also when nothing was changed. */
const POSITION_MS = 15_000;

/** Takes what was changed. Whoever comes back with the position, to any instance, is told what came after it. */
export type ChangeListener = (event: ChangesEvent, position: string) => void;

interface Following {
  tell: ChangeListener;
  /** Null: a newcomer without a position. */
  since: Date | null;
  isNew: boolean;
  /** By the monotonic clock, in ms. */
  toldAt: number;
}

/**
 * Tells whoever listens what was changed, by whichever instance: one statement for all listeners, at most twice a second,
 * and only while there are any.
 *
 * Rows become visible in another order than they were written in, so each look goes back `CHANGES_LATE_MS` before the last
 * one, and a listener is told what it has not been told yet. A position is a moment of the database's clock. Whoever
 * comes with one, or anew, is told the time before it as well: twice is harmless, not at all is not.
 *
 * | a listener comes | it is told |
 * |---|---|
 * | without a position | what was changed in the last minute: what it read meanwhile may be older |
 * | with a position | what was changed since, and in the minute before |
 * | with one that is too old, or ahead of the clock | `reset`: to ask for everything anew |
 */
export class ChangeFeed {
  readonly #database: Database;
  readonly #loop: ListenedLoop<Following>;
  /** When the last look was, by the database's clock, and what was in its time. */
  #last: { at: Date; told: Set<string> } | null = null;

  constructor(database: Database, logger: Logger) {
    this.#database = database;
    this.#loop = new ListenedLoop<Following>({
      everyMs: POLL_MS,
      work: (listeners) => this.#look([...listeners]),
      logger,
      failed: 'The changes could not be read for the event streams; trying again.',
    });
  }

  /**
   * @param position as it was told before: decimal digits; null for none.
   * @returns takes the listener away.
   */
  listen(tell: ChangeListener, position: string | null): () => void {
    if (this.#loop.isIdle) this.#last = null;
    const since = position === null ? null : new Date(Number(position));
    return this.#loop.add({ tell, since, isNew: true, toldAt: 0 });
  }

  async #look(listeners: readonly Following[]): Promise<void> {
    const last = this.#last;
    const moments = listeners.flatMap(({ isNew, since }) => (isNew && since !== null ? [since] : []));
    if (last !== null) moments.push(last.at);
    const found = await readChanges(this.#database, earliest(moments));
    for (const listener of listeners) {
      const since = (listener.isNew ? listener.since : last?.at) ?? found.now;
      const told = listener.isNew ? undefined : last?.told;
      tell(listener, found, { since, told });
    }
    this.#last = { at: found.now, told: new Set(found.changes.map(({ id }) => id)) };
  }
}

function tell(
  listener: Following,
  found: ReadChanges,
  { since, told }: { since: Date; told: ReadonlySet<string> | undefined },
): void {
  const reset = hasMissed(since, found);
  const from = +since - CHANGES_LATE_MS;
  const changes = reset ? [] : found.changes.filter(({ id, at }) => +at >= from && told?.has(id) !== true).map(shown);
  const now = performance.now();
  if (!listener.isNew && !reset && changes.length === 0 && now - listener.toldAt < POSITION_MS) return;
  listener.isNew = false;
  listener.toldAt = now;
  listener.tell({ type: 'changes', reset, changes }, String(+found.now));
}

/** Whether something after this moment may not be among what was found. */
function hasMissed(since: Date, { now, missingBefore }: ReadChanges): boolean {
  return (
    +now - +since > CHANGES_KEPT_MS - CHANGES_LATE_MS ||
    +since - +now > CHANGES_LATE_MS ||
    (missingBefore !== null && missingBefore > since)
  );
}

function shown({ id, kind, subjectId }: RecordedChange): ChangesEvent['changes'][number] {
  return { id, kind, subjectId };
}

function earliest(moments: readonly Date[]): Date | null {
  return moments.length === 0 ? null : new Date(Math.min(...moments.map(Number)));
}
