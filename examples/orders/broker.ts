import amqplib from 'amqplib';
import type { ChannelModel, RecoveringChannelModel } from 'amqplib';

export type Log = (line: string) => void;

export interface BrokerOptions {
  url: string;
  /** Shown in the broker's own list of connections. */
  name: string;
  /** Declares, consumes … after every (re)connect; the connection counts as made when it resolves. */
  setup: (connection: ChannelModel) => Promise<void>;
  log: Log;
}

/**
 * A connection that comes back by itself (0.2 s to 5 s between attempts) and is set up anew each time.
 * Resolves at the first success, and waits for it however long that takes. Abort `signal` to give up waiting.
 */
export async function connectToBroker(options: BrokerOptions, signal?: AbortSignal): Promise<RecoveringChannelModel> {
  const connection = await amqplib.connect(options.url, {
    clientProperties: { connection_name: options.name },
    recovery: {
      initialDelay: 200,
      maxDelay: 5_000,
      waitForConnect: false,
      setup: async (model: ChannelModel) => {
        // Until the set-up is done nobody else listens, and an unheard error ends the process.
        model.on('error', () => undefined);
        await options.setup(model);
      },
    },
  });
  let away = false;
  connection.on('error', () => undefined);
  connection.on('disconnect', (error) => {
    away = true;
    options.log(`${options.name}: the broker is away (${error.message}); connecting again`);
  });
  connection.on('connect-failed', (error) => {
    if (!away) options.log(`${options.name}: cannot reach the broker (${describe(error)}); trying again`);
    away = true;
  });
  connection.on('connect', () => {
    if (away) options.log(`${options.name}: connected`);
    away = false;
  });
  const giveUp = () => void connection.close();
  signal?.addEventListener('abort', giveUp, { once: true });
  try {
    await connection.waitForConnect();
  } finally {
    signal?.removeEventListener('abort', giveUp);
  }
  return connection;
}

/** Connection refused comes as an AggregateError, whose own message is empty. */
function describe(error: Error): string {
  if (error.message !== '') return error.message;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
