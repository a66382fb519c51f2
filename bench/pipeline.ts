import { once } from 'node:events';

import amqplib, { type Channel, type ChannelModel, type ConfirmChannel } from 'amqplib';

import { uniqueName } from '../test/support/services.ts';
import type { FailedOrder } from './failed-orders.ts';

/** Exchanges and queues of one run of the benchmark. The broker itself dead-letters, so `x-death` is as it really is. */
export interface Pipeline {
  /** Topic exchange the orders are published to. */
  exchange: string;
  /** The worker's queue: what is rejected there dies. Resent messages arrive in it. */
  workQueue: string;
  channel: Channel;
  /** Makes durable dead queues that each take everything that dies from now on, instead of those before. */
  newDeadQueues: (count: number) => Promise<string[]>;
  /** Puts messages into the worker's queue, confirmed. */
  publish: (orders: Iterable<FailedOrder>) => Promise<void>;
  /** Takes `count` messages out of the worker's queue without answering for them. Rejecting lets all of them die at once. */
  hold: (count: number) => Promise<{ rejectAll: () => void; close: () => Promise<void> }>;
  /** Messages that are ready in a queue. */
  depth: (queue: string) => Promise<number>;
  /** Removes all of it. */
  close: () => Promise<void>;
}

export async function openPipeline(amqpUrl: string): Promise<Pipeline> {
  const model = await amqplib.connect(amqpUrl);
  const channel = await model.createConfirmChannel();
  const exchange = uniqueName('bench.orders');
  const deadExchange = uniqueName('bench.dead');
  const workQueue = uniqueName('bench.work');
  await channel.assertExchange(exchange, 'topic');
  await channel.assertExchange(deadExchange, 'fanout');
  await channel.assertQueue(workQueue, { deadLetterExchange: deadExchange });
  await channel.bindQueue(workQueue, exchange, 'order.#');
  let deadQueues: string[] = [];

  const dropDeadQueues = async () => {
    for (const queue of deadQueues) await channel.deleteQueue(queue);
    deadQueues = [];
  };
  return {
    exchange,
    workQueue,
    channel,
    newDeadQueues: async (count) => {
      await dropDeadQueues();
      for (let number = 0; number < count; number += 1) {
        const { queue } = await channel.assertQueue(uniqueName('bench.dlq'));
        deadQueues.push(queue);
        await channel.bindQueue(queue, deadExchange, '');
      }
      return [...deadQueues];
    },
    publish: (orders) => publishOrders(channel, exchange, orders),
    hold: (count) => hold(model, workQueue, count),
    depth: async (queue) => (await channel.checkQueue(queue)).messageCount,
    close: async () => {
      await dropDeadQueues();
      await channel.deleteQueue(workQueue);
      await channel.deleteExchange(exchange);
      await channel.deleteExchange(deadExchange);
      await channel.close();
      await model.close();
    },
  };
}

async function publishOrders(channel: ConfirmChannel, exchange: string, orders: Iterable<FailedOrder>): Promise<void> {
  for (const { routingKey, body, properties, ownHeaders, failureHeaders } of orders) {
    const headers = { ...ownHeaders, ...failureHeaders };
    if (!channel.publish(exchange, routingKey, body, { ...properties, headers, persistent: true })) {
      await once(channel, 'drain');
    }
  }
  await channel.waitForConfirms();
}

async function hold(model: ChannelModel, queue: string, count: number): ReturnType<Pipeline['hold']> {
  const channel = await model.createChannel();
  await new Promise<void>((resolve) => {
    let held = 0;
    void channel.consume(queue, () => {
      held += 1;
      if (held === count) resolve();
    });
  });
  return {
    // One frame for all of them.
    rejectAll: () => {
      channel.nackAll(false);
    },
    close: () => channel.close(),
  };
}
