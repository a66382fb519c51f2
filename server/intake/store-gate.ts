import type { Logger } from 'pino';

/** Pauses between looks at a database that is away, in ms. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Whether the database takes writes, for all watchers of this process.
 *
 * | state | means | leaves it by |
 * |---|---|---|
 * | open | batches are written | a write failed because the database is away → shut |
 * | shut | nobody consumes, what is in hand is kept | a small write of its own succeeded → open |
 *
 * The pause before each look grows until a batch was really written: a database that lets the small write through and
 * refuses the rest is not hammered.
 */
export class StoreGate {
  readonly #probe: () => Promise<void>;
  readonly #logger: Logger;
  readonly #onChange: () => void;
  readonly #waiting = new Set<() => void>();
  #open = true;
  #since = new Date();
  #pauseMs = FIRST_PAUSE_MS;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  /** @param options.probe writes something small; rejects when the database does not take it. */
  constructor(options: { probe: () => Promise<void>; logger: Logger; onChange: () => void }) {
    this.#probe = options.probe;
    this.#logger = options.logger;
    this.#onChange = options.onChange;
  }

  get open(): boolean {
    return this.#open;
  }

  get since(): Date {
    return this.#since;
  }

  /** A batch was written. */
  worked(): void {
    this.#pauseMs = FIRST_PAUSE_MS;
  }

  /** A write failed because the database is away. */
  failed(error: unknown): void {
    if (!this.#open || this.#closed) return;
    this.#logger.warn({ code: codeOf(error) }, 'The database does not take writes: consuming stops until it does.');
    this.#change(false);
    this.#lookLater();
  }

  /** Resolves when it is open; also when the gate is taken away, so that nobody waits for ever. */
  async whenOpen(): Promise<void> {
    if (this.#open || this.#closed) return;
    await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  /** No more looks. Those who wait go on, and have to find out for themselves. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#letThrough();
  }

  #lookLater(): void {
    if (this.#closed) return;
    const pauseMs = this.#pauseMs * (0.75 + Math.random() / 2);
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
    this.#timer = setTimeout(() => {
      this.#probe().then(
        () => {
          if (this.#closed) return;
          this.#logger.info('The database takes writes again.');
          this.#change(true);
          this.#letThrough();
        },
        () => {
          this.#lookLater();
        },
      );
    }, pauseMs);
  }

  #change(open: boolean): void {
    this.#open = open;
    this.#since = new Date();
    this.#onChange();
  }

  #letThrough(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const go of waiting) go();
  }
}

/** The driver's code alone: its messages can quote the values of a statement. */
function codeOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string')
    return error.code;
  return error instanceof Error ? error.name : 'unknown';
}
