import { unescape } from 'node:querystring';

import type { ChannelModel, RecoveringChannelModel } from 'amqplib';
import type { Logger } from 'pino';

import { BrokerError, safeText } from './broker-error.ts';
import { openSession, type OpenSession, type Session } from './session.ts';
import { amqplib } from './typed-codec.ts';

/**
 * | status | means |
 * |---|---|
 * | `connecting` | no connection; it is tried again and again, with a growing, jittered pause |
 * | `connected` | the broker answers |
 * | `closed` | `close()` was called: for good |
 */
export interface ConnectionState {
  status: 'connecting' | 'connected' | 'closed';
  since: Date;
  /** Why there is no connection, or why the one before ended. Safe to show. */
  lastError: string | null;
  /** The broker's reason while it takes no publishes (memory or disk alarm), else null. */
  blocked: string | null;
}

/** How a client proves who a server is, and itself to it. PEM. Without `ca`: by the authorities that Node.js knows. */
export interface ClientTls {
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
}

export interface ConnectionOptions {
  /** amqp:// or amqps://, with credentials and vhost. Never logged. */
  url: string;
  /** For amqps://. The broker's certificate and its name are always checked. */
  tls?: ClientTls;
  /** Shown as the connection's name in RabbitMQ's management, e.g. `dead-letter-office intake`. */
  name: string;
  logger: Logger;
  /** Bytes of messages that consumers on this connection may hold before the socket is left unread. Default: 64 MiB. */
  byteBudget?: number;
  /** Seconds. Default: 30. */
  heartbeat?: number;
  /** Pauses between attempts, in ms. Default: 250 growing to 15 000. */
  retry?: { initialMs: number; maxMs: number };
  /** How long one attempt may take, in ms. Default: 10 000. */
  connectTimeoutMs?: number;
}

/** A connection that comes back by itself. */
export interface Connection {
  readonly name: string;
  /** The broker's user that it signs in as. */
  readonly user: string;
  readonly state: ConnectionState;
  /** The living session, or null. */
  readonly session: Session | null;
  /**
   * Calls back with every new session, and at once when there is one: the place to open channels.
   * The listener must not throw. The returned function takes it away.
   */
  onConnected(listener: (session: Session) => void): () => void;
  /** Calls back on every change of `state`. */
  onStateChange(listener: (state: ConnectionState) => void): () => void;
  /** Waits for a session. Rejects with a BrokerError after `timeoutMs`, or when the connection is closed. */
  connected(timeoutMs: number): Promise<Session>;
  /**
   * Ends it for good, within 5 s even when the broker does not answer. Close consumers and publishers before it:
   * acks that are still in a channel's buffer would be lost.
   */
  close(): Promise<void>;
}

export type { Session } from './session.ts';

const DEFAULT_BYTE_BUDGET = 64 * 1024 * 1024;
const DEFAULT_HEARTBEAT_S = 30;
const CLOSE_WITHIN_MS = 5_000;

/**
 * Starts connecting and returns at once; it never gives up by itself. Throws when the URL is not one of AMQP.
 *
 * amqplib's own recovery makes the attempts and the pauses between them. Its `setup` hook is not used: a connection that
 * dies while the hook runs is taken for a living one. Channels are opened from `onConnected` instead.
 */
export function openConnection(options: ConnectionOptions): Connection {
  return new SupervisedConnection(options);
}

class SupervisedConnection implements Connection {
  readonly name: string;
  readonly user: string;
  readonly #logger: Logger;
  readonly #byteBudget: number;
  readonly #recovering: Promise<RecoveringChannelModel>;
  #state: ConnectionState = { status: 'connecting', since: new Date(), lastError: null, blocked: null };
  #session: OpenSession | null = null;
  readonly #connectedListeners = new Set<(session: Session) => void>();
  readonly #stateListeners = new Set<(state: ConnectionState) => void>();
  #closing: Promise<void> | null = null;

  constructor(options: ConnectionOptions) {
    this.name = options.name;
    this.user = userOf(options.url);
    this.#logger = options.logger.child({ connection: options.name });
    this.#byteBudget = options.byteBudget ?? DEFAULT_BYTE_BUDGET;
    this.#recovering = amqplib.connect(urlWithHeartbeat(options.url, options.heartbeat ?? DEFAULT_HEARTBEAT_S), {
      ...options.tls,
      minVersion: 'TLSv1.2',
      noDelay: true,
      keepAlive: true,
      timeout: options.connectTimeoutMs ?? 10_000,
      clientProperties: { connection_name: options.name, product: 'Dead Letter Office' },
      recovery: {
        waitForConnect: false,
        initialDelay: options.retry?.initialMs ?? 250,
        maxDelay: options.retry?.maxMs ?? 15_000,
        jitter: 0.3,
      },
    });
    this.#supervise().catch((thrown: unknown) => {
      this.#change({ status: 'closed', lastError: safeText(thrown) });
    });
  }

  async #supervise(): Promise<void> {
    const recovering = await this.#recovering;
    recovering.on('connect', (model) => {
      this.#begin(model);
    });
    recovering.on('disconnect', (error) => {
      this.#end(safeText(error));
    });
    recovering.on('connect-failed', (error) => {
      const lastError = safeText(error);
      if (lastError !== this.#state.lastError) this.#logger.warn({ reason: lastError }, 'RabbitMQ cannot be reached');
      this.#change({ lastError });
    });
    recovering.on('error', (error) => {
      this.#change({ lastError: safeText(error) });
    });
    recovering.on('handler-error', (error: unknown) => {
      this.#logger.error({ err: error }, 'a listener of the RabbitMQ connection threw');
    });
    recovering.on('blocked', (reason) => {
      this.#logger.warn({ reason }, 'RabbitMQ takes no messages now');
      this.#change({ blocked: reason });
    });
    recovering.on('unblocked', () => {
      this.#change({ blocked: null });
    });
  }

  #begin(model: ChannelModel): void {
    const session = openSession(model, this.#byteBudget);
    this.#session = session;
    this.#logger.info({ version: session.serverVersion }, 'connected to RabbitMQ');
    this.#change({ status: 'connected', blocked: null });
    for (const listener of [...this.#connectedListeners]) {
      if (!session.ended) listener(session);
    }
  }

  #end(lastError: string): void {
    const session = this.#session;
    this.#session = null;
    session?.end();
    if (!this.#closing) {
      this.#logger.warn({ reason: lastError }, 'the connection to RabbitMQ ended');
      this.#change({ status: 'connecting', lastError, blocked: null });
    }
  }

  #change(part: Partial<ConnectionState>): void {
    const status = part.status ?? this.#state.status;
    const since = status === this.#state.status ? this.#state.since : new Date();
    this.#state = { ...this.#state, ...part, since };
    for (const listener of [...this.#stateListeners]) listener(this.#state);
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get session(): Session | null {
    return this.#session;
  }

  onConnected(listener: (session: Session) => void): () => void {
    this.#connectedListeners.add(listener);
    if (this.#session) listener(this.#session);
    return () => void this.#connectedListeners.delete(listener);
  }

  onStateChange(listener: (state: ConnectionState) => void): () => void {
    this.#stateListeners.add(listener);
    return () => void this.#stateListeners.delete(listener);
  }

  connected(timeoutMs: number): Promise<Session> {
    if (this.#session) return Promise.resolve(this.#session);
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        stopWaiting();
        stopWatching();
      };
      const fail = (why: string) => {
        settle();
        reject(new BrokerError('connection', why));
      };
      const timer = setTimeout(() => {
        fail(this.#state.lastError ?? `no connection within ${timeoutMs} ms`);
      }, timeoutMs);
      const stopWaiting = this.onConnected((session) => {
        settle();
        resolve(session);
      });
      const stopWatching = this.onStateChange(({ status, lastError }) => {
        if (status === 'closed') fail(lastError ?? 'the connection is closed');
      });
      if (this.#state.status === 'closed') fail('the connection is closed');
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#connectedListeners.clear();
    const session = this.#session;
    const goodbye = this.#recovering.then((recovering) => recovering.close());
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_WITHIN_MS);
    });
    try {
      await Promise.race([goodbye.catch(() => undefined), patience]);
    } finally {
      clearTimeout(timer);
      this.#session = null;
      session?.end();
      this.#change({ status: 'closed', blocked: null });
    }
  }
}

/** As amqplib reads it. */
function userOf(text: string): string {
  const { username, password } = readUrl(text);
  return username === '' && password === '' ? 'guest' : unescape(username);
}

function readUrl(text: string): URL {
  if (!URL.canParse(text)) throw new BrokerError('connection', 'The URL of RabbitMQ cannot be read');
  return new URL(text);
}

function urlWithHeartbeat(text: string, seconds: number): string {
  const url = readUrl(text);
  if (url.protocol !== 'amqp:' && url.protocol !== 'amqps:') {
    throw new BrokerError('connection', 'The URL of RabbitMQ starts with neither amqp:// nor amqps://');
  }
  if (!url.searchParams.has('heartbeat')) url.searchParams.set('heartbeat', String(seconds));
  return url.toString();
}
