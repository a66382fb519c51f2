import type { Options } from 'amqplib';
import { z } from 'zod';

import type { MessageContents } from '../../server/amqp/message.ts';
import { amqplib, contentsOf, prepare } from '../../server/amqp/typed-codec.ts';

import { testServices, uniqueName } from './services.ts';

/** A dead queue of a test's own, and a connection that plays the applications around it. */
export interface TestDeadQueue {
  name: string;
  /** Publishes straight into the dead queue, as a worker does that keeps our convention. */
  bury: (message: { body?: string | Buffer; headers?: Record<string, unknown> } & Options.Publish) => Promise<void>;
  /** Publishes exactly this into the dead queue: bytes, properties, header types. */
  buryExactly: (contents: MessageContents) => Promise<void>;
  /** How many consume it. */
  consumers: () => Promise<number>;
  /** Declares a queue bound to an exchange of its own and gives what arrives there. */
  destination: (routingKey?: string, names?: { exchange: string; queue: string }) => Promise<TestDestination>;
  /** Messages that were delivered and not acked, as the broker counts them every few seconds; undefined before. */
  unacked: () => Promise<number | undefined>;
  remove: () => Promise<void>;
}

export interface TestDestination {
  exchange: string;
  queue: string;
  routingKey: string;
  /** What has arrived so far, in order. */
  arrived: MessageContents[];
}

const queueFacts = z.object({ messages_unacknowledged: z.number().optional() });

/** @param settings arguments of the queue, such as `{ arguments: { 'x-queue-type': 'quorum' } }`. */
export async function openDeadQueue(
  settings: Options.AssertQueue = {},
  name = uniqueName('test.dead'),
): Promise<TestDeadQueue> {
  const connection = await amqplib.connect(testServices().amqpUrl);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue(name, { durable: true, ...settings });
  const undo: (() => Promise<unknown>)[] = [() => channel.deleteQueue(name)];
  return {
    name,
    bury: async ({ body = '{}', ...options }) => {
      channel.sendToQueue(name, Buffer.isBuffer(body) ? body : Buffer.from(body), { persistent: true, ...options });
      await channel.waitForConfirms();
    },
    buryExactly: async (contents) => {
      channel.publish('', name, contents.body, prepare(contents, true).options);
      await channel.waitForConfirms();
    },
    unacked: async () => {
      const { origin, username, password } = new URL(testServices().managementUrl);
      const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
      const answer = await fetch(`${origin}/api/queues/%2F/${name}`, { headers: { authorization } });
      return queueFacts.parse(await answer.json()).messages_unacknowledged;
    },
    consumers: async () => (await channel.checkQueue(name)).consumerCount,
    destination: async (
      routingKey = 'order.cancel',
      { exchange, queue } = { exchange: uniqueName('test.exchange'), queue: uniqueName('test.work') },
    ) => {
      await channel.assertExchange(exchange, 'direct', { durable: true });
      await channel.assertQueue(queue, { durable: true });
      await channel.bindQueue(queue, exchange, routingKey);
      undo.push(
        () => channel.deleteExchange(exchange),
        () => channel.deleteQueue(queue),
      );
      const arrived: TestDestination['arrived'] = [];
      await channel.consume(
        queue,
        (message) => {
          if (message === null) return;
          arrived.push(contentsOf(message));
        },
        { noAck: true },
      );
      return { exchange, queue, routingKey, arrived };
    },
    remove: async () => {
      for (const step of undo.reverse()) await step();
      await channel.close();
      await connection.close();
    },
  };
}
