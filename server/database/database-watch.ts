import { Socket } from 'node:net';

import { createConnection, type Connection } from 'mysql2';

import { cutConnections, serverOf, type Database, type DatabaseTls } from './connect.ts';

/** Thrown in place of an answer that will not come. */
export class DatabaseAwayError extends Error {
  readonly code = 'DATABASE_AWAY';

  constructor() {
    super('The database does not answer.');
    this.name = 'DatabaseAwayError';
  }
}

/** Times of a watch, in ms. */
export interface DatabaseWatchTimes {
  /** Between two questions. */
  everyMs: number;
  /** A server that has not answered for so long is away. A slow one answers within it. */
  patienceMs: number;
}

/** Together well below two seconds: so soon everybody who waits is told. A second for a question is slow, not away. */
const TIMES: DatabaseWatchTimes = { everyMs: 200, patienceMs: 1_250 };
/** The pools of those who do not wait for a person are cut only after such a silence, in ms. */
const LONG_SILENCE_MS = 10_000;

export interface DatabaseWatchOptions {
  url: string;
  tls?: DatabaseTls | null;
  /** Cut as soon as the server is away. */
  impatient?: readonly Database[];
  /** Cut after a long silence: what they do takes its time. */
  patient?: readonly Database[];
  /** Called when it went or came back. */
  onChange?: () => void;
  times?: DatabaseWatchTimes;
}

/**
 * Whether the database answers, found out on a connection of its own: a server that hangs or a network that swallows
 * everything closes nothing and would be waited for without end.
 *
 * | state | means | leaves it by |
 * |---|---|---|
 * | unknown | nothing has been answered yet | the first answer, or its absence |
 * | there | it answered last time | no answer within `patienceMs`, or the connection is lost and cannot be made again → away |
 * | away | it did not; who waits for it is told at once | an answer → there |
 *
 * It asks all the time, so it is back as soon as the server is.
 */
export class DatabaseWatch {
  readonly #options: DatabaseWatchOptions;
  readonly #times: DatabaseWatchTimes;
  readonly #waiting = new Set<() => void>();
  readonly #known: Promise<void>;
  #isKnown: () => void = () => undefined;
  #ok: boolean | null = null;
  #since = new Date();
  #silentFrom: number | null = null;
  #connection: Connection | null = null;
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  #stopped = false;

  /** It begins at once. */
  constructor(options: DatabaseWatchOptions) {
    this.#options = options;
    this.#times = options.times ?? TIMES;
    this.#known = new Promise((resolve) => (this.#isKnown = resolve));
    void this.#look();
  }

  /** Waits for the first answer, or until it is clear that there is none. */
  async state(): Promise<{ ok: boolean; since: string }> {
    await this.#known;
    return { ok: this.#ok === true, since: this.#since.toISOString() };
  }

  /** What is known by now. */
  get there(): boolean {
    return this.#ok === true;
  }

  /**
   * Does something that needs the database.
   *
   * @throws DatabaseAwayError as soon as it is away, whatever `work` still waits for; then nobody knows what came of it.
   */
  async during<T>(work: () => Promise<T>): Promise<T> {
    await this.#known;
    if (this.#ok !== true) throw new DatabaseAwayError();
    return await new Promise<T>((resolve, reject) => {
      const away = () => {
        reject(new DatabaseAwayError());
      };
      this.#waiting.add(away);
      work()
        .finally(() => this.#waiting.delete(away))
        .then(resolve, reject);
    });
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    if (this.#connection !== null) cutOff(this.#connection);
    this.#isKnown();
  }

  #lookNow(): void {
    if (this.#looking || this.#stopped) return;
    clearTimeout(this.#timer);
    void this.#look();
  }

  async #look(): Promise<void> {
    this.#looking = true;
    const answered = await this.#ask();
    this.#looking = false;
    if (this.#stopped) return;
    this.#learn(answered);
    this.#timer = setTimeout(() => {
      this.#lookNow();
    }, this.#times.everyMs);
  }

  #learn(answered: boolean): void {
    const { impatient = [], patient = [] } = this.#options;
    if (answered !== this.#ok) {
      this.#since = new Date();
      this.#ok = answered;
      this.#isKnown();
      if (!answered) {
        for (const away of [...this.#waiting]) away();
        impatient.forEach(cutConnections);
      }
      this.#options.onChange?.();
    }
    if (answered) this.#silentFrom = null;
    else {
      this.#silentFrom ??= performance.now();
      if (performance.now() - this.#silentFrom >= LONG_SILENCE_MS) {
        patient.forEach(cutConnections);
        this.#silentFrom = performance.now();
      }
    }
  }

  /** One question, on the connection that is there or on a new one. A server that says no has answered. */
  #ask(): Promise<boolean> {
    return new Promise((resolve) => {
      const connection = (this.#connection ??= this.#open());
      const end = (answered: boolean) => {
        clearTimeout(timer);
        if (!answered && this.#connection === connection) {
          cutOff(connection);
          this.#connection = null;
        }
        resolve(answered);
      };
      // What has come while this process was busy is read before it is called missing.
      const timer = setTimeout(() => {
        setImmediate(() => {
          end(false);
        });
      }, this.#times.patienceMs);
      connection.query('SELECT 1', (error) => {
        if (error === null) end(true);
        else {
          this.#connection = null;
          cutOff(connection);
          end(isFull(error));
        }
      });
    });
  }

  #open(): Connection {
    const { url, tls } = this.#options;
    const connection = createConnection({ ...serverOf(url, tls), connectTimeout: this.#times.patienceMs });
    // A question that is under way is told by its own callback.
    connection.on('error', () => {
      if (this.#connection !== connection) return;
      this.#connection = null;
      this.#lookNow();
    });
    return connection;
  }
}

/** It answers, and has no room for one connection more: others have theirs. */
function isFull({ code }: { code?: string | undefined }): boolean {
  return code === 'ER_CON_COUNT_ERROR' || code === 'ER_TOO_MANY_USER_CONNECTIONS';
}

/** The driver would wait for a server that is gone to say goodbye. */
function cutOff(connection: Connection): void {
  const stream: unknown = Reflect.get(connection, 'stream');
  connection.destroy();
  if (stream instanceof Socket) stream.destroy();
}
