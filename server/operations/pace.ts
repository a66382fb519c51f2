/** At a given rate, messages are sent in portions of so many ms' worth. */
const PORTION_MS = 250;

/**
 * Says when the next portion may leave, so that the rate holds over any few seconds. What was missed while waiting for
 * something else is not caught up, beyond one portion: a rate is a promise to whoever receives.
 */
export class Pace {
  readonly #now: () => number;
  #next: number | null = null;

  /** `now`: monotonic, in ms. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** How many messages go at once at this rate (a second); without a rate as many as `most`. */
  portion(ratePerSecond: number | null, most: number): number {
    if (ratePerSecond === null) return most;
    return Math.min(most, Math.max(1, Math.floor((ratePerSecond * PORTION_MS) / 1000)));
  }

  /** Takes the turn of `count` messages. Returns the ms to wait until it comes. */
  take(count: number, ratePerSecond: number | null): number {
    if (ratePerSecond === null) return 0;
    const now = this.#now();
    const takes = (count * 1000) / ratePerSecond;
    const turn = this.#next === null ? now : Math.max(this.#next, now - takes);
    this.#next = turn + takes;
    return Math.max(0, turn - now);
  }
}
