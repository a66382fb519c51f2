import type { Channel, ChannelModel, ConfirmChannel } from 'amqplib';

import type { MessageContents } from '../../../server/amqp/message.ts';
import { amqplib, contentsOf } from '../../../server/amqp/typed-codec.ts';
import { uniqueName } from '../../support/services.ts';

import type { Entry } from './book.ts';
import type { QueueType } from './ledger-row.ts';

const REJECTER_PREFETCH = 200;

/** How a message comes into the dead queue. */
export type Way =
  /** Published to the work queue, rejected there, dead-lettered by the broker. */
  | 'rejected'
  /** Published to the dead-letter exchange by a worker, and confirmed. */
  | 'direct';

/**
 * A work queue whose worker rejects everything, its dead-letter exchange and its dead queue, on the broker itself: the
 * faults between the office and the broker do not reach this. It connects anew when the broker was away.
 */
export class BrokerTopology {
  readonly deadQueue = uniqueName('ledger.dead');
  readonly workQueue = uniqueName('ledger.work');
  readonly #workExchange = uniqueName('ledger.exchange');
  readonly #deadExchange = uniqueName('ledger.dlx');
  readonly #url: string;
  readonly #queueType: QueueType;
  #model: Promise<ChannelModel> | null = null;
  #publishing: Promise<ConfirmChannel> | null = null;
  #rejecter: ChannelModel | null = null;

  constructor(url: string, queueType: QueueType) {
    this.#url = url;
    this.#queueType = queueType;
  }

  async declare(): Promise<void> {
    const model = await this.#connection();
    const version = Number((model.connection.serverProperties as { version: string }).version.split('.')[0]);
    await this.#onChannel(async (channel) => {
      await channel.assertExchange(this.#workExchange, 'direct', { durable: true });
      await channel.assertExchange(this.#deadExchange, 'fanout', { durable: true });
      // As the office advises for a quorum dead queue: every crash of a consumer is a return, and the limit drops.
      const unlimited = this.#queueType === 'quorum' && version >= 4 ? { 'x-delivery-limit': -1 } : {};
      await channel.assertQueue(this.deadQueue, {
        durable: true,
        arguments: { 'x-queue-type': this.#queueType, ...unlimited },
      });
      await channel.assertQueue(this.workQueue, {
        durable: true,
        arguments: { 'x-queue-type': this.#queueType, 'x-dead-letter-exchange': this.#deadExchange },
      });
      await channel.bindQueue(this.deadQueue, this.#deadExchange, '');
      await channel.bindQueue(this.workQueue, this.#workExchange, 'order.cancel');
    });
  }

  /** Publishes, and waits until the broker has confirmed everything. */
  async publish(entries: readonly Entry[], way: Way): Promise<void> {
    const channel = await this.#publisher();
    const exchange = way === 'rejected' ? this.#workExchange : this.#deadExchange;
    for (const { body, copies, messageId } of entries) {
      for (let copy = 0; copy < copies; copy += 1) {
        channel.publish(exchange, 'order.cancel', body, {
          persistent: true,
          contentType: 'application/json',
          ...(messageId === null ? {} : { messageId }),
        });
      }
    }
    await channel.waitForConfirms();
  }

  /** The worker that rejects everything begins. */
  async startRejecting(): Promise<void> {
    const model = await connect(this.#url);
    this.#rejecter = model;
    const channel = await model.createChannel();
    channel.on('error', () => undefined);
    await channel.prefetch(REJECTER_PREFETCH);
    await channel.consume(this.workQueue, (delivery) => {
      if (delivery !== null) channel.nack(delivery, false, false);
    });
  }

  async stopRejecting(): Promise<void> {
    const model = this.#rejecter;
    this.#rejecter = null;
    await model?.close().catch(() => undefined);
  }

  /** Messages that are ready in a queue. */
  async depth(queue: string): Promise<number> {
    return await this.#onChannel(async (channel) => (await channel.checkQueue(queue)).messageCount);
  }

  /** Takes everything out of a queue. */
  async drain(queue: string): Promise<MessageContents[]> {
    return await this.#onChannel(async (channel) => {
      const taken: MessageContents[] = [];
      for (;;) {
        const message = await channel.get(queue, { noAck: true });
        if (message === false) return taken;
        taken.push(contentsOf(message));
      }
    });
  }

  /** Deletes the dead queue when nothing in it waits. False: something does. What the office has in hand it has. */
  async deleteDeadQueue(): Promise<boolean> {
    // Quorum queues know no `ifEmpty`.
    if ((await this.depth(this.deadQueue)) > 0) return false;
    await this.#onChannel((channel) => channel.deleteQueue(this.deadQueue));
    return true;
  }

  async remove(): Promise<void> {
    await this.stopRejecting();
    await this.#onChannel(async (channel) => {
      await channel.deleteQueue(this.deadQueue);
      await channel.deleteQueue(this.workQueue);
      await channel.deleteExchange(this.#workExchange);
      await channel.deleteExchange(this.#deadExchange);
    }).catch(() => undefined);
    await (await this.#model?.catch(() => null))?.close().catch(() => undefined);
  }

  async #onChannel<T>(work: (channel: Channel) => Promise<T>): Promise<T> {
    const channel = await (await this.#connection()).createChannel();
    channel.on('error', () => undefined);
    try {
      return await work(channel);
    } finally {
      // Throws at once, instead of rejecting, when the broker has closed it.
      await Promise.resolve()
        .then(() => channel.close())
        .catch(() => undefined);
    }
  }

  async #publisher(): Promise<ConfirmChannel> {
    this.#publishing ??= (async () => {
      const channel = await (await this.#connection()).createConfirmChannel();
      channel.on('error', () => undefined).on('close', () => (this.#publishing = null));
      return channel;
    })();
    return await this.#publishing.catch((error: unknown) => {
      this.#publishing = null;
      throw error;
    });
  }

  async #connection(): Promise<ChannelModel> {
    this.#model ??= connect(this.#url).then((model) => {
      model.on('close', () => {
        this.#model = this.#publishing = null;
      });
      return model;
    });
    return await this.#model.catch((error: unknown) => {
      this.#model = null;
      throw error;
    });
  }
}

async function connect(url: string): Promise<ChannelModel> {
  const model = await amqplib.connect(url);
  // Its close is what counts.
  model.on('error', () => undefined);
  return model;
}
