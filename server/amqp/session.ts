import type { Channel, ChannelModel, ConfirmChannel } from 'amqplib';

import { BrokerError, toBrokerError } from './broker-error.ts';
import type { ByteBudget } from './byte-budget.ts';
import { installGate } from './wire-gate.ts';

/** One life of a connection, from the broker's welcome until it ends. Channels belong to a session and die with it. */
export interface Session {
  /** Unique in this process. */
  readonly id: number;
  /** The most bytes that one frame may have, as negotiated. */
  readonly frameMax: number;
  /** E.g. `4.3.6`. */
  readonly serverVersion: string;
  /** Shared by all consumers of this connection. */
  readonly budget: ByteBudget;
  readonly ended: boolean;
  /** Rejects with a BrokerError. The caller adds its own `error` listener at once; a spare one is there already. */
  openChannel(): Promise<Channel>;
  openConfirmChannel(highWaterMark?: number): Promise<ConfirmChannel>;
  /** Calls back once when this session ends; at once when it has ended. The returned function takes the listener away. */
  onEnd(listener: () => void): () => void;
}

/** The session as its connection holds it: only the connection ends it. */
export interface OpenSession extends Session {
  /** Tells the listeners and cuts the socket. Harmless when called again. */
  end(): void;
}

let sessions = 0;

/** A session on a connection that amqplib has just opened. */
export function openSession(model: ChannelModel, byteBudget: number): OpenSession {
  return new ModelSession(model, byteBudget);
}

class ModelSession implements OpenSession {
  readonly id = ++sessions;
  readonly frameMax: number;
  readonly serverVersion: string;
  readonly budget: ByteBudget;
  readonly #model: ChannelModel;
  readonly #destroy: () => void;
  readonly #endListeners = new Set<() => void>();
  #ended = false;

  constructor(model: ChannelModel, byteBudget: number) {
    const gate = installGate(model.connection, byteBudget);
    this.#model = model;
    this.#destroy = gate.destroy;
    this.budget = gate.budget;
    this.frameMax = gate.frameMax;
    this.serverVersion = model.connection.serverProperties.version;
  }

  get ended(): boolean {
    return this.#ended;
  }

  async openChannel(): Promise<Channel> {
    return guarded(await this.#open(() => this.#model.createChannel()));
  }

  async openConfirmChannel(highWaterMark?: number): Promise<ConfirmChannel> {
    const options = highWaterMark === undefined ? {} : { highWaterMark };
    return guarded(await this.#open(() => this.#model.createConfirmChannel(options)));
  }

  async #open<C>(create: () => Promise<C>): Promise<C> {
    if (this.#ended) throw new BrokerError('connection', 'the connection to RabbitMQ has ended');
    try {
      return await create();
    } catch (thrown) {
      throw toBrokerError('connection', thrown);
    }
  }

  onEnd(listener: () => void): () => void {
    if (this.#ended) listener();
    else this.#endListeners.add(listener);
    return () => void this.#endListeners.delete(listener);
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    // A peer that does not answer any more would keep the socket, and with it the process, for many minutes.
    this.#destroy();
    for (const listener of [...this.#endListeners]) listener();
    this.#endListeners.clear();
  }
}

/** Without an `error` listener a 404 on a channel becomes the end of its connection. */
function guarded<C extends Channel>(channel: C): C {
  channel.on('error', () => undefined);
  return channel;
}
