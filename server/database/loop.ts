import type { Logger } from 'pino';

import { databaseFault } from './faults.ts';

/** What a loop does and says. */
export interface LoopOptions {
  everyMs: number;
  /** May reject: it is done again at its next turn. */
  work: () => Promise<void>;
  logger: Logger;
  /** What the log says when the work fails, other than for want of the database. */
  failed: string;
}

/** Does something again and again, never twice at a time. What goes wrong is said once, until it goes right again. */
export class Loop {
  readonly #options: LoopOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | null = null;
  #again = false;
  #stopped = false;
  #failing = false;

  /** It begins at once. */
  constructor(options: LoopOptions) {
    this.#options = options;
    this.now();
  }

  /** Does it now, or once more right after the turn that is under way. */
  now(): void {
    if (this.#stopped) return;
    if (this.#running !== null) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#running = this.#once().finally(() => {
      this.#running = null;
      if (this.#stopped) return;
      this.#timer = setTimeout(
        () => {
          this.now();
        },
        this.#again ? 0 : this.#options.everyMs,
      );
      this.#again = false;
    });
  }

  async #once(): Promise<void> {
    try {
      await this.#options.work();
      this.#failing = false;
    } catch (error) {
      // A database that is away is said by the gate, and by whoever else needs it.
      if (!this.#failing && databaseFault(error) !== 'away') {
        this.#options.logger.error({ err: error }, this.#options.failed);
      }
      this.#failing = true;
    }
  }

  /** Waits for the turn that is under way; there is no other after it. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }
}
