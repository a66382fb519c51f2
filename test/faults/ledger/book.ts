/** A numbered message, and how many of it there are: more than one are twins, equal to the last byte. */
export interface Entry {
  number: number;
  copies: number;
  body: Buffer;
  /** Twins have none. */
  messageId: string | null;
}

export interface BookOptions {
  /** Twice, and thrice, the same message among so many. Default: 25. */
  twinsEvery?: number;
  /** What the body of a number is filled up with. */
  padding?: (number: number) => string;
}

/** What was published: every message bears a number in its body by which it is found again wherever it ends. */
export class Book {
  readonly #options: BookOptions;
  readonly #entries = new Map<number, Entry>();

  constructor(options: BookOptions = {}) {
    this.#options = options;
  }

  /** Messages, twins included. */
  get messages(): number {
    return [...this.#entries.values()].reduce((sum, { copies }) => sum + copies, 0);
  }

  get entries(): ReadonlyMap<number, Entry> {
    return this.#entries;
  }

  /** Writes down the next message, or the next twins. */
  next(): Entry {
    const { twinsEvery = 25, padding = () => '' } = this.#options;
    const number = this.#entries.size;
    const isTwin = number % twinsEvery === 0;
    const entry: Entry = {
      number,
      copies: isTwin ? 2 + (Math.floor(number / twinsEvery) % 2) : 1,
      body: Buffer.from(`{"number":${number},"orderId":"A-${number}"${padding(number)}}`),
      messageId: isTwin ? null : `message-${number}`,
    };
    this.#entries.set(number, entry);
    return entry;
  }
}

/** The number of a message of the book; null for a body that is not of it. */
export function numberOf(body: Buffer): number | null {
  const digits = /^\{"number":(\d+),/.exec(body.toString('latin1', 0, 32))?.[1];
  return digits === undefined ? null : Number(digits);
}
