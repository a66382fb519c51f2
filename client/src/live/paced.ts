import { hashKey, type QueryKey } from '@tanstack/react-query';

/** Asks for things at once, but for the same thing no more often than its pace: then once more at the end of it. */
export class Paced {
  readonly #ask: (key: QueryKey) => void;
  readonly #askedAt = new Map<string, number>();
  readonly #due = new Map<string, { at: number; timer: ReturnType<typeof setTimeout> }>();

  constructor(ask: (key: QueryKey) => void) {
    this.#ask = ask;
  }

  /** Of two paces (ms) the faster one counts. */
  want(key: QueryKey, everyMs: number): void {
    const name = hashKey(key);
    const now = performance.now();
    const at = Math.max(now, (this.#askedAt.get(name) ?? -Infinity) + everyMs);
    const due = this.#due.get(name);
    if (due !== undefined) {
      if (due.at <= at) return;
      clearTimeout(due.timer);
      this.#due.delete(name);
    }
    const ask = () => {
      this.#due.delete(name);
      this.#askedAt.set(name, performance.now());
      this.#ask(key);
    };
    if (at <= now) ask();
    else this.#due.set(name, { at, timer: setTimeout(ask, at - now) });
  }

  /** Nothing more is asked. */
  stop(): void {
    for (const { timer } of this.#due.values()) clearTimeout(timer);
    this.#due.clear();
  }
}
