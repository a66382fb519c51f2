/**
 * How much may be in flight at once over several lanes: a number of messages, and of bytes. One message is always let
 * through, however large.
 */
export class Room {
  readonly #maxMessages: number;
  readonly #maxBytes: number;
  #messages = 0;
  #bytes = 0;
  /** The largest body that a session's broker has confirmed: its own limit cannot be asked, but is not below this. */
  #provenBytes = 0;
  #provenBy: number | null = null;
  /** The largest body that a session's broker may take, after it has refused one. */
  #mostBytes: number | null = null;
  #mostBy: number | null = null;
  readonly #waiting = new Set<() => void>();

  constructor(maxMessages: number, maxBytes: number) {
    this.#maxMessages = maxMessages;
    this.#maxBytes = maxBytes;
  }

  /**
   * Takes room; when there is none, or others wait for it already, it returns false and calls `whenRoom` once there may
   * be. Those who wait are called in the order in which they came, so that a large body does not wait forever.
   */
  take(bytes: number, whenRoom: () => void): boolean {
    const fits = this.#messages < this.#maxMessages && (this.#messages === 0 || this.#bytes + bytes <= this.#maxBytes);
    if (!fits || this.#waiting.size > 0) {
      this.#waiting.add(whenRoom);
      return false;
    }
    this.#messages++;
    this.#bytes += bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#messages--;
    this.#bytes -= bytes;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }

  /** A body of this size was confirmed in this session. */
  prove(session: number, bytes: number): void {
    this.#provenBytes = this.#provenBy === session ? Math.max(this.#provenBytes, bytes) : bytes;
    this.#provenBy = session;
  }

  /** Whether the broker of this session is known to take a body of this size. */
  isProven(session: number, bytes: number): boolean {
    return this.#provenBy === session && bytes <= this.#provenBytes;
  }

  /** In this session bodies of more than so many bytes are refused. */
  limit(session: number, mostBytes: number): void {
    this.#mostBytes = this.#mostBy === session ? Math.min(this.#mostBytes ?? mostBytes, mostBytes) : mostBytes;
    this.#mostBy = session;
  }

  /** The largest body that this session's broker takes; null while it has refused none. */
  mostBytes(session: number | undefined): number | null {
    return this.#mostBy === session ? this.#mostBytes : null;
  }
}
