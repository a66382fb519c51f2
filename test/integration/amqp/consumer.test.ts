import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import {
  openConsumer,
  type Consumer,
  type ConsumerOptions,
  type DeliveryChannel,
} from '../../../server/amqp/consumer.ts';
import type { Delivery } from '../../../server/amqp/message.ts';
import { amqplib } from '../../../server/amqp/typed-codec.ts';
import { uniqueName, waitFor } from '../../support/services.ts';
import { openTcpProxy } from '../../support/tcp-proxy.ts';
import { openWire, silentLogger, type Wire } from '../../support/wire.ts';

let wire: Wire;
beforeEach(async () => (wire = await openWire()));
afterEach(() => wire.close());

interface Taken {
  consumer: Consumer;
  deliveries: { delivery: Delivery; channel: DeliveryChannel }[];
  lost: DeliveryChannel[];
  states: string[];
  bodies: () => string[];
}

function consume(queue: string, options: Partial<ConsumerOptions> = {}): Taken {
  const deliveries: Taken['deliveries'] = [];
  const lost: DeliveryChannel[] = [];
  const states: string[] = [];
  const consumer = openConsumer({
    connection: options.connection ?? wire.connect(),
    queue,
    prefetch: 100,
    logger: silentLogger,
    retry: { initialMs: 20, maxMs: 100 },
    onDelivery: (delivery, channel) => deliveries.push({ delivery, channel }),
    onLost: (channel) => lost.push(channel),
    onStateChange: ({ status }) => {
      if (states.at(-1) !== status) states.push(status);
    },
    ...options,
  });
  wire.undo(() => consumer.stop(0));
  return {
    consumer,
    deliveries,
    lost,
    states,
    bodies: () => deliveries.map(({ delivery }) => delivery.body.toString()),
  };
}

const put = (queue: string, ...bodies: string[]) => {
  for (const body of bodies) wire.channel.sendToQueue(queue, Buffer.from(body));
};
const inState = (consumer: Consumer, status: string) =>
  waitFor(() => consumer.state.status === status, { describe: () => `${status}, is ${consumer.state.status}` });
const ready = async (queue: string) => (await wire.channel.checkQueue(queue)).messageCount;

describe('A consumer', () => {
  it('delivers in order, and what it acks is gone from the queue', async () => {
    const queue = await wire.queue();
    put(queue, 'a', 'b', 'c');
    const { consumer, deliveries, bodies } = consume(queue);
    await waitFor(() => deliveries.length === 3);
    expect(bodies()).toEqual(['a', 'b', 'c']);
    expect(deliveries[0]?.delivery).toMatchObject({ exchange: '', routingKey: queue, redelivered: false });

    const [, , last] = deliveries;
    expect(last?.channel.ack(last.delivery.deliveryTag, true)).toBe(true);
    expect(await last?.channel.syncPoint()).toBe(true);
    await consumer.stop();
    expect(await ready(queue)).toBe(0);
  });

  it('leaves turns to everything else of the process while a burst of messages comes in', async () => {
    const queue = await wire.queue();
    put(queue, ...Array.from({ length: 500 }, (_, n) => String(n)));
    await waitFor(async () => (await ready(queue)) === 500);
    const perTurn: number[] = [0];
    const ticking = setInterval(() => perTurn.push(0), 0);
    wire.undo(() => {
      clearInterval(ticking);
    });
    let next = 0;
    let inOrder = true;
    consume(queue, {
      prefetch: 500,
      onDelivery: ({ body }) => {
        inOrder &&= body.toString() === String(next);
        next += 1;
        perTurn[perTurn.length - 1] = (perTurn.at(-1) ?? 0) + 1;
        const until = performance.now() + 1;
        while (performance.now() < until);
      },
    });
    await waitFor(() => next === 500);
    expect(inOrder).toBe(true);
    // Each takes a millisecond; all of them come in a few packets of the network.
    expect(Math.max(...perTurn)).toBeLessThan(50);
  });

  it('never sends an ack that would make the broker close the channel', async () => {
    const queue = await wire.queue();
    put(queue, 'a', 'b');
    const { consumer, deliveries } = consume(queue);
    const [first] = await waitFor(() => deliveries.length === 2 && deliveries);
    for (const tag of [1, 1, 99]) first?.channel.ack(tag, false);
    first?.channel.ack(77, true);
    first?.channel.ack(2, true);
    expect(await first?.channel.syncPoint()).toBe(true);
    expect(consumer.state.status).toBe('consuming');
  });

  it('gives nothing more after pause, still acks what is in hand, and goes on after resume', async () => {
    const queue = await wire.queue();
    put(queue, 'a');
    const { consumer, deliveries, lost, bodies } = consume(queue);
    const [first] = await waitFor(() => deliveries.length === 1 && deliveries);
    consumer.pause();
    await first?.channel.syncPoint();
    put(queue, 'b');
    await waitFor(async () => (await ready(queue)) === 1);
    expect(first?.channel.ack(1, false)).toBe(true);
    expect(await first?.channel.syncPoint()).toBe(true);
    expect(bodies()).toEqual(['a']);

    consumer.resume();
    await waitFor(() => deliveries.length === 2);
    expect(bodies()).toEqual(['a', 'b']);
    expect(lost).toEqual([]);
  });

  it('settles on the last wish when paused and resumed many times at once', async () => {
    const queue = await wire.queue();
    const { consumer, deliveries } = consume(queue);
    await inState(consumer, 'consuming');
    for (let n = 0; n < 5; n++) {
      consumer.pause();
      consumer.resume();
    }
    await inState(consumer, 'consuming');
    put(queue, 'a');
    await waitFor(() => deliveries.length === 1);
    expect((await wire.channel.checkQueue(queue)).consumerCount).toBe(1);

    consumer.resume();
    consumer.pause();
    await deliveries[0]?.channel.syncPoint();
    expect((await wire.channel.checkQueue(queue)).consumerCount).toBe(0);
  });

  it('hands over what was on its way when it is stopped, waits for its acks, and leaves the rest in the queue', async () => {
    const queue = await wire.queue();
    put(queue, ...Array.from({ length: 50 }, (_, n) => String(n)));
    const { consumer, deliveries, lost } = consume(queue, {
      prefetch: 10,
      onDelivery: (delivery, channel) => {
        deliveries.push({ delivery, channel });
        setImmediate(() => channel.ack(delivery.deliveryTag, false));
      },
    });
    await waitFor(() => deliveries.length > 5);
    await consumer.stop();
    expect(await ready(queue)).toBe(50 - deliveries.length);
    expect(lost).toHaveLength(1);
    const [one] = await wire.drain(queue);
    expect(one?.body.toString() ?? String(deliveries.length)).toBe(String(deliveries.length));
  });
});

describe('A queue that cannot be consumed', () => {
  it('is missing until it is declared, and is never declared by the office', async () => {
    const name = uniqueName('test.wire');
    const { consumer, deliveries } = consume(name);
    await inState(consumer, 'missing');
    expect(consumer.state.reason).toMatch(/NOT_FOUND/);
    await wire.channel.assertQueue(name);
    wire.undo(() => wire.channel.deleteQueue(name));
    put(name, 'a');
    await waitFor(() => deliveries.length === 1);
    expect(consumer.state.status).toBe('consuming');
  });

  it('is missing when it is deleted while consumed, and consumed again when it is back', async () => {
    const queue = await wire.queue();
    const { consumer, deliveries, states } = consume(queue);
    await inState(consumer, 'consuming');
    await wire.channel.deleteQueue(queue);
    await inState(consumer, 'missing');
    await wire.channel.assertQueue(queue);
    put(queue, 'a');
    await waitFor(() => deliveries.length === 1);
    expect(states).toEqual(['consuming', 'missing', 'consuming']);
  });

  it('takes the acks of what is in hand when it was deleted, without disturbing the one that comes back', async () => {
    const queue = await wire.queue();
    put(queue, 'a', 'b');
    const { consumer, deliveries, bodies } = consume(queue);
    await waitFor(() => deliveries.length === 2);
    await wire.channel.deleteQueue(queue);
    await inState(consumer, 'missing');
    await wire.channel.assertQueue(queue);
    await inState(consumer, 'consuming');
    const [old] = deliveries;
    expect(old?.channel.ack(2, true)).toBe(true);
    await waitFor(() => old?.channel.alive === false);
    expect(old?.channel.ack(2, true)).toBe(false);
    put(queue, 'c');
    await waitFor(() => deliveries.length === 3);
    expect(bodies()).toEqual(['a', 'b', 'c']);
    expect(deliveries[2]?.channel).not.toBe(old?.channel);
  });

  it('is exclusive while another connection owns it', async () => {
    const other = await amqplib.connect(wire.url);
    const name = uniqueName('test.wire');
    await (await other.createChannel()).assertQueue(name, { exclusive: true });
    const { consumer } = consume(name);
    await inState(consumer, 'exclusive');
    expect(consumer.state.reason).toMatch(/RESOURCE_LOCKED/);
    await other.close();
    await inState(consumer, 'missing');
  });

  it('is exclusive while another consumer has it for itself, and consumed after that', async () => {
    const queue = await wire.queue();
    const other = await wire.channel.consume(queue, () => undefined, { exclusive: true });
    const { consumer } = consume(queue);
    await inState(consumer, 'exclusive');
    await wire.channel.cancel(other.consumerTag);
    await inState(consumer, 'consuming');
  });
});

describe('When the connection is cut', () => {
  it('the tags are dead, what was not acked comes again as redelivered, and the consumer goes on by itself', async () => {
    const proxy = await openTcpProxy(wire.url);
    wire.undo(() => proxy.close());
    const connection = wire.connect({ url: proxy.through(wire.url) });
    const queue = await wire.queue();
    put(queue, 'acked', 'not acked');
    const { consumer, deliveries, lost, bodies } = consume(queue, { connection });
    const [first] = await waitFor(() => deliveries.length === 2 && deliveries);
    first?.channel.ack(1, false);
    expect(await first?.channel.syncPoint()).toBe(true);

    proxy.cut();
    await waitFor(() => lost.length === 1);
    expect(lost[0]).toBe(first?.channel);
    expect(first?.channel.ack(2, false)).toBe(false);
    expect(await first?.channel.syncPoint()).toBe(false);
    await waitFor(() => deliveries.length === 3);
    expect(bodies()[2]).toBe('not acked');
    expect(deliveries[2]?.delivery.redelivered).toBe(true);
    expect(deliveries[2]?.channel.id).not.toBe(first?.channel.id);
    expect(consumer.state.status).toBe('consuming');
  });

  it('no fenced message comes back, from a classic or a quorum queue', async () => {
    const proxy = await openTcpProxy(wire.url);
    wire.undo(() => proxy.close());
    for (const type of ['classic', 'quorum']) {
      const queue = await wire.queue({ durable: true, arguments: { 'x-queue-type': type } });
      put(queue, ...Array.from({ length: 500 }, (_, n) => String(n)));
      const connection = wire.connect({ url: proxy.through(wire.url) });
      const { consumer, deliveries } = consume(queue, { connection, prefetch: 500 });
      await waitFor(() => deliveries.length === 500);
      const last = deliveries[499];
      last?.channel.ack(last.delivery.deliveryTag, true);
      expect(await last?.channel.syncPoint()).toBe(true);
      proxy.cut();
      await waitFor(() => last?.channel.alive === false);
      await inState(consumer, 'consuming');
      await consumer.stop();
      await waitFor(async () => (await wire.channel.checkQueue(queue)).consumerCount === 0);
      expect(await ready(queue), type).toBe(0);
      expect(deliveries).toHaveLength(500);
    }
  });

  it('a paused consumer stays paused over a new connection', async () => {
    const proxy = await openTcpProxy(wire.url);
    wire.undo(() => proxy.close());
    const connection = wire.connect({ url: proxy.through(wire.url) });
    const queue = await wire.queue();
    const { consumer, deliveries, lost } = consume(queue, { connection });
    await inState(consumer, 'consuming');
    consumer.pause();
    const before = connection.session;
    proxy.cut();
    await waitFor(() => connection.session !== null && connection.session !== before);
    put(queue, 'a');
    expect(lost).toHaveLength(1);
    expect(consumer.state.status).toBe('paused');
    consumer.resume();
    await waitFor(() => deliveries.length === 1);
  });
});
