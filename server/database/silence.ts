import type { Socket } from 'node:net';

/** What the driver's connections are to this module. */
export interface ListeningConnection {
  stream: Socket;
  query: (...args: never[]) => unknown;
}

/** Was asked something and has said nothing: a server that hangs, or a network that swallows what it is given. */
class SilentDatabaseError extends Error {
  readonly code = 'ETIMEDOUT';

  constructor(ms: number) {
    super(`The database said nothing for ${ms} ms.`);
    this.name = 'SilentDatabaseError';
  }
}

/**
 * Gives up connections on which a statement has had no answer for so long. TCP alone would wait for a quarter of an
 * hour, or for ever. The statement's caller is told that the database is away; whether a commit was done stays open, as
 * with any connection that breaks.
 */
export class Silence {
  readonly #ms: number;
  /** The pool's connections → statements that wait for their answers. */
  readonly #waiting = new Map<Socket, number>();

  constructor(ms: number) {
    this.#ms = ms;
  }

  /** To be called for every new connection, once. */
  watch(connection: ListeningConnection): void {
    const { stream } = connection;
    this.#waiting.set(stream, 0);
    stream.once('close', () => this.#waiting.delete(stream));
    const query = connection.query.bind(connection);
    connection.query = (...args) => {
      // Sets the clock back as well: it counts what is said in either direction.
      stream.setTimeout(this.#ms);
      this.#count(stream, 1);
      const command = query(...args);
      if (isCommand(command)) {
        command.once('end', () => {
          this.#count(stream, -1);
        });
      }
      return command;
    };
    stream.on('timeout', () => {
      if ((this.#waiting.get(stream) ?? 0) > 0) this.#giveUp(stream);
    });
  }

  #count(stream: Socket, by: number): void {
    const known = this.#waiting.get(stream);
    if (known !== undefined) this.#waiting.set(stream, known + by);
  }

  /** Those that wait for work are no better, and whoever got one of them next would have to find that out anew. */
  #giveUp(silent: Socket): void {
    for (const [stream, waiting] of this.#waiting) {
      if (stream === silent || waiting === 0) stream.destroy(new SilentDatabaseError(this.#ms));
    }
  }
}

function isCommand(value: unknown): value is { once: (event: 'end', listener: () => void) => void } {
  return typeof value === 'object' && value !== null && 'once' in value && typeof value.once === 'function';
}
