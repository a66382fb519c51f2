import type { Channel, ConsumeMessage } from 'amqplib';

import type { MessageContents } from '../../server/amqp/message.ts';
import { amqplib, contentsOf, prepare } from '../../server/amqp/typed-codec.ts';

import { testServices, uniqueName } from './services.ts';

/** What the worker does with a message; `hold` keeps it in hand, unacknowledged. */
export type Verdict = 'ack' | 'reject' | 'hold';

/** An exchange, a work queue with a real worker, and the dead queue that its rejections go to. */
export interface FailingWork {
  exchange: string;
  routingKey: string;
  queue: string;
  deadQueue: string;
  /** What the worker had in hand, in order. */
  worked: MessageContents[];
  /** What it does from now on; null: nobody works, messages wait in the queue. */
  work: (verdict: Verdict | null) => Promise<void>;
  /** Rejects what is held. */
  rejectHeld: () => void;
  publish: (contents: MessageContents) => Promise<void>;
  remove: () => Promise<void>;
}

/** The worker rejects from the start. */
export async function openFailingWork(): Promise<FailingWork> {
  const connection = await amqplib.connect(testServices().amqpUrl);
  const channel = await connection.createConfirmChannel();
  const exchange = uniqueName('test.orders');
  const queue = uniqueName('test.orders.work');
  const deadQueue = uniqueName('test.orders.dead');
  const routingKey = 'order.cancel';
  await channel.assertExchange(exchange, 'direct', { durable: true });
  await channel.assertQueue(deadQueue, { durable: true });
  await channel.assertQueue(queue, { durable: true, deadLetterExchange: '', deadLetterRoutingKey: deadQueue });
  await channel.bindQueue(queue, exchange, routingKey);

  const worked: MessageContents[] = [];
  const held: ConsumeMessage[] = [];
  let consumerTag: string | null = null;
  const work = async (verdict: Verdict | null) => {
    if (consumerTag !== null) await channel.cancel(consumerTag);
    consumerTag = verdict === null ? null : await consume(channel, queue, verdict, worked, held);
  };
  await work('reject');
  return {
    exchange,
    routingKey,
    queue,
    deadQueue,
    worked,
    work,
    rejectHeld: () => {
      for (const message of held.splice(0)) channel.nack(message, false, false);
    },
    publish: async (contents) => {
      channel.publish(exchange, routingKey, contents.body, prepare(contents, true).options);
      await channel.waitForConfirms();
    },
    remove: async () => {
      for (const name of [queue, deadQueue]) await channel.deleteQueue(name);
      await channel.deleteExchange(exchange);
      await channel.close();
      await connection.close();
    },
  };
}

async function consume(
  channel: Channel,
  queue: string,
  verdict: Verdict,
  worked: MessageContents[],
  held: ConsumeMessage[],
): Promise<string> {
  const { consumerTag } = await channel.consume(queue, (message) => {
    if (message === null) return;
    worked.push(contentsOf(message));
    if (verdict === 'ack') channel.ack(message);
    else if (verdict === 'reject') channel.nack(message, false, false);
    else held.push(message);
  });
  return consumerTag;
}
