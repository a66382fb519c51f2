import type { Logger } from 'pino';

import { readOperationReach, seesOperation } from '../access/within-scope.ts';
import type { Operation } from '../contract/schemas/operations.ts';
import type { Database } from '../database/connect.ts';
import { ListenedLoop } from '../database/listened-loop.ts';
import type { Sight } from '../web/route.ts';

import { findCurrentOperations, readOperations } from './operation-queries.ts';

/** Who is told, of the operations that they see by then. */
export interface OperationListener {
  tell: (operation: Operation) => void;
  sight: () => NonNullable<Sight>;
}

const POLL_MS = 500;

/**
 * Tells whoever listens how operations come along, whichever instance runs them: every operation that has not ended, or
 * only just, when the listener comes; then each change of one, up to and including its end. The database is asked at most twice a
 * second, and only while somebody listens.
 */
export class OperationFeed {
  readonly #database: Database;
  readonly #loop: ListenedLoop<OperationListener>;
  /** What was told last, by operation. */
  readonly #told = new Map<string, string>();

  constructor(database: Database, logger: Logger) {
    this.#database = database;
    this.#loop = new ListenedLoop<OperationListener>({
      everyMs: POLL_MS,
      work: (listeners) => this.#tell(listeners),
      logger,
      failed: 'Operations could not be read for the event streams; trying again.',
    });
  }

  /** The returned function takes the listener away. */
  listen(listener: OperationListener): () => void {
    if (this.#loop.isIdle) this.#told.clear();
    // The newcomer has been told nothing: everything is told again, to all, which harms nobody.
    for (const id of this.#told.keys()) this.#told.set(id, '');
    return this.#loop.add(listener);
  }

  async #tell(listeners: ReadonlySet<OperationListener>): Promise<void> {
    const current = await findCurrentOperations(this.#database);
    // Those told of before are read too: one that is not among the current any more has ended meanwhile.
    const ids = new Set([...current, ...this.#told.keys()]);
    const operations = ids.size === 0 ? [] : await readOperations(this.#database, [...ids], null);
    const still = new Set(current);
    const fresh = operations.map((operation) => ({ operation, said: JSON.stringify(operation) }));
    const isLimited = [...listeners].some(({ sight }) => sight().scope !== null);
    const changed = fresh.filter(({ operation, said }) => said !== this.#told.get(operation.id));
    const reach =
      isLimited && changed.length > 0
        ? await readOperationReach(
            this.#database,
            changed.map(({ operation }) => operation.id),
          )
        : null;
    for (const { operation, said } of fresh) {
      if (said !== this.#told.get(operation.id)) {
        for (const { tell, sight } of listeners) {
          const its = reach?.get(operation.id);
          // One who is limited since the look is told at the next.
          if (its === undefined ? sight().scope === null : seesOperation(sight(), its)) tell(operation);
        }
      }
      if (still.has(operation.id)) this.#told.set(operation.id, said);
      else this.#told.delete(operation.id);
    }
  }
}
