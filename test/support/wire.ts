import type { Channel, Options } from 'amqplib';
import { pino } from 'pino';

import { openConnection, type Connection, type ConnectionOptions } from '../../server/amqp/connection.ts';
import type { HeaderTable, MessageContents } from '../../server/amqp/message.ts';
import { OFFICE_HEADER } from '../../server/amqp/publisher.ts';
import { amqplib, contentsOf } from '../../server/amqp/typed-codec.ts';
import { testServices, uniqueName } from './services.ts';

export const silentLogger = pino({ level: 'silent' });

/** A broker to play with: what is declared through it is removed by `close`, and so are its connections. */
export interface Wire {
  /** The URL of the broker. */
  url: string;
  /** amqplib's channel, to play the applications around the office. */
  channel: Channel;
  /** A connection as the office has it. */
  connect: (options?: Partial<ConnectionOptions>) => Connection;
  queue: (options?: Options.AssertQueue) => Promise<string>;
  exchange: (type?: string, options?: Options.AssertExchange) => Promise<string>;
  /** Takes everything that is ready in a queue. */
  drain: (queue: string) => Promise<MessageContents[]>;
  /** Called by `close`, last one first. */
  undo: (step: () => unknown) => void;
  close: () => Promise<void>;
}

export async function openWire(): Promise<Wire> {
  const url = testServices().amqpUrl;
  const model = await amqplib.connect(url);
  const channel = await model.createChannel();
  const steps: (() => unknown)[] = [];
  return {
    url,
    channel,
    connect: (options) => {
      const connection = openConnection({
        url,
        name: 'test',
        logger: silentLogger,
        retry: { initialMs: 50, maxMs: 200 },
        ...options,
      });
      steps.push(() => connection.close());
      return connection;
    },
    queue: async (options = {}) => {
      const { queue } = await channel.assertQueue(uniqueName('test.wire'), options);
      steps.push(() => channel.deleteQueue(queue));
      return queue;
    },
    exchange: async (type = 'direct', options = {}) => {
      const { exchange } = await channel.assertExchange(uniqueName('test.wire'), type, options);
      steps.push(() => channel.deleteExchange(exchange));
      return exchange;
    },
    drain: async (queue) => {
      const taken: MessageContents[] = [];
      for (;;) {
        const message = await channel.get(queue, { noAck: true });
        if (message === false) return taken;
        taken.push(contentsOf(message));
      }
    },
    undo: (step) => steps.push(step),
    close: async () => {
      for (const step of steps.reverse()) await step();
      await channel.close();
      await model.close();
    },
  };
}

/** A message as the office resends it: with its header, which names the resend. */
export function resend(id: string, body: string | Buffer = id, headers: HeaderTable = []): MessageContents {
  return {
    properties: { deliveryMode: 2, messageId: id },
    headers: [...headers, { name: OFFICE_HEADER, type: 'string', value: id }],
    body: Buffer.from(body),
  };
}

export const idOf = ({ properties }: MessageContents): string => properties.messageId ?? '?';
