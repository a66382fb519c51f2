import type { Logger } from 'pino';

import type { Operation } from '../contract/schemas/operations.ts';
import type { Database } from '../database/connect.ts';
import { ListenedLoop } from '../database/listened-loop.ts';

import { findCurrentOperations, readOperations } from './operation-queries.ts';

type Listener = (operation: Operation) => void;

const POLL_MS = 500;

/**
 * Tells whoever listens how operations come along, whichever instance runs them: every operation that has not ended, or
 * only just, when the listener comes; then each change of one, up to and including its end. The database is asked at most twice a
 * second, and only while somebody listens.
 */
export class OperationFeed {
  readonly #database: Database;
  readonly #loop: ListenedLoop<Listener>;
  /** What was told last, by operation. */
  readonly #told = new Map<string, string>();

  constructor(database: Database, logger: Logger) {
    this.#database = database;
    this.#loop = new ListenedLoop<Listener>({
      everyMs: POLL_MS,
      work: (listeners) => this.#tell(listeners),
      logger,
      failed: 'Operations could not be read for the event streams; trying again.',
    });
  }

  /** The returned function takes the listener away. */
  listen(listener: Listener): () => void {
    if (this.#loop.isIdle) this.#told.clear();
    // The newcomer has been told nothing: everything is told again, to all, which harms nobody.
    for (const id of this.#told.keys()) this.#told.set(id, '');
    return this.#loop.add(listener);
  }

  async #tell(listeners: ReadonlySet<Listener>): Promise<void> {
    const current = await findCurrentOperations(this.#database);
    // Those told of before are read too: one that is not among the current any more has ended meanwhile.
    const ids = new Set([...current, ...this.#told.keys()]);
    const operations = ids.size === 0 ? [] : await readOperations(this.#database, [...ids]);
    const still = new Set(current);
    for (const operation of operations) {
      const said = JSON.stringify(operation);
      if (said !== this.#told.get(operation.id)) {
        for (const listener of listeners) listener(operation);
      }
      if (still.has(operation.id)) this.#told.set(operation.id, said);
      else this.#told.delete(operation.id);
    }
  }
}
