import type { Logger } from 'pino';

import type { Operation } from '../contract/schemas/operations.ts';
import type { Database } from '../database/connect.ts';

import { findCurrentOperations, readOperations } from './operation-queries.ts';
import { WakeablePause } from './wakeable-pause.ts';

type Listener = (operation: Operation) => void;

const POLL_MS = 500;

/**
 * Tells whoever listens how operations come along, whichever instance runs them: every operation that has not ended, or
 * only just, when the listener comes; then each change of one, up to and including its end. The database is asked at most twice a
 * second, and only while somebody listens.
 */
export class OperationFeed {
  readonly #database: Database;
  readonly #logger: Logger;
  readonly #pause = new WakeablePause();
  readonly #listeners = new Set<Listener>();
  /** What was told last, by operation. */
  #told = new Map<string, string>();
  #polling = false;

  constructor(database: Database, logger: Logger) {
    this.#database = database;
    this.#logger = logger;
  }

  /** The returned function takes the listener away. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    // The newcomer has been told nothing: everything is told again, to all, which harms nobody.
    for (const id of this.#told.keys()) this.#told.set(id, '');
    if (!this.#polling) void this.#poll();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#pause.wake();
    };
  }

  async #poll(): Promise<void> {
    this.#polling = true;
    while (this.#listeners.size > 0) {
      try {
        await this.#tell();
      } catch (error) {
        this.#logger.debug({ err: error }, 'Operations could not be read for the event streams; trying again.');
      }
      if (this.#listeners.size > 0) await this.#pause.wait(POLL_MS);
    }
    this.#told = new Map();
    this.#polling = false;
  }

  async #tell(): Promise<void> {
    const current = await findCurrentOperations(this.#database);
    // Those told of before are read too: one that is not among the current any more has ended meanwhile.
    const ids = new Set([...current, ...this.#told.keys()]);
    const operations = ids.size === 0 ? [] : await readOperations(this.#database, [...ids]);
    const still = new Set(current);
    for (const operation of operations) {
      const said = JSON.stringify(operation);
      if (said !== this.#told.get(operation.id)) {
        for (const listener of this.#listeners) listener(operation);
      }
      if (still.has(operation.id)) this.#told.set(operation.id, said);
      else this.#told.delete(operation.id);
    }
  }
}
