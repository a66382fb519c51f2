/** Pauses between attempts, in ms: from `initialMs`, doubling, to `maxMs`, each shortened by up to a third at random. */
export class Backoff {
  readonly #initialMs: number;
  readonly #maxMs: number;
  #attempt = 0;

  constructor(initialMs: number, maxMs: number) {
    this.#initialMs = initialMs;
    this.#maxMs = maxMs;
  }

  /** The next pause. */
  next(): number {
    const full = Math.min(this.#maxMs, this.#initialMs * 2 ** Math.min(this.#attempt++, 30));
    return Math.round(full * (1 - Math.random() / 3));
  }

  /** It worked: the next failure starts from the shortest pause again. */
  reset(): void {
    this.#attempt = 0;
  }
}
