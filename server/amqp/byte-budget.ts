/**
 * How many bytes of messages may be in hand on one connection. Prefetch counts messages, not bytes; this is what keeps
 * memory bounded when bodies are large.
 *
 * | state | means |
 * |---|---|
 * | open | less than the limit is in hand: frames are read |
 * | shut | the limit is reached: the socket is left unread until enough was given back |
 *
 * The one message that reaches the limit is let through whole, so that a message larger than the limit passes too.
 */
export class ByteBudget {
  readonly limit: number;
  #inHand = 0;
  readonly #onOpen: () => void;

  /** `onOpen` is called each time the budget opens again. */
  constructor(limit: number, onOpen: () => void) {
    this.limit = limit;
    this.#onOpen = onOpen;
  }

  /** Bytes taken and not given back. */
  get inHand(): number {
    return this.#inHand;
  }

  get shut(): boolean {
    return this.#inHand >= this.limit;
  }

  take(bytes: number): void {
    this.#inHand += bytes;
  }

  giveBack(bytes: number): void {
    const before = this.#inHand;
    this.#inHand = Math.max(0, before - bytes);
    if (before >= this.limit && this.#inHand < this.limit) this.#onOpen();
  }
}
