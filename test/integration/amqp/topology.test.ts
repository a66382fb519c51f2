import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Connection } from '../../../server/amqp/connection.ts';
import { openManagement } from '../../../server/amqp/management.ts';
import { askExchange, askQueue } from '../../../server/amqp/topology.ts';
import { amqplib } from '../../../server/amqp/typed-codec.ts';
import { testServices, uniqueName, waitFor } from '../../support/services.ts';
import { openTcpProxy } from '../../support/tcp-proxy.ts';
import { openWire, type Wire } from '../../support/wire.ts';

let wire: Wire;
let connection: Connection;
beforeEach(async () => {
  wire = await openWire();
  connection = wire.connect();
  await connection.connected(5000);
});
afterEach(() => wire.close());

describe('Asked over AMQP', () => {
  it('a queue tells how many messages are ready and who consumes it', async () => {
    const queue = await wire.queue();
    wire.channel.sendToQueue(queue, Buffer.from('a'));
    await waitFor(async () => (await wire.channel.checkQueue(queue)).messageCount === 1);
    expect(await askQueue(connection, queue)).toEqual({ state: 'present', messages: 1, consumers: 0 });
  });

  it('a queue that does not exist is missing, and still does not exist after that', async () => {
    const name = uniqueName('test.wire');
    for (let times = 0; times < 2; times++) {
      expect(await askQueue(connection, name)).toMatchObject({ state: 'missing', replyCode: 404 });
    }
  });

  it('a queue of another connection is exclusive', async () => {
    const other = await amqplib.connect(wire.url);
    const name = uniqueName('test.wire');
    await (await other.createChannel()).assertQueue(name, { exclusive: true });
    expect(await askQueue(connection, name)).toMatchObject({ state: 'exclusive', replyCode: 405 });
    await other.close();
  });

  it('an exchange is present or missing, and the default one is always there', async () => {
    const exchange = await wire.exchange();
    expect(await askExchange(connection, exchange)).toEqual({ state: 'present' });
    expect(await askExchange(connection, '')).toEqual({ state: 'present' });
    expect(await askExchange(connection, 'test.no-such')).toMatchObject({ state: 'missing', replyCode: 404 });
  });

  it('nothing can be said without a connection, or without an answer in time', async () => {
    const proxy = await openTcpProxy(wire.url);
    wire.undo(() => proxy.close());
    const silent = wire.connect({ url: proxy.through(wire.url) });
    expect(await askQueue(silent, 'q')).toMatchObject({ state: 'unavailable' });
    await silent.connected(5000);
    proxy.stall();
    expect(await askQueue(silent, 'q', 100)).toMatchObject({
      state: 'unavailable',
      reason: expect.stringMatching(/100 ms/) as string,
    });
    proxy.flow();
  });

  it('a "no" leaves the connection as it was', async () => {
    const session = connection.session;
    await Promise.all(Array.from({ length: 20 }, (_, n) => askQueue(connection, `test.no-such.${n}`)));
    expect(connection.session).toBe(session);
  });
});

describe('The management API', () => {
  const management = () => openManagement({ url: testServices().managementUrl });

  it('tells type and arguments of a queue, in the list and alone', async () => {
    const name = await wire.queue({ durable: true, arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 7 } });
    const queue = await waitFor(() => management().queue('/', name));
    expect(queue).toMatchObject({ name, type: 'quorum', arguments: { 'x-delivery-limit': 7 } });
    expect((await management().queues('/')).map((listed) => listed.name)).toContain(name);
    expect(await management().queue('/', 'test.no-such')).toBeNull();
  });

  it('tells an exchange, and where it sends to', async () => {
    const [exchange, queue] = [await wire.exchange('topic', { internal: true }), await wire.queue()];
    await wire.channel.bindQueue(queue, exchange, 'orders.#');
    expect(await management().exchange('/', exchange)).toMatchObject({ type: 'topic', internal: true });
    expect(await management().bindingsFrom('/', exchange)).toMatchObject([
      { source: exchange, destination: queue, destination_type: 'queue', routing_key: 'orders.#' },
    ]);
  });

  it('names an error without the password', async () => {
    const url = new URL(testServices().managementUrl);
    url.password = 'wrong-secret';
    await expect(openManagement({ url: url.href }).queues('/')).rejects.toThrow(/answered 401/);
    url.port = '1';
    const error: unknown = await openManagement({ url: url.href })
      .queues('/')
      .catch((thrown: unknown) => thrown);
    expect(String(error)).toMatch(/cannot be asked/);
    expect(String(error)).not.toContain('wrong-secret');
  });
});
