import type { ChannelModel, ConfirmChannel, Options } from 'amqplib';
import type { Headers } from './headers.ts';

/** How long the broker may take to confirm (ms). */
const CONFIRM_DEADLINE = 10_000;

export interface Outgoing {
  exchange: string;
  routingKey: string;
  properties: Options.Publish;
  headers: Headers;
  body: Buffer;
}

export interface Publisher {
  /** Resolves once the broker has confirmed the message and did not return it; rejects otherwise. */
  publish(message: Outgoing): Promise<void>;
  close(): Promise<void>;
}

/**
 * One message is in flight at a time: a returned message carries no tag, and so belongs to the one that was sent last.
 * `onClosed` is called when the broker closes the channel.
 */
export async function createPublisher(connection: ChannelModel, onClosed: () => void): Promise<Publisher> {
  const channel = await connection.createConfirmChannel();
  channel.on('error', () => undefined);
  channel.on('close', onClosed);
  let last: Promise<void> = Promise.resolve();
  return {
    publish: (message) => {
      const sent = last.then(() => publishOne(channel, message));
      last = sent.catch(() => undefined);
      return sent;
    },
    close: async () => {
      channel.off('close', onClosed);
      await last;
      await channel.close();
    },
  };
}

function publishOne(channel: ConfirmChannel, message: Outgoing): Promise<void> {
  return new Promise((resolve, reject) => {
    let returned = false;
    const onReturn = () => (returned = true);
    const settle = (problem: string | null) => {
      clearTimeout(deadline);
      channel.off('return', onReturn);
      if (problem === null) resolve();
      else reject(new Error(`${message.exchange} / ${message.routingKey}: ${problem}`));
    };
    const deadline = setTimeout(() => {
      settle(`no confirm within ${CONFIRM_DEADLINE} ms`);
    }, CONFIRM_DEADLINE);
    channel.on('return', onReturn);
    const options = { ...message.properties, headers: message.headers, mandatory: true };
    try {
      channel.publish(message.exchange, message.routingKey, message.body, options, (error: unknown) => {
        if (error instanceof Error) settle(error.message);
        else settle(returned ? 'no queue takes it' : null);
      });
    } catch (error) {
      settle(error instanceof Error ? error.message : String(error));
    }
  });
}
