import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openConsumer, type DeliveryChannel } from '../../../server/amqp/consumer.ts';
import { waitFor } from '../../support/services.ts';
import { openTcpProxy } from '../../support/tcp-proxy.ts';
import { openWire, silentLogger, type Wire } from '../../support/wire.ts';

const MiB = 1024 * 1024;
const BODY = 4 * MiB;
const BUDGET = 16 * MiB;
const COUNT = 40;

let wire: Wire;
beforeEach(async () => (wire = await openWire()));
afterEach(() => wire.close());

/** A queue with 160 MiB, and a consumer that asks for all of it at once but may hold 16 MiB. */
async function consumeLargeBodies(heartbeat: number) {
  const proxy = await openTcpProxy(wire.url);
  wire.undo(() => proxy.close());
  const queue = await wire.queue({ durable: true });
  for (let n = 0; n < COUNT; n++) wire.channel.sendToQueue(queue, Buffer.alloc(BODY, n), { persistent: true });
  await waitFor(async () => (await wire.channel.checkQueue(queue)).messageCount === COUNT);

  const connection = wire.connect({ url: proxy.through(wire.url), byteBudget: BUDGET, heartbeat });
  const inHand: { tag: number; channel: DeliveryChannel }[] = [];
  const seen = { count: 0, intact: true, mostInHand: 0, lost: 0 };
  const consumer = openConsumer({
    connection,
    queue,
    prefetch: 1000,
    logger: silentLogger,
    onDelivery: ({ body, deliveryTag }, channel) => {
      inHand.push({ tag: deliveryTag, channel });
      seen.intact &&= body.equals(Buffer.alloc(BODY, seen.count));
      seen.count++;
      seen.mostInHand = Math.max(seen.mostInHand, inHand.length);
    },
    onLost: () => seen.lost++,
  });
  wire.undo(() => consumer.stop(0));
  const session = await connection.connected(5000);
  await waitFor(() => session.budget.shut);
  const ackOldest = () => {
    const oldest = inHand.shift();
    oldest?.channel.ack(oldest.tag, false);
  };
  return { proxy, consumer, session, inHand, seen, ackOldest };
}

describe('The byte budget of a connection', () => {
  it('bounds what is in hand and what is read, whatever the prefetch, and everything arrives in the end', async () => {
    const { proxy, session, seen, inHand, ackOldest } = await consumeLargeBodies(30);
    // The fourth body reaches the budget and is let through whole.
    expect(seen.count).toBe(BUDGET / BODY);
    // Sockets hold some more, but nothing like the 160 MiB that the prefetch asks for.
    expect(proxy.bytes().toClient).toBeLessThan(BUDGET + 48 * MiB);

    await waitFor(
      () => {
        if (inHand.length > 0) ackOldest();
        return seen.count === COUNT && inHand.length === 0;
      },
      { deadlineMs: 25_000 },
    );
    expect(seen).toEqual({ count: COUNT, intact: true, mostInHand: BUDGET / BODY, lost: 0 });
    expect(session.budget.inHand).toBe(0);
  });

  it('keeps the connection alive past several heartbeats while nothing is read', async () => {
    const { proxy, session, seen, inHand, ackOldest } = await consumeLargeBodies(1);
    const before = proxy.bytes().toServer;
    // A heartbeat has 8 bytes and goes out once a second: either side takes a peer for dead after two or three silent ones.
    await waitFor(() => proxy.bytes().toServer - before >= 6 * 8, { deadlineMs: 15_000 });
    expect(session.ended).toBe(false);
    expect(seen.count).toBe(BUDGET / BODY);

    await waitFor(
      () => {
        if (inHand.length > 0) ackOldest();
        return seen.count === COUNT && inHand.length === 0;
      },
      { deadlineMs: 25_000 },
    );
    expect(seen).toEqual({ count: COUNT, intact: true, mostInHand: BUDGET / BODY, lost: 0 });
    expect(session.ended).toBe(false);
  });

  it('is given back when the connection is lost, which shows when a heartbeat cannot be written', async () => {
    const { proxy, session, seen } = await consumeLargeBodies(1);
    proxy.cut();
    await waitFor(() => seen.lost > 0);
    expect(session.budget.inHand).toBe(0);
  });

  it('does not keep a consumer from being stopped', async () => {
    const { consumer, session, seen, inHand, ackOldest } = await consumeLargeBodies(30);
    const stopped = consumer.stop(25_000);
    let done = false;
    void stopped.then(() => (done = true));
    await waitFor(
      () => {
        if (inHand.length > 0) ackOldest();
        return done;
      },
      { deadlineMs: 25_000 },
    );
    expect(session.budget.inHand).toBe(0);
    expect(seen.lost).toBe(1);
  });
});
